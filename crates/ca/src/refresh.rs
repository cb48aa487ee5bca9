//! Reading the authorities from the store: at the start, and again when another process changed them.

use std::sync::Arc;

use hf_core::finding::Finding;
use hf_store::StoreError;
use hf_store::record::AuthorityRecord;

use crate::authority::Authority;
use crate::issuer::{Issuer, Issuers};

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
        self.mark_fallen(&next).await?;
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

    /// Whatever has a revoked certificate in its chain signs no more.
    async fn mark_fallen(&self, issuers: &Issuers) -> Result<(), StoreError> {
        for issuer in issuers.all() {
            let (Some(parent), Some(own)) = (&issuer.record().parent, issuer.certificate()) else { continue };
            let Ok(serial) = own.serial() else { continue };
            if self.store.revocation(parent, &serial).await?.is_some() {
                issuers.revoke_branch(parent, &serial);
            }
        }
        Ok(())
    }
}
