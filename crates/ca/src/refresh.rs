//! Reading the authorities from the store: at the start, and again when another process changed them.

use std::collections::BTreeSet;
use std::sync::Arc;

use hf_core::finding::Finding;
use hf_store::record::AuthorityRecord;
use hf_store::{Store, StoreError};
use hf_x509::certificate::Certificate;

use crate::authority::Authority;
use crate::issuer::{Fall, Issuer, Issuers};

impl Authority {
    /// Read the authorities anew, as another process that shares the store may have changed them: new ones come into
    /// service, changed ones are loaded and checked again, and those that fell are marked. What did not change stays as
    /// it is, a lent key included. Requests that are under way are not held up.
    ///
    /// Returns the faults of authorities that may not sign.
    pub async fn refresh_issuers(&self) -> Result<Vec<Finding>, StoreError> {
        self.read_issuers().await?;
        Ok(self.findings())
    }

    /// Nothing here grows with the number of certificates.
    pub(crate) async fn read_issuers(&self) -> Result<(), StoreError> {
        let _only_one = self.refreshing.lock().await;
        let before = self.issuers.all();
        let next = Issuers::default();
        for record in self.store.authorities().await? {
            next.insert_shared(self.kept_or_loaded(record));
        }
        mark_fallen(self.store.as_ref(), &next).await?;
        self.issuers.replace(&before, &next);
        Ok(())
    }

    fn kept_or_loaded(&self, record: AuthorityRecord) -> Arc<Issuer> {
        let known = self.issuers.get(&record.name).filter(|known| *known.record() == record);
        known.unwrap_or_else(|| {
            let key = self.key_of(&record).map_err(|finding| *finding);
            let permitted = self.permitted.get(&record.name).cloned().unwrap_or_default();
            Arc::new(Issuer::load(record, key, permitted))
        })
    }
}

/// Every authority as it is on record, without its key: for whoever asks how they stand, not for who signs.
///
/// # Errors
/// When the store fails.
pub async fn on_record(store: &dyn Store) -> Result<Vec<Arc<Issuer>>, StoreError> {
    let issuers = Issuers::default();
    for record in store.authorities().await? {
        issuers.insert(Issuer::load(record, Ok(None), Vec::new()));
    }
    mark_fallen(store, &issuers).await?;
    Ok(issuers.all())
}

/// Whatever has a revoked certificate in its chain signs no more. Each certificate of the chain counts, not only those that
/// the authorities above have now: one that got another after a revocation does not lift up what the old one certified.
async fn mark_fallen(store: &dyn Store, issuers: &Issuers) -> Result<(), StoreError> {
    let mut seen = BTreeSet::new();
    for issuer in issuers.all() {
        for certificate in issuer.chain() {
            if seen.insert(certificate.sha256())
                && let Some(fall) = fall(store, certificate).await?
            {
                issuers.revoke_branch(certificate.der(), &fall);
            }
        }
    }
    Ok(())
}

/// Mark one authority that is about to come into service.
pub(crate) async fn mark_if_fallen(store: &dyn Store, issuer: &Issuer) -> Result<(), StoreError> {
    for certificate in issuer.chain() {
        if let Some(fall) = fall(store, certificate).await? {
            issuer.mark_fallen(fall);
        }
    }
    Ok(())
}

/// That this very certificate is revoked.
async fn fall(store: &dyn Store, certificate: &Certificate) -> Result<Option<Fall>, StoreError> {
    let Ok(serial) = certificate.serial() else { return Ok(None) };
    let found = store.find_serial_anywhere(&serial).await?;
    let found = found.into_iter().find(|stored| stored.body.certificate() == Some(certificate.der()));
    Ok(found.and_then(|stored| Some(Fall::of(&stored.subject, stored.revocation?))))
}
