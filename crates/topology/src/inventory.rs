//! What exists, as observed by whoever reads store and files. Facts only; judgement is in [`crate::plan`] and
//! [`crate::checks`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::time::{Timestamp, Validity};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::declared::{FileSettings, Usage};
use crate::plan::AuthoritySpec;

/// Everything that was found, by its name in the file. Empty before the first `apply`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Authorities that have a certificate.
    pub authorities: BTreeMap<String, ObservedAuthority>,
    /// Instances that have a certificate or a directory, also such as are no longer declared.
    pub instances: BTreeMap<String, ObservedInstance>,
    /// Certificates by which external parties are verified, read from their files: at least one each.
    pub externals: BTreeMap<String, Vec<ObservedCertificate>>,
}

/// A SHA-256 digest: of a certificate (DER) or of a `SubjectPublicKeyInfo` (DER).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// A certificate that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedCertificate {
    /// SHA-256 of the certificate, DER.
    pub sha256: Fingerprint,
    /// SHA-256 of its `SubjectPublicKeyInfo`, DER.
    pub spki_sha256: Fingerprint,
    /// SHA-256 of the `SubjectPublicKeyInfo` of the key that signed it, when known.
    pub issuer_spki_sha256: Option<Fingerprint>,
    /// When it is valid.
    pub validity: Validity,
    /// Its subject alternative names.
    pub names: SanSet,
    /// Roles that its extended key usage allows, in order.
    pub usages: Vec<Usage>,
    /// Algorithm of its key, when it is one of ours.
    pub key: Option<KeyAlgorithm>,
    /// Where it says that CRLs, the certificate of its issuer and status are.
    pub addresses: Vec<String>,
    /// Whether it may sign certificates (basic constraints, RFC 5280 section 4.2.1.9).
    pub authority: bool,
    /// Whether it has been revoked.
    pub revoked: bool,
}

/// An authority that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedAuthority {
    /// Its certificate in force.
    pub certificate: ObservedCertificate,
    /// When the first certificate of its chain ends: nothing that it signs outlives that.
    pub ends: Timestamp,
    /// Where its key is.
    pub key: KeyState,
    /// The specification that its certificate was made from; `None` for an imported one, which is then not compared with
    /// the file.
    pub made_from: Option<AuthoritySpec>,
}

/// Where a private key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Can be used now, and belongs to the certificate.
    Present,
    /// Taken away: an offline root.
    Elsewhere,
    /// Should be here and is not.
    Missing,
    /// Here, but it is the key of another certificate.
    Mismatched,
}

/// An instance for which something exists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObservedInstance {
    /// The certificate on record that is in its files; `None` when there is none, or the file is unreadable.
    pub certificate: Option<ObservedCertificate>,
    /// Whether its files hold a certificate that is not on record.
    pub unrecorded: bool,
    /// Its private key file; `None` when nothing was ever written.
    pub key: Option<KeyState>,
    /// SHA-256 of the intermediates in its full chain, in order, without the leaf.
    pub chain: Vec<Fingerprint>,
    /// SHA-256 of the certificates in its trust store.
    pub anchors: BTreeSet<Fingerprint>,
    /// State of each file that was written, by its name (see [`crate::layout`]).
    pub files: BTreeMap<String, FileState>,
    /// Owner, group and mode as last written.
    pub settings: FileSettings,
}

/// Whether a file is as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileState {
    /// The same octets.
    Unchanged,
    /// Other octets.
    Changed,
    /// Gone.
    Missing,
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<[u8; 32]> for Fingerprint {
    fn from(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let fault = || serde::de::Error::custom("expected 64 hexadecimal digits");
        if text.len() != 64 || !text.is_ascii() {
            return Err(fault());
        }
        let mut digest = [0_u8; 32];
        for (index, octet) in digest.iter_mut().enumerate() {
            let digits = text.get(index * 2..index * 2 + 2).ok_or_else(fault)?;
            *octet = u8::from_str_radix(digits, 16).map_err(|_| fault())?;
        }
        Ok(Self(digest))
    }
}
