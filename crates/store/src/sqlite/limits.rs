//! Limits on what one record may hold.

use crate::StoreError;
use crate::record::Intent;

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

/// Refuse a value that is too long.
pub(super) fn at_most(limit: usize, what: &'static str, octets: usize) -> Result<(), StoreError> {
    if octets > limit { Err(StoreError::TooLong { what, octets, limit }) } else { Ok(()) }
}

/// Refuse an intent with a value that is too long.
pub(super) fn check_intent(intent: &Intent) -> Result<(), StoreError> {
    at_most(MAX_DER, "the TBSCertificate", intent.tbs.len())?;
    at_most(MAX_NAME, "the name of the authority", intent.authority.len())?;
    at_most(MAX_NAME, "the name of the profile", intent.profile.len())?;
    at_most(MAX_TEXT, "the subject", intent.subject.len())?;
    at_most(MAX_TEXT, "the deduplication key", intent.dedup_key.as_ref().map_or(0, String::len))
}
