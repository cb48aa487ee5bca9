//! The end of a branch: a revoked certificate in the chain of an authority (RFC 5280 section 6.1.3).

use hf_core::finding::{Finding, FindingCode};
use hf_core::reason::RevocationReason;
use hf_core::time::Timestamp;
use hf_store::record::RevocationRecord;

use crate::error::IssuerUnavailable;

const REVOKED: FindingCode = FindingCode::new("HF-ISSUER-REVOKED");

/// The revoked certificate in the chain of an authority: its own, or one above.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fall {
    /// Whose certificate it is.
    pub subject: String,
    /// Since when it is revoked, UTC.
    pub at: Timestamp,
    /// Why it was.
    pub reason: RevocationReason,
}

impl Fall {
    /// Of the certificate of `subject`.
    pub(crate) fn of(subject: &str, revocation: RevocationRecord) -> Self {
        Self { subject: subject.to_owned(), at: revocation.at, reason: revocation.reason }
    }

    /// That authority `name` signs no more because of it.
    pub(crate) fn unavailable(&self, name: &str) -> IssuerUnavailable {
        IssuerUnavailable::Revoked { name: name.to_owned(), subject: self.subject.clone(), at: self.at }
    }

    /// The same for whoever wants to know how authority `name` stands.
    pub(crate) fn finding(&self, name: &str) -> Finding {
        Finding::error(REVOKED, format!("authority `{name}`"), self.unavailable(name).to_string())
            .evidence("reason", self.reason.to_string())
            .hint("`handfast apply` gives an authority of the file a new key and certificate")
            .hint("issue again what it signed: nobody who checks the chain trusts it any more")
            .rfc("RFC 5280 section 6.1.3")
    }
}
