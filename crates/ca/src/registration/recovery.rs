//! Orders that a process left while it worked on them: each is brought to an end, by the way that orders go anyway.
//!
//! An order that this process works on is left to whoever does: a client's request, or another recovery.

use futures_util::{StreamExt as _, stream};
use hf_core::causes::with_causes;
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::acme::problem::Problem;
use hf_store::record::{AcmeOrderRecord, AcmeOrderStatus};
use hf_x509::certificate::Certificate;
use hf_x509::csr::UnverifiedCsr;

use super::Registration;
use super::error::{RegistrationError, failed};
use super::finalize::dedup_key;
use super::observer::OrderOutcome;
use super::orders::PlacedOrder;
use super::table::Registrations;

/// Orders that are held at one time.
const PAGE: usize = 100;

/// Orders that are worked on at one time. Each may wait for a name server; clients need the rest of the machine.
const AT_ONCE: usize = 8;

impl Registrations {
    /// Bring orders to an end that are processing and were written last before `before`: all of them after a start, those
    /// of some minutes ago later. Returns how many there were.
    pub async fn recover(&self, before: Timestamp) -> Result<usize, RegistrationError> {
        let (mut all, mut after) = (0, None);
        // Each page begins behind the last one, so that orders that stay under way hold up none of the others.
        loop {
            let found = self.authority.store().processing_orders(before, after, PAGE).await;
            let page = found.map_err(failed("list orders under way"))?;
            all += page.items.len();
            let each = |record| self.recover_one(record, before);
            stream::iter(page.items).for_each_concurrent(AT_ONCE, each).await;
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    async fn recover_one(&self, listed: AcmeOrderRecord, before: Timestamp) {
        let Some(registration) = self.get(&listed.authority) else { return };
        let Some(_at_work) = self.under_way.enter_alone(&listed.id) else { return };
        if let Err(error) = registration.recover(&listed.id, before).await {
            tracing::error!(order = listed.id, error = with_causes(&error), "an ACME order stays under way");
        }
    }

    /// For how long an order may be processing before somebody else looks at it.
    pub const GRACE: Lifetime = Lifetime::from_seconds(120);
}

impl Registration {
    /// Bring an order to an end: with the certificate that exists, else by issuing it.
    async fn recover(&self, order: &str, before: Timestamp) -> Result<(), RegistrationError> {
        // As it is now: whoever worked on it when it was listed may have ended.
        let found = self.store().order(order).await.map_err(failed("read an order under way"))?;
        let left = |record: &AcmeOrderRecord| {
            record.status == AcmeOrderStatus::Processing && record.updated_at < before
        };
        let Some(record) = found.filter(left) else { return Ok(()) };
        let placed = self.placed(&record).await?;
        let Some((csr, _)) = placed.order.in_progress() else { return Ok(()) };
        let csr = UnverifiedCsr::from_der(csr.as_der()).and_then(UnverifiedCsr::verify);
        if self.take_existing(&placed).await? {
            return Ok(());
        }
        let account = match self.known_account(&placed.order.terms.account).await {
            Ok(account) => Some(account),
            Err(RegistrationError::Problem(_)) => None,
            // Whether it is still there is not known: the order stays as it is.
            Err(error) => return Err(error),
        };
        let (Ok(csr), Some(account)) = (csr, account) else {
            // It was good when it was accepted: the account is gone since.
            let next = placed.order.failed(Problem::unauthorized("the account is not valid any more"));
            self.observer.order(self.name(), OrderOutcome::Failed);
            self.record(placed, next, None).await?;
            return Ok(());
        };
        let allowance = self.allowance(&account).await?;
        let allowed = async {
            self.check_own_key(&account).await?;
            self.check_still_allowed(&placed, &allowance)?;
            self.check_caa(&placed).await
        };
        if let Err(refused) = allowed.await {
            let RegistrationError::Problem(_) = refused else { return Err(refused) };
            tracing::info!(order = record.id, error = with_causes(&refused), "ACME order not issued");
            self.observer.order(self.name(), OrderOutcome::Refused);
            let next = placed.order.refused();
            self.record(placed, next, None).await?;
            return Ok(());
        }
        match self.carry_on(placed, csr, &allowance).await {
            // The order is ready again: the client hears why when it finalizes.
            Ok(_) | Err(RegistrationError::Problem(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Give the order the certificate that was issued for it, if there is one.
    async fn take_existing(&self, placed: &PlacedOrder) -> Result<bool, RegistrationError> {
        let key = dedup_key(&placed.order.terms.id);
        let found = self.store().find_by_dedup_key(self.name(), &key).await;
        let Some(stored) = found.map_err(failed("find the certificate of an order"))? else {
            return Ok(false);
        };
        let end = stored.body.certificate().and_then(|der| Certificate::from_der(der).ok());
        let end = end.map(|certificate| certificate.not_after());
        let next = placed.order.issued(stored.serial);
        self.observer.order(self.name(), OrderOutcome::Issued);
        self.record(placed.clone(), next, end).await?;
        Ok(true)
    }
}
