//! Whether a certificate that somebody shows still proves anything: it is on record and in force, its key is not blocked,
//! and no authority above it is revoked (RFC 5280 section 6.1.3: every certificate of a path is looked at).
//!
//! Who shows it, and whether its path leads to a root, was judged before.

use hf_core::time::Timestamp;
use hf_store::list::ListFilter;
use hf_store::record::{CertificateState, StoredCertificate};
use hf_store::{Store, StoreError};
use hf_x509::certificate::Certificate;

/// The longest path that is followed upwards; no authority here has half as many above it.
const MOST_ABOVE: usize = 16;

/// The most earlier certificates of one authority that are looked at.
const MOST_EARLIER: usize = 100;

/// Why a certificate proves nothing.
#[derive(Debug)]
pub(crate) enum Unproven {
    /// What is wrong with it.
    Fallen(&'static str),
    /// It is not known.
    Store(StoreError),
}

impl From<StoreError> for Unproven {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The record of exactly this certificate, if it proves something at `now`.
pub(crate) async fn in_force(
    certificate: &Certificate,
    store: &dyn Store,
    now: Timestamp,
) -> Result<StoredCertificate, Unproven> {
    let fallen = |reason| Err(Unproven::Fallen(reason));
    let Ok(serial) = certificate.serial() else { return fallen("it is not of this trust domain") };
    let found = store.find_serial_anywhere(&serial).await?;
    let same = |record: &StoredCertificate| record.body.certificate() == Some(certificate.der());
    let Some(record) = found.into_iter().find(same) else { return fallen("it is not on record here") };
    match record.state(now) {
        CertificateState::Valid if certificate.is_valid_at(now) => {}
        CertificateState::Valid => return fallen("it is not valid yet"),
        CertificateState::Expired => return fallen("it has expired"),
        CertificateState::Revoked | CertificateState::PossiblySigned => return fallen("it is revoked"),
    }
    // The key may have become known by another certificate that has it.
    if store.is_blocked(record.spki_sha256).await? {
        return fallen("its key is blocked: it was reported as compromised");
    }
    if !path_stands(certificate, &record.authority, store).await? {
        return fallen("an authority above it is revoked");
    }
    Ok(record)
}

/// Whether a path leads up from this certificate of `authority` on which nothing is revoked, as far as is on record.
///
/// Usually that is the chain of the authority. One that has another key since leaves those behind that it issued with the
/// key before; its earlier certificates are on record, too.
async fn path_stands(leaf: &Certificate, authority: &str, store: &dyn Store) -> Result<bool, StoreError> {
    let mut open = vec![(leaf.clone(), authority.to_owned(), 0)];
    let mut fell = false;
    while let Some((below, authority, depth)) = open.pop() {
        let chain = chain_of(&authority, store).await?;
        if chain.first().is_some_and(|own| below.verify_signed_by(own.public_key()).is_ok()) {
            if !is_any_revoked(&chain, store).await? {
                return Ok(true);
            }
            fell = true;
            continue;
        }
        let earlier = earlier_issuers(&below, store).await?;
        if earlier.is_empty() {
            // It comes from an authority of which nothing is on record, so nothing can have been revoked here.
            return Ok(true);
        }
        for (certificate, record) in earlier {
            if record.revocation.is_some() || depth >= MOST_ABOVE {
                fell = true;
            } else if certificate.is_self_issued() {
                return Ok(true);
            } else {
                open.push((certificate, record.authority, depth + 1));
            }
        }
    }
    Ok(!fell)
}

/// The certificates of an authority, its own first.
async fn chain_of(authority: &str, store: &dyn Store) -> Result<Vec<Certificate>, StoreError> {
    let record = store.authority(authority).await?;
    let chain = record.map(|record| record.chain).unwrap_or_default();
    Ok(chain.iter().filter_map(|der| Certificate::from_der(der).ok()).collect())
}

/// Whether one of these is revoked. A root cannot be, nor what an authority outside has issued.
async fn is_any_revoked(chain: &[Certificate], store: &dyn Store) -> Result<bool, StoreError> {
    for certificate in chain {
        let Ok(serial) = certificate.serial() else { continue };
        let found = store.find_serial_anywhere(&serial).await?;
        let same = |record: &StoredCertificate| record.body.certificate() == Some(certificate.der());
        if found.into_iter().any(|record| same(&record) && record.revocation.is_some()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Certificates of authorities on record with whose key this one was signed.
async fn earlier_issuers(
    below: &Certificate,
    store: &dyn Store,
) -> Result<Vec<(Certificate, StoredCertificate)>, StoreError> {
    let filter =
        ListFilter { name: Some(below.issuer().to_string()), newest_first: true, ..ListFilter::default() };
    let page = store.list(filter, None, MOST_EARLIER).await?;
    let issuers = page.items.into_iter().filter_map(|record| {
        let certificate = Certificate::from_der(record.body.certificate()?).ok()?;
        let signed = certificate.is_ca() && below.verify_signed_by(certificate.public_key()).is_ok();
        signed.then_some((certificate, record))
    });
    Ok(issuers.collect())
}
