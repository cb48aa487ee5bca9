//! The sections `[service.NAME]` and their instances.

use std::fmt;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::{Identifier, SanSet};
use hf_core::time::Lifetime;
use serde::{Deserialize, Serialize};

use super::Place;

/// A service: one or more instances that are interchangeable for their peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Name in the file.
    pub name: String,
    /// Where it was declared.
    pub place: Place,
    /// Its instances, at least one.
    pub instances: Vec<Instance>,
    /// Whether its instances talk to each other, in both directions.
    pub peers: bool,
    /// Services and external parties that it opens connections to, sorted.
    pub calls: Vec<String>,
    /// Authorities, services or external parties that it trusts beyond those its links need.
    pub trusts: Vec<String>,
    /// The authority that signs its certificates.
    pub authority: String,
    /// The root above that authority: what others import to verify this service.
    pub root: String,
    /// Name of its profile.
    pub profile: String,
    /// Key algorithm of its certificates.
    pub key: KeyAlgorithm,
    /// Lifetime of its certificates.
    pub lifetime: Lifetime,
    /// What it can read, in the order of the file, each once.
    pub keystore: Vec<KeyStore>,
    /// Owner, group and mode of its files.
    pub files: FileSettings,
}

/// One running copy of a service, or of an external party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its name, unique in the file; also the name of its directory. A DNS name without wildcard, or an IP address.
    pub name: String,
    /// Where it was declared.
    pub place: Place,
    /// The names in its certificate: its own and the extra ones of the instance and of the service.
    pub names: SanSet,
    /// The name that peers connect to and verify.
    pub identifier: Identifier,
    /// Where it listens, for `check --live`.
    pub address: Option<Address>,
}

/// Host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// DNS name or IP address, without brackets.
    pub host: String,
    /// TCP port, not 0.
    pub port: u16,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A form in which key, certificate and trust anchors are written. PEM is always written beside the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyStore {
    /// PEM files, RFC 7468.
    Pem,
    /// PKCS#12 key store and trust store, RFC 7292.
    P12,
    /// Java key store and trust store.
    Jks,
}

impl KeyStore {
    /// As written in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pem => "pem",
            Self::P12 => "p12",
            Self::Jks => "jks",
        }
    }
}

/// Whose the files of an instance are. What is absent stays as the process that writes leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileSettings {
    /// Name or number of the owning user.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner: Option<String>,
    /// Name or number of the owning group.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub group: Option<String>,
    /// Permission bits of the files that hold a private key: no access for others; 0600 when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mode: Option<u32>,
}
