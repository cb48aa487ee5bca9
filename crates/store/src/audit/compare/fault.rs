//! What differs between tables and audit chain, in words.

use std::fmt;

use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

/// A table holds something else than the audit chain says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordFault {
    /// The event of this row is not understood, so that nothing can be compared with it.
    Unreadable {
        /// Its sequence number.
        sequence: u64,
    },
    /// A certificate that a row names is not there, and it did not leave because it expired.
    CertificateMissing {
        /// The row.
        sequence: u64,
        /// Name of the authority.
        authority: String,
        /// Serial number.
        serial: Serial,
    },
    /// More certificates are gone than left because they expired.
    CertificatesGone {
        /// How many are gone.
        gone: u64,
        /// How many left by `CertificatesRemoved`.
        removed: u64,
    },
    /// The certificate is another one than the row says.
    CertificateDiffers {
        /// The row.
        sequence: u64,
        /// Name of the authority.
        authority: String,
        /// Serial number.
        serial: Serial,
    },
    /// A revocation that a row states is not there, or states another reason.
    Revocation {
        /// The row.
        sequence: u64,
        /// Name of the authority.
        authority: String,
        /// Serial number.
        serial: Serial,
        /// The reason that the row states.
        expected: RevocationReason,
        /// The reason that is there; `None` when it is not revoked.
        found: Option<RevocationReason>,
    },
    /// A revocation that no row states.
    RevocationUnknown {
        /// The row that it names.
        sequence: u64,
        /// Name of the authority.
        authority: String,
        /// Serial number.
        serial: Serial,
    },
    /// CRLs leave out a revocation although its certificate has not expired.
    RevocationHidden {
        /// Name of the authority.
        authority: String,
        /// Serial number.
        serial: Serial,
        /// The last second of the certificate.
        not_after: Timestamp,
    },
    /// A key that a row blocks is not on the block list.
    KeyNotBlocked {
        /// The row.
        sequence: u64,
        /// SHA-256 of its `SubjectPublicKeyInfo`, hexadecimal.
        spki_sha256: String,
    },
    /// A credential is missing, has other rights than it was made with, or is in force although it was revoked.
    Credential {
        /// The row.
        sequence: u64,
        /// Its identifier.
        id: String,
    },
    /// An authority is missing, unknown to the rows, or has another certificate or state than the last row says.
    Authority {
        /// Its name.
        name: String,
    },
    /// A table holds another number than the rows account for.
    Count {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: u64,
        /// How many the rows account for.
        expected: u64,
    },
}

impl RecordFault {
    /// More faults than this are not listed.
    pub const MAX: usize = 100;
}

impl fmt::Display for RecordFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { sequence } => {
                write!(f, "row {sequence} is not understood: nothing can be compared with it")
            }
            Self::CertificateMissing { sequence, authority, serial } => write!(
                f,
                "certificate {serial} of `{authority}` is missing: row {sequence} recorded it, and it did not leave the record"
            ),
            Self::CertificatesGone { gone, removed } => {
                write!(f, "{gone} certificates are gone, but only {removed} left the record after their end")
            }
            Self::CertificateDiffers { sequence, authority, serial } => {
                write!(f, "certificate {serial} of `{authority}` is not the one that row {sequence} recorded")
            }
            Self::Revocation { sequence, authority, serial, expected, found: None } => write!(
                f,
                "certificate {serial} of `{authority}` is not revoked: row {sequence} revoked it ({expected})"
            ),
            Self::Revocation { sequence, authority, serial, expected, found: Some(found) } => write!(
                f,
                "certificate {serial} of `{authority}` is revoked as {found}: row {sequence} says {expected}"
            ),
            Self::RevocationUnknown { sequence, authority, serial } => write!(
                f,
                "certificate {serial} of `{authority}` is revoked, but row {sequence}, which it names, does not say so"
            ),
            Self::RevocationHidden { authority, serial, not_after } => write!(
                f,
                "the revocation of certificate {serial} of `{authority}` is kept off CRLs, but the certificate ends {not_after}"
            ),
            Self::KeyNotBlocked { sequence, spki_sha256 } => {
                write!(f, "key {spki_sha256} is not on the block list: row {sequence} put it there")
            }
            Self::Credential { sequence, id } => {
                write!(f, "credential `{id}` is not as row {sequence} recorded it")
            }
            Self::Authority { name } => {
                write!(f, "authority `{name}` is not as the last row about it says")
            }
            Self::Count { what, found, expected } => {
                write!(f, "there are {found} {what}: the rows account for {expected}")
            }
        }
    }
}

/// A list that does not grow beyond [`RecordFault::MAX`].
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) list: Vec<RecordFault>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: RecordFault) {
        if self.list.len() < RecordFault::MAX {
            self.list.push(fault);
        }
    }

    pub(super) fn unless(&mut self, holds: bool, fault: impl FnOnce() -> RecordFault) {
        if !holds {
            self.add(fault());
        }
    }
}
