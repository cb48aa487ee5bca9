//! Codes of findings with their pages, compiled in, so that the binary can show them.

use crate::finding::FindingCode;

/// A code and what it means.
#[derive(Clone, Copy, Debug)]
pub struct CodePage {
    /// The code.
    pub code: FindingCode,
    /// What it means and how to mend it, Markdown.
    pub page: &'static str,
}

/// The codes of a crate: a documented constant each, `all()` in the order of the list, and `page()`. The page of a code is
/// `docs/findings/CODE.md`, seen from the root of the repository.
#[macro_export]
macro_rules! finding_codes {
    ($($(#[$doc:meta])* $constant:ident = $code:literal;)*) => {
        $($(#[$doc])* pub const $constant: $crate::finding::FindingCode = $crate::finding::FindingCode::new($code);)*

        const ALL: &[$crate::code_page::CodePage] = &[$($crate::code_page::CodePage {
            code: $constant,
            page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/findings/", $code, ".md")),
        }),*];

        /// Every code of this crate, in alphabetical order.
        pub fn all() -> &'static [$crate::code_page::CodePage] {
            ALL
        }

        /// The page of one code.
        pub fn page(code: &str) -> Option<&'static str> {
            ALL.iter().find(|page| page.code.as_str() == code).map(|page| page.page)
        }
    };
}
