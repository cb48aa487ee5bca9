//! What a machine imports to verify others.

use serde::{Deserialize, Serialize};

/// A trust anchor: a certificate that is trusted because it was imported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "name", rename_all = "lowercase")]
pub enum Anchor {
    /// The self-signed certificate of the named authority.
    Authority(String),
    /// The certificate of the named external party.
    External(String),
}

impl Anchor {
    /// Name of the authority or external party in the file.
    pub fn name(&self) -> &str {
        match self {
            Self::Authority(name) | Self::External(name) => name,
        }
    }
}
