//! Certificates that were issued before, by another program with the same authority.

use hf_core::name::SanSet;
use hf_core::serial::Serial;
use hf_core::time::{Timestamp, Validity};
use serde::{Deserialize, Serialize};

use super::RevocationRecord;

/// A certificate to be taken into the record. Everything that a list shows is stated here, because the store reads no
/// X.509.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignCertificate {
    /// Name of the authority that issued it.
    pub authority: String,
    /// Serial number.
    pub serial: Serial,
    /// The certificate, DER.
    #[serde(with = "crate::bytes")]
    pub certificate: Vec<u8>,
    /// What stands in the place of the profile.
    pub profile: String,
    /// Subject, RFC 4514 text; empty when the subject is empty.
    pub subject: String,
    /// Names of the certificate.
    pub names: SanSet,
    /// First and last second.
    pub validity: Validity,
    /// SHA-256 of the `SubjectPublicKeyInfo`, DER.
    #[serde(with = "crate::bytes")]
    pub spki_sha256: [u8; 32],
    /// When it was issued, UTC, as far as known.
    pub issued_at: Timestamp,
    /// When and why it was revoked, if it was.
    pub revocation: Option<RevocationRecord>,
}

/// What came of taking in a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Imported {
    /// It is on record from now on.
    Added,
    /// It was on record; it is revoked from now on, or its reason was raised to `keyCompromise`.
    RevocationAdded,
    /// It was on record as it is; nothing changed.
    Present,
}
