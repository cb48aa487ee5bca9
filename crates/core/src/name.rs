//! Names in certificates, parsed once into canonical, ordered types.
//!
//! One file a kind. Every parser says what is wrong and at which octet; none repairs in silence, except that letters
//! of DNS names become lower-case and internationalized labels become A-labels (RFC 5891).

mod dns;
mod email;
mod ip;
mod san;
mod spiffe;
mod uri;

use std::fmt;

pub use dns::DnsName;
pub use email::EmailAddress;
pub use ip::IpName;
pub use san::{Identifier, SanSet};
pub use spiffe::{SpiffeId, TrustDomain};
pub use uri::UriName;

/// Which kind of name was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameKind {
    /// A DNS name.
    Dns,
    /// An IP address.
    Ip,
    /// An e-mail address.
    Email,
    /// A URI.
    Uri,
    /// A SPIFFE ID.
    SpiffeId,
    /// A SPIFFE trust domain.
    TrustDomain,
}

impl NameKind {
    /// The indefinite article that goes before it.
    pub fn article(self) -> &'static str {
        match self {
            Self::Ip | Self::Email => "an",
            Self::Dns | Self::Uri | Self::SpiffeId | Self::TrustDomain => "a",
        }
    }
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "DNS name",
            Self::Ip => "IP address",
            Self::Email => "e-mail address",
            Self::Uri => "URI",
            Self::SpiffeId => "SPIFFE ID",
            Self::TrustDomain => "trust domain",
        })
    }
}

/// A name that was refused: which kind was expected, what was found, where it goes wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not {} {kind}: {problem}, at character {}", kind.article(), at + 1)]
pub struct NameError {
    /// The kind of name that was expected.
    pub kind: NameKind,
    /// What was found, cut to 120 characters, control characters escaped.
    pub found: String,
    /// Character (counted from 0) at which it goes wrong.
    pub at: usize,
    /// What is wrong there.
    pub problem: NameProblem,
}

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NameProblem {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// Longer than allowed.
    #[error("it is longer than {max} characters")]
    TooLong {
        /// The longest allowed.
        max: usize,
    },
    /// Two dots in a row, or a dot at the beginning.
    #[error("a label is empty")]
    EmptyLabel,
    /// A label of more than 63 octets, RFC 1035 section 2.3.4.
    #[error("a label is longer than 63 characters")]
    LabelTooLong,
    /// A character that this kind of name cannot hold.
    #[error("the character {character:?} is not allowed")]
    Character {
        /// The character.
        character: char,
    },
    /// A hyphen at the beginning or end of a label, RFC 1123 section 2.1.
    #[error("a label begins or ends with a hyphen")]
    Hyphen,
    /// A wildcard that is not the whole first label, RFC 9525 section 6.3.
    #[error("`*` may only stand alone as the first label")]
    Wildcard,
    /// A wildcard with fewer than two labels after it covers a whole top-level domain.
    #[error("`*` needs at least one label after it")]
    WildcardTooWide,
    /// A name whose last label is all digits reads as an IP address.
    #[error("the last label is a number, as in an IP address")]
    NumericTopLabel,
    /// Not valid under IDNA 2008, RFC 5891.
    #[error("an internationalized label is not valid under IDNA")]
    Idna,
    /// Not an IPv4 or IPv6 address.
    #[error("expected four decimal numbers with dots, or IPv6 groups with colons")]
    IpSyntax,
    /// No `@`, or more than one.
    #[error("expected exactly one `@`")]
    AtSign,
    /// Not an absolute URI, RFC 3986.
    #[error("expected a scheme, a colon and a rest, as in `https://host/path`")]
    UriSyntax,
    /// The scheme is not `spiffe`.
    #[error("expected the scheme `spiffe://`")]
    SpiffeScheme,
    /// Query, fragment, port or user information, which a SPIFFE ID has none of.
    #[error("a SPIFFE ID has no query, fragment, port or user information")]
    SpiffeComponent,
    /// An empty path segment, `.`, `..` or a trailing slash.
    #[error("a path segment is empty, `.` or `..`")]
    PathSegment,
}

/// Build the error for `text` going wrong at octet `octet`.
fn fault(kind: NameKind, text: &str, octet: usize, problem: NameProblem) -> NameError {
    let at = text.char_indices().take_while(|(index, _)| *index < octet).count();
    let found = text.chars().take(120).flat_map(escape_control).collect();
    NameError { kind, found, at, problem }
}

/// Control characters become `\u{..}`, so that a hostile name cannot move the cursor of who reads the message.
fn escape_control(character: char) -> Vec<char> {
    if character.is_control() { character.escape_unicode().collect() } else { vec![character] }
}

/// `Display`, `FromStr`-based serde and `AsRef<str>` for a name kept as canonical text.
macro_rules! textual_name {
    ($name:ident) => {
        impl $name {
            /// The canonical text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}
use textual_name;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_reads_as_a_sentence() {
        let said = [
            "10.0.0.256".parse::<IpName>().unwrap_err().to_string(),
            "a".parse::<EmailAddress>().unwrap_err().to_string(),
            "a_b".parse::<DnsName>().unwrap_err().to_string(),
        ];
        for (said, beginning) in said.iter().zip([
            "`10.0.0.256` is not an IP address: ",
            "`a` is not an e-mail address: ",
            "`a_b` is not a DNS name: ",
        ]) {
            assert!(said.starts_with(beginning), "{said}");
        }
    }
}
