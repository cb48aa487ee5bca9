//! Limits on what one record may hold.

use crate::StoreError;
use crate::record::{CredentialRecord, ForeignCertificate, Intent};

/// A certificate or the bytes to be signed, DER: what hf-x509 accepts at most.
pub(super) const MAX_DER: usize = 64 * 1024;
/// Names of authorities and profiles.
pub(super) const MAX_NAME: usize = 255;
/// A subject, a deduplication key, a key reference.
pub(super) const MAX_TEXT: usize = 4 * 1024;
/// The text of a profile, and all certificates of a chain together.
pub(super) const MAX_DOCUMENT: usize = 1024 * 1024;
/// A CRL, DER: some ten million entries.
pub(super) const MAX_CRL: usize = 512 * 1024 * 1024;

/// An identifier of a credential.
const MAX_ID: usize = 64;
/// Credentials, revoked ones included: all are listed at once.
pub(super) const MAX_CREDENTIALS: u64 = 10_000;

/// Refuse a value that is too long.
pub(super) fn at_most(limit: usize, what: &'static str, octets: usize) -> Result<(), StoreError> {
    if octets > limit { Err(StoreError::TooLong { what: what.into(), octets, limit }) } else { Ok(()) }
}

/// Refuse an intent with a value that is too long.
pub(super) fn check_intent(intent: &Intent) -> Result<(), StoreError> {
    at_most(MAX_DER, "the TBSCertificate", intent.tbs.len())?;
    at_most(MAX_NAME, "the name of the authority", intent.authority.len())?;
    at_most(MAX_NAME, "the name of the profile", intent.profile.len())?;
    at_most(MAX_TEXT, "the subject", intent.subject.len())?;
    at_most(MAX_TEXT, "the deduplication key", intent.dedup_key.as_ref().map_or(0, String::len))
}

/// Refuse a certificate from elsewhere with a value that is too long.
pub(super) fn check_foreign(certificate: &ForeignCertificate) -> Result<(), StoreError> {
    at_most(MAX_DER, "the certificate", certificate.certificate.len())?;
    at_most(MAX_NAME, "the name of the authority", certificate.authority.len())?;
    at_most(MAX_NAME, "the name of the profile", certificate.profile.len())?;
    at_most(MAX_TEXT, "the subject", certificate.subject.len())
}

/// Refuse a credential with a value that is too long, or an identifier that is none.
pub(super) fn check_credential(record: &CredentialRecord) -> Result<(), StoreError> {
    let allowed = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
    if record.id.is_empty() || record.id.len() > MAX_ID || !record.id.bytes().all(allowed) {
        return Err(StoreError::BadCredentialId { found: record.id.chars().take(MAX_ID).collect() });
    }
    at_most(MAX_NAME, "the name of the credential", record.name.len())?;
    let limits = &record.limits;
    let lists = [&limits.names, &limits.profiles, &limits.authorities];
    let octets = lists.into_iter().flatten().flatten().map(|text| text.len().saturating_add(3)).sum();
    at_most(MAX_DER, "the limits of the credential", octets)
}
