//! Orders for exactly the names of a certificate that the account had before: renewals by clients that do not say what they
//! replace.

use hf_core::name::{Identifier, SanSet};
use hf_core::time::Timestamp;
use hf_store::list::ListFilter;

use super::error::{RegistrationError, failed};
use super::finalize::ordered_by;
use super::{KnownAccount, Registration};

/// Certificates of a name that are looked at, the latest first. A name is in few sets, and each of them is renewed.
const LOOKED_AT: usize = 100;

/// Orders that are read to find out whose certificates they led to.
const READ: usize = 8;

impl Registration {
    /// Count an order that does not say what it replaces. When the account has ordered as often as it may, a renewal is
    /// admitted all the same.
    pub(super) async fn count_order(
        &self,
        account: &KnownAccount,
        names: &[Identifier],
        now: Timestamp,
    ) -> Result<(), RegistrationError> {
        let Err(refused) = self.limits().order(&account.record.id, now) else { return Ok(()) };
        // Not before: it is a look at the record.
        if !self.had_before(account, names).await? {
            return Err(refused.into());
        }
        Ok(self.limits().same_names(&account.record.id, names, now)?)
    }

    /// Whether the account ordered a certificate for exactly these names, as far as the latest ones tell.
    async fn had_before(
        &self,
        account: &KnownAccount,
        names: &[Identifier],
    ) -> Result<bool, RegistrationError> {
        let filter = ListFilter {
            name: names.first().map(ToString::to_string),
            authority: Some(self.name.clone()),
            newest_first: true,
            ..ListFilter::default()
        };
        let page = self.store().list(filter, None, LOOKED_AT).await;
        let page = page.map_err(failed("list the certificates of a name"))?;
        let wanted: SanSet = names.iter().cloned().collect();
        let same = page.items.iter().filter(|stored| stored.names == wanted);
        for order in same.filter_map(|stored| ordered_by(stored.dedup_key.as_deref()?)).take(READ) {
            let found = self.store().order(order).await.map_err(failed("read the order of a certificate"))?;
            if found.is_some_and(|order| order.account == account.record.id) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
