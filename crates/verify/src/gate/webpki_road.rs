//! The road over rustls-webpki.

use std::cell::RefCell;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter};

use crate::budget::Budget;
use crate::pool::{Index, Pool};
use crate::rules::{self, Path, Place};

/// Our own rule looks at purposes, so that they are nested and that authorities may have any.
struct LeftToOurRule;

impl ExtendedKeyUsageValidator for LeftToOurRule {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        Ok(())
    }
}

/// The path that rustls-webpki builds and our rules approve, leaf first.
///
/// Certificates that break a rule whatever the path are not offered to it.
pub(super) fn travel(pool: &mut Pool<'_>, budget: &mut Budget) -> Result<Vec<Index>, Error> {
    let intermediates = usable(pool, pool.intermediates(), Place::Intermediate);
    let anchors = usable(pool, pool.anchors(), Place::Anchor);
    let pool = &*pool;
    let ders = |indices: &[Index]| -> Vec<CertificateDer<'_>> {
        indices.iter().map(|index| CertificateDer::from(pool.facts(*index).certificate.der())).collect()
    };
    let (intermediate_ders, anchor_ders) = (ders(&intermediates), ders(&anchors));
    let mut trusted: Vec<TrustAnchor<'_>> = Vec::new();
    let mut trusted_indices = Vec::new();
    for (der, index) in anchor_ders.iter().zip(&anchors) {
        if let Ok(anchor) = webpki::anchor_from_trusted_cert(der) {
            trusted.push(anchor);
            trusted_indices.push(*index);
        }
    }
    let leaf_der = CertificateDer::from(pool.facts(Index::LEAF).certificate.der());
    let leaf = EndEntityCert::try_from(&leaf_der)?;
    let seconds = u64::try_from(pool.request.time.unix_seconds()).map_err(|_| Error::BadDerTime)?;
    let budget = RefCell::new(budget);
    let found = RefCell::new(None);
    let judge = |path: &webpki::VerifiedPath<'_>| {
        let mut chain = vec![Index::LEAF];
        for certificate in path.intermediate_certificates() {
            chain.push(position(&intermediate_ders, &intermediates, |der| *der == certificate.der())?);
        }
        chain.push(position(&trusted, &trusted_indices, |anchor| std::ptr::eq(anchor, path.anchor()))?);
        let mut budget = budget.borrow_mut();
        let approved =
            budget.path() && rules::path_passes(&Path::new(&pool.chain(&chain), pool.request), &mut budget);
        if !approved {
            return Err(Error::UnknownIssuer);
        }
        *found.borrow_mut() = Some(chain);
        Ok(())
    };
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let algorithms = webpki::ALL_VERIFICATION_ALGS;
    leaf.verify_for_usage(algorithms, &trusted, &intermediate_ders, time, LeftToOurRule, None, Some(&judge))?;
    found.into_inner().ok_or(Error::UnknownIssuer)
}

fn usable(pool: &mut Pool<'_>, indices: impl Iterator<Item = Index>, place: Place) -> Vec<Index> {
    indices.filter(|index| pool.passes(*index, place)).collect()
}

/// Which of ours it is; rustls-webpki hands back what it was given, so there is always one.
fn position<T>(given: &[T], indices: &[Index], is: impl Fn(&T) -> bool) -> Result<Index, Error> {
    let found = given.iter().zip(indices).find(|(one, _)| is(one));
    found.map(|(_, index)| *index).ok_or(Error::UnknownIssuer)
}
