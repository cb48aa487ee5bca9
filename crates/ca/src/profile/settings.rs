//! The settings of a profile as a user writes them.

use std::collections::BTreeSet;
use std::fmt;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::Lifetime;
use serde::{Deserialize, Serialize};

/// Everything that can be set about certificates of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileSettings {
    /// Name of the profile: lower-case letters, digits, hyphens.
    pub name: String,
    /// Leaf or authority.
    pub kind: ProfileKind,
    /// Key algorithms that may be certified.
    pub key_algorithms: BTreeSet<KeyAlgorithm>,
    /// The lifetime when a request names none.
    pub default_lifetime: Lifetime,
    /// The longest lifetime a request may have.
    pub max_lifetime: Lifetime,
    /// How far before the moment of issuing validity begins.
    pub backdate: Lifetime,
    /// Extended key usages; empty: no such extension.
    pub purposes: BTreeSet<Purpose>,
    /// How the subject is made.
    pub subject: SubjectRule,
    /// Whether `*.` names may be certified.
    pub wildcards: bool,
    /// The most names in one certificate.
    pub max_names: usize,
    /// What to do when the certificate would outlive its issuer.
    pub beyond_issuer: BeyondIssuer,
    /// CRL distribution point; `{authority}` stands for the issuer's name.
    pub crl_url: Option<String>,
    /// Where the issuer's certificate can be fetched; `{authority}` as above.
    pub ca_issuers_url: Option<String>,
    /// Where the OCSP responder answers; `{authority}` as above.
    pub ocsp_url: Option<String>,
}

/// Whether certificates of the profile may sign certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum ProfileKind {
    /// No: `cA` is FALSE.
    Leaf,
    /// Yes: `cA` is TRUE.
    Authority {
        /// The largest `pathLenConstraint` that may be granted; `None` leaves the depth to the authorities above.
        max_path_length: Option<u8>,
    },
}

impl ProfileKind {
    /// Whether certificates of the profile may sign certificates.
    pub fn is_authority(self) -> bool {
        matches!(self, Self::Authority { .. })
    }
}

/// An extended key usage that a profile can state, RFC 5280 section 4.2.1.12.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// `id-kp-clientAuth`.
    ClientAuth,
    /// `id-kp-serverAuth`.
    ServerAuth,
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ClientAuth => "clientAuth",
            Self::ServerAuth => "serverAuth",
        })
    }
}

/// How the subject of a certificate is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectRule {
    /// One common name: the first DNS name, else the first other name; empty where none fits its 64 characters.
    CommonName,
    /// Empty; the names are in a critical subjectAltName.
    Empty,
    /// As in the request. For authorities only: leaves are known by their names.
    Requested,
}

/// What to do when a certificate would outlive a certificate above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BeyondIssuer {
    /// End it with the issuer, and say so.
    #[default]
    Shorten,
    /// Refuse the request.
    Refuse,
}
