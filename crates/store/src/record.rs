//! The records that the store keeps.

mod acme;
mod comparison;
mod credential;
mod crl;
mod foreign;
mod retention;

use std::fmt;

pub use acme::{
    AccountCreation, AccountUpdate, AcmeAccountFilter, AcmeAccountRecord, AcmeAccountStatus,
    AcmeAuthorizationRecord, AcmeAuthorizationStatus, AcmeKind, AcmeOrderFilter, AcmeOrderRecord,
    AcmeOrderStatus, AcmePage, AcmeSwept, EabFault, EabKeyRecord, EabSecret, OrderCreation, RenewalScope,
    RenewalWindowRecord, Swap,
};
pub use comparison::{RecordTotals, RecordedRevocation, RevocationCursor};
pub use credential::{CredentialLimits, CredentialRecord};
pub use crl::{
    COMPLETE, CrlList, CrlPosition, NewCrl, NewShard, RevokedEntry, SHARD_MAX_URL, StoredCrl, StoredList,
};
pub use foreign::{ForeignCertificate, Imported};
use hf_core::name::SanSet;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::{Timestamp, Validity};
pub use retention::RemovedPage;
use serde::{Deserialize, Serialize};

/// Which text of which profile a certificate was issued under: SHA-256 of the text of the [`ProfileSnapshot`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SnapshotId(#[serde(with = "crate::bytes")] pub [u8; 32]);

impl fmt::Display for SnapshotId {
    /// Lower-case hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::audit::hex(&self.0))
    }
}

/// A profile as it stood when certificates were issued under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileSnapshot {
    /// SHA-256 of `text`.
    pub id: SnapshotId,
    /// Name of the profile.
    pub profile: String,
    /// The whole profile as text, in whatever form its owner writes.
    pub text: String,
}

/// What is about to be signed. Everything that a list shows is stated here, because the store reads no X.509.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Name of the issuing authority.
    pub authority: String,
    /// Serial number, unique for the authority for ever.
    pub serial: Serial,
    /// The bytes to be signed: `TBSCertificate`, DER.
    #[serde(with = "crate::bytes")]
    pub tbs: Vec<u8>,
    /// Name of the profile.
    pub profile: String,
    /// The text of the profile.
    pub snapshot: SnapshotId,
    /// Subject, RFC 4514 text; empty when the subject is empty.
    pub subject: String,
    /// Names of the certificate.
    pub names: SanSet,
    /// First and last second.
    pub validity: Validity,
    /// SHA-256 of the `SubjectPublicKeyInfo`, DER.
    #[serde(with = "crate::bytes")]
    pub spki_sha256: [u8; 32],
    /// Identifies the request: a retry with the same key leads to the same certificate. Scoped to the authority.
    pub dedup_key: Option<String>,
    /// When it was asked for, UTC.
    pub requested_at: Timestamp,
}

/// How an issuance began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Begun {
    /// On record: the signature may be asked for.
    Recorded,
    /// This request already led to a certificate; nothing was recorded.
    Existing(Box<StoredCertificate>),
    /// This request is being worked on; nothing was recorded.
    InProgress {
        /// Serial number of the open intent.
        serial: Serial,
    },
}

/// An intent that is neither finished nor closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIntent {
    /// Name of the issuing authority.
    pub authority: String,
    /// Serial number.
    pub serial: Serial,
    /// When it was asked for, UTC.
    pub requested_at: Timestamp,
}

/// What is on record: a certificate, or bytes that may have been signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// The certificate, DER.
    Issued(#[serde(with = "crate::bytes")] Vec<u8>),
    /// The process ended, or the signature failed, between intent and certificate: the `TBSCertificate`, DER.
    /// A certificate with these bytes may exist; nobody received it.
    PossiblySigned(#[serde(with = "crate::bytes")] Vec<u8>),
}

impl Body {
    /// The DER: of the certificate, or of what may have been signed.
    pub fn octets(&self) -> &[u8] {
        match self {
            Self::Issued(der) | Self::PossiblySigned(der) => der,
        }
    }

    /// The DER of the certificate, if there is one.
    pub fn certificate(&self) -> Option<&[u8]> {
        match self {
            Self::Issued(der) => Some(der),
            Self::PossiblySigned(_) => None,
        }
    }
}

/// A record of issuance as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCertificate {
    /// Name of the issuing authority.
    pub authority: String,
    /// Serial number.
    pub serial: Serial,
    /// The certificate, or what may have been signed.
    pub body: Body,
    /// Name of the profile.
    pub profile: String,
    /// The text of the profile.
    pub snapshot: SnapshotId,
    /// Subject, RFC 4514 text; empty when the subject is empty.
    pub subject: String,
    /// Names of the certificate.
    pub names: SanSet,
    /// First and last second.
    pub validity: Validity,
    /// SHA-256 of the `SubjectPublicKeyInfo`, DER.
    #[serde(with = "crate::bytes")]
    pub spki_sha256: [u8; 32],
    /// Identifies the request.
    pub dedup_key: Option<String>,
    /// When it was asked for, UTC.
    pub requested_at: Timestamp,
    /// When and why it was revoked, if it was.
    pub revocation: Option<RevocationRecord>,
}

/// What a record is at a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateState {
    /// Issued, not revoked, not expired. A certificate whose validity has not begun is valid in this sense.
    Valid,
    /// Issued, not revoked, its last second has passed.
    Expired,
    /// Revoked, expired or not.
    Revoked,
    /// May have been signed; not revoked.
    PossiblySigned,
}

impl CertificateState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Valid, Self::Expired, Self::Revoked, Self::PossiblySigned];

    /// The name used on the command line and in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::PossiblySigned => "possibly-signed",
        }
    }
}

impl fmt::Display for CertificateState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl StoredCertificate {
    /// What the record is at `now`.
    pub fn state(&self, now: Timestamp) -> CertificateState {
        match (&self.revocation, &self.body) {
            (Some(_), _) => CertificateState::Revoked,
            (None, Body::PossiblySigned(_)) => CertificateState::PossiblySigned,
            (None, Body::Issued(_)) if self.validity.not_after() < now => CertificateState::Expired,
            (None, Body::Issued(_)) => CertificateState::Valid,
        }
    }
}

/// A revocation to be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRevocation {
    /// Name of the issuing authority.
    pub authority: String,
    /// Serial number.
    pub serial: Serial,
    /// The shard of the CRL that the certificate belongs to, [`COMPLETE`] for none. One that was never opened counts as
    /// none.
    pub shard: u32,
    /// `revocationDate`, UTC.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// When and why a certificate was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationRecord {
    /// `revocationDate`, UTC.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// What came of a revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RevokeOutcome {
    /// It is revoked from now on.
    Revoked,
    /// It was revoked; its reason was raised to `keyCompromise`, its date kept.
    ReasonRaised(RevocationRecord),
    /// It was revoked; nothing changed.
    AlreadyRevoked(RevocationRecord),
}

/// What an authority may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityState {
    /// It has a key but no certificate yet: a signing request is on its way to another authority.
    Pending,
    /// It issues.
    Active,
    /// It signs CRLs, and certificates no more.
    Retired,
}

impl AuthorityState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Retired];

    /// The name used on the command line, in tables and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

impl fmt::Display for AuthorityState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An authority of this trust domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorityRecord {
    /// Name in this trust domain, unique.
    pub name: String,
    /// Name of the authority that signed its certificate; absent for a root and when an outside CA signed it.
    pub parent: Option<String>,
    /// Its certificates, DER: its own first, then up to and including the root as far as known. Empty while pending.
    #[serde(with = "crate::bytes::list")]
    pub chain: Vec<Vec<u8>>,
    /// Where its private key is (`file:…`); absent when the key was taken away.
    pub key: Option<String>,
    /// What it may do.
    pub state: AuthorityState,
    /// When it was added, UTC.
    pub added_at: Timestamp,
}
