//! Limits on what one record may hold.

use crate::StoreError;
use crate::record::{
    AcmeAccountRecord, AcmeAuthorizationRecord, AcmeKind, AcmeOrderRecord, CredentialRecord, EabKeyRecord,
    EabSecret, ForeignCertificate, Intent, RenewalScope, RenewalWindowRecord,
};

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

/// Renewal windows of an authority: all are looked at for each certificate.
pub(super) const MAX_WINDOWS: usize = 1_000;

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

/// 1 to 64 letters, digits, `-` and `_`.
fn is_id(id: &str) -> bool {
    let allowed = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
    !id.is_empty() && id.len() <= MAX_ID && id.bytes().all(allowed)
}

/// Refuse a credential with a value that is too long, or an identifier that is none.
pub(super) fn check_credential(record: &CredentialRecord) -> Result<(), StoreError> {
    if !is_id(&record.id) {
        return Err(StoreError::BadCredentialId { found: record.id.chars().take(MAX_ID).collect() });
    }
    at_most(MAX_NAME, "the name of the credential", record.name.len())?;
    let limits = &record.limits;
    let lists = [&limits.names, &limits.profiles, &limits.authorities];
    at_most(MAX_DER, "the limits of the credential", octets(lists))
}

/// Octets of lists as JSON, about.
fn octets<const N: usize>(lists: [&Option<Vec<String>>; N]) -> usize {
    lists.into_iter().flatten().flatten().map(|text| text.len().saturating_add(3)).sum()
}

fn check_id(kind: AcmeKind, id: &str) -> Result<(), StoreError> {
    if is_id(id) {
        return Ok(());
    }
    Err(StoreError::BadAcmeId { kind, found: id.chars().take(MAX_ID).collect() })
}

/// Refuse an account with a value that is too long, or an identifier that is none.
pub(super) fn check_account(record: &AcmeAccountRecord) -> Result<(), StoreError> {
    check_id(AcmeKind::Account, &record.id)?;
    at_most(MAX_NAME, "the name of the authority", record.authority.len())?;
    at_most(MAX_DER, "the body of the ACME account", record.body.len())
}

/// Refuse an external account key with a value that is too long, or an identifier that is none.
pub(super) fn check_eab(record: &EabKeyRecord, secret: &EabSecret) -> Result<(), StoreError> {
    check_id(AcmeKind::EabKey, &record.id)?;
    at_most(MAX_NAME, "the name of the authority", record.authority.len())?;
    at_most(MAX_NAME, "the name of the external account key", record.name.len())?;
    at_most(MAX_TEXT, "the secret of the external account key", secret.expose().len())?;
    at_most(MAX_DER, "the limits of the external account key", octets([&record.names, &record.profiles]))
}

/// Refuse an order with a value that is too long, or an identifier that is none.
pub(super) fn check_order(record: &AcmeOrderRecord) -> Result<(), StoreError> {
    check_id(AcmeKind::Order, &record.id)?;
    check_id(AcmeKind::Account, &record.account)?;
    at_most(MAX_NAME, "the name of the authority", record.authority.len())?;
    at_most(
        MAX_NAME,
        "the identifier of the replaced certificate",
        record.replaces.as_ref().map_or(0, String::len),
    )?;
    at_most(MAX_DER, "the body of the ACME order", record.body.len())
}

/// Refuse an authorization with a value that is too long, or an identifier that is none.
pub(super) fn check_authorization(record: &AcmeAuthorizationRecord) -> Result<(), StoreError> {
    check_id(AcmeKind::Authorization, &record.id)?;
    check_id(AcmeKind::Account, &record.account)?;
    at_most(MAX_NAME, "the name of the authority", record.authority.len())?;
    at_most(MAX_DER, "the body of the ACME authorization", record.body.len())
}

/// Refuse a renewal window with a value that is too long.
pub(super) fn check_window(record: &RenewalWindowRecord) -> Result<(), StoreError> {
    at_most(MAX_NAME, "the name of the authority", record.authority.len())?;
    if let RenewalScope::Profile(name) = &record.scope {
        at_most(MAX_NAME, "the name of the profile", name.len())?;
    }
    at_most(MAX_TEXT, "the explanation URL", record.explanation_url.as_ref().map_or(0, String::len))
}
