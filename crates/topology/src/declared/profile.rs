//! The sections `[profile.NAME]`.

use std::fmt;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::Lifetime;
use serde::{Deserialize, Serialize};

use super::Place;

/// What kind of certificate an instance gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Name in the file.
    pub name: String,
    /// Where it was declared; `None` for a built-in one.
    pub place: Option<Place>,
    /// What the key may be used for, in order, each once, at least one.
    pub usages: Vec<Usage>,
    /// Lifetime, when it differs from the trust domain's.
    pub lifetime: Option<Lifetime>,
    /// Key algorithm, when it differs from the trust domain's.
    pub key: Option<KeyAlgorithm>,
    /// Logs of certificate transparency (RFC 6962) that see every certificate before it is issued, by their addresses.
    pub transparency_logs: Vec<String>,
    /// The public keys of these logs, base64; empty: signatures of their timestamps are not checked.
    pub transparency_keys: Vec<String>,
}

impl Profile {
    /// Name of the profile of a service that names none: server and client.
    pub const DEFAULT: &'static str = "service";

    /// The profiles that need no declaration: `service` (both roles), `server`, `client`.
    pub fn built_in() -> Vec<Self> {
        let profile = |name: &str, usages: &[Usage]| Self {
            name: name.to_owned(),
            place: None,
            usages: usages.to_vec(),
            lifetime: None,
            key: None,
            transparency_logs: Vec::new(),
            transparency_keys: Vec::new(),
        };
        vec![
            profile(Self::DEFAULT, &[Usage::Server, Usage::Client]),
            profile("server", &[Usage::Server]),
            profile("client", &[Usage::Client]),
        ]
    }

    /// Whether a certificate of this profile may be used in that role.
    pub fn allows(&self, usage: Usage) -> bool {
        self.usages.contains(&usage)
    }
}

/// A role in a TLS handshake, RFC 5280 section 4.2.1.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Usage {
    /// `id-kp-serverAuth`.
    Server,
    /// `id-kp-clientAuth`.
    Client,
}

impl Usage {
    /// As written in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
