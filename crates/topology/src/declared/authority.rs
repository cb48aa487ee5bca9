//! The sections `[authority.NAME]`.

use std::fmt;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::Lifetime;
use serde::{Deserialize, Serialize};

use super::{NameConstraint, Place};

/// One certificate authority of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// Name in the file.
    pub name: String,
    /// Where it was declared; the section that implies it when it was not.
    pub place: Place,
    /// Not declared: made because the model or a service needs it.
    pub implied: bool,
    /// The authority that signs it; none for a root, which signs itself.
    pub parent: Option<String>,
    /// Subject of its certificate.
    pub subject: Subject,
    /// Name constraints: the only names it and everything below may vouch for (RFC 5280 section 4.2.1.10). Empty: any.
    pub permitted: Vec<NameConstraint>,
    /// Name constraints: names it and everything below may never vouch for.
    pub excluded: Vec<NameConstraint>,
    /// How many authorities may follow below it (RFC 5280 section 4.2.1.9). A root that names none has no limit;
    /// any other has exactly the levels that the file declares below it.
    pub path_length: Option<u8>,
    /// Algorithm of its key.
    pub key: KeyAlgorithm,
    /// Whether its own section names that algorithm: only then does a change replace the key that it has.
    pub names_key: bool,
    /// Lifetime of its certificate.
    pub lifetime: Lifetime,
    /// The key is kept elsewhere and is brought only to sign authorities.
    pub offline: bool,
    /// Where the key is, when not in the state directory; relative to the file.
    pub key_file: Option<String>,
}

impl Authority {
    /// Whether it signs itself.
    pub fn is_root(&self) -> bool {
        self.parent.is_none()
    }
}

/// Subject of an authority's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Only a common name; any text, also one such as `*.local Root CA`.
    CommonName(String),
    /// A whole distinguished name in the text form of RFC 4514, for example `CN=Root,O=Shop`. Its syntax is checked by
    /// who encodes it.
    Full(String),
}

impl fmt::Display for Subject {
    /// The common name or the whole name, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommonName(text) | Self::Full(text) => f.write_str(text),
        }
    }
}
