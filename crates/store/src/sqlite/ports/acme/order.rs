//! ACME orders and authorizations.

use hf_core::name::Identifier;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use crate::StoreFuture;
use crate::contract::AcmeOrderStore;
use crate::list::Cursor;
use crate::record::{
    AcmeAuthorizationRecord, AcmeOrderFilter, AcmeOrderRecord, AcmePage, AcmeSwept, OrderCreation, Swap,
};
use crate::sqlite::acme::{authorization, order, sweep};
use crate::sqlite::{SqliteStore, limits};

impl AcmeOrderStore for SqliteStore {
    fn create_order(
        &self,
        record: AcmeOrderRecord,
        new: Vec<AcmeAuthorizationRecord>,
    ) -> StoreFuture<'_, OrderCreation> {
        let checked =
            limits::check_order(&record).and_then(|()| new.iter().try_for_each(limits::check_authorization));
        self.write_orders(checked, move |transaction, ()| order::create(transaction, &record, &new))
    }

    fn update_order(&self, record: AcmeOrderRecord) -> StoreFuture<'_, Swap<AcmeOrderRecord>> {
        let checked = limits::check_order(&record);
        self.write_orders(checked, move |transaction, ()| order::update(transaction, &record))
    }

    fn order(&self, id: &str) -> StoreFuture<'_, Option<AcmeOrderRecord>> {
        let id = id.to_owned();
        self.read_orders(move |reader| order::by_id(&reader.db, &reader.faults, &id))
    }

    fn orders(
        &self,
        filter: AcmeOrderFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeOrderRecord>> {
        self.read_orders(move |reader| order::page(&reader.db, &reader.faults, &filter, after, limit))
    }

    fn order_with_serial(
        &self,
        authority: &str,
        serial: &Serial,
    ) -> StoreFuture<'_, Option<AcmeOrderRecord>> {
        let (authority, serial) = (authority.to_owned(), serial.clone());
        self.read_orders(move |reader| order::by_serial(&reader.db, &reader.faults, &authority, &serial))
    }

    fn order_replacing(
        &self,
        authority: &str,
        certificate: &str,
        now: Timestamp,
    ) -> StoreFuture<'_, Option<AcmeOrderRecord>> {
        let (authority, certificate) = (authority.to_owned(), certificate.to_owned());
        self.read_orders(move |reader| {
            order::replacing(&reader.db, &reader.faults, &authority, &certificate, now)
        })
    }

    fn processing_orders(
        &self,
        before: Timestamp,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeOrderRecord>> {
        self.read_orders(move |reader| order::processing(&reader.db, &reader.faults, before, after, limit))
    }

    fn create_authorization(&self, new: AcmeAuthorizationRecord) -> StoreFuture<'_, ()> {
        let checked = limits::check_authorization(&new);
        self.write_orders(checked, move |transaction, ()| authorization::create(transaction, &new))
    }

    fn update_authorization(
        &self,
        new: AcmeAuthorizationRecord,
    ) -> StoreFuture<'_, Swap<AcmeAuthorizationRecord>> {
        let checked = limits::check_authorization(&new);
        self.write_orders(checked, move |transaction, ()| authorization::update(transaction, &new))
    }

    fn authorization(&self, id: &str) -> StoreFuture<'_, Option<AcmeAuthorizationRecord>> {
        let id = id.to_owned();
        self.read_orders(move |reader| authorization::by_id(&reader.db, &reader.faults, &id))
    }

    fn authorizations(&self, ids: &[String]) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>> {
        let ids = ids.to_owned();
        self.read_orders(move |reader| authorization::by_ids(&reader.db, &reader.faults, &ids))
    }

    fn usable_authorizations(
        &self,
        account: &str,
        identifiers: &[Identifier],
        now: Timestamp,
    ) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>> {
        let (account, identifiers) = (account.to_owned(), identifiers.to_owned());
        self.read_orders(move |reader| {
            authorization::usable(&reader.db, &reader.faults, &account, &identifiers, now)
        })
    }

    fn lease_due(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>> {
        if self.orders.get().is_none() {
            return Box::pin(async { Ok(Vec::new()) });
        }
        self.write_orders(Ok(()), move |transaction, ()| authorization::lease(transaction, now, until, limit))
    }

    fn sweep_acme(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, AcmeSwept> {
        if self.orders.get().is_none() {
            return Box::pin(async { Ok(AcmeSwept::default()) });
        }
        self.write_orders(Ok(()), move |transaction, ()| sweep(transaction, before, limit))
    }
}
