//! Names as certificates present them: are they well-formed, do they match what was asked, do they lie in a subtree.
//!
//! One file a kind. Nothing here knows of certificates.

pub(crate) mod dns;
pub(crate) mod email;
pub(crate) mod ip;
pub(crate) mod uri;

/// In which of the two lists of a name constraint a subtree stands.
///
/// It matters for wildcards: all names that they stand for must be permitted, and none may be excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// `permittedSubtrees`.
    Permitted,
    /// `excludedSubtrees`.
    Excluded,
}
