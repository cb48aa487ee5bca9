//! The ports of an ACME server.

use hf_core::audit::AuditEvent;
use hf_core::name::Identifier;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use super::FaultyStore;
use crate::StoreFuture;
use crate::contract::{AcmeAccountStore, AcmeOrderStore, EabStore, RenewalWindowStore};
use crate::list::Cursor;
use crate::record::{
    AccountCreation, AccountUpdate, AcmeAccountFilter, AcmeAccountRecord, AcmeAuthorizationRecord,
    AcmeOrderFilter, AcmeOrderRecord, AcmePage, AcmeSwept, EabKeyRecord, EabSecret, OrderCreation,
    RenewalScope, RenewalWindowRecord, Swap,
};

impl AcmeAccountStore for FaultyStore {
    fn create_account(
        &self,
        account: AcmeAccountRecord,
        event: AuditEvent,
    ) -> StoreFuture<'_, AccountCreation> {
        self.pass_accounts(self.mutate(self.inner.create_account(account, event)))
    }

    fn update_account(
        &self,
        account: AcmeAccountRecord,
        event: AuditEvent,
    ) -> StoreFuture<'_, AccountUpdate> {
        self.pass_accounts(self.mutate(self.inner.update_account(account, event)))
    }

    fn account(&self, id: &str) -> StoreFuture<'_, Option<AcmeAccountRecord>> {
        self.pass_accounts(self.inner.account(id))
    }

    fn account_by_thumbprint(
        &self,
        authority: &str,
        thumbprint: [u8; 32],
    ) -> StoreFuture<'_, Option<AcmeAccountRecord>> {
        self.pass_accounts(self.inner.account_by_thumbprint(authority, thumbprint))
    }

    fn accounts(
        &self,
        filter: AcmeAccountFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeAccountRecord>> {
        self.pass_accounts(self.inner.accounts(filter, after, limit))
    }
}

impl EabStore for FaultyStore {
    fn add_eab(&self, key: EabKeyRecord, secret: EabSecret, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.add_eab(key, secret, event))
    }

    fn revoke_eab(&self, id: &str, event: AuditEvent) -> StoreFuture<'_, bool> {
        self.mutate(self.inner.revoke_eab(id, event))
    }

    fn eab(&self, id: &str) -> StoreFuture<'_, Option<EabKeyRecord>> {
        self.pass(self.inner.eab(id))
    }

    fn eab_secret(&self, id: &str) -> StoreFuture<'_, Option<EabSecret>> {
        self.pass(self.inner.eab_secret(id))
    }

    fn eabs(
        &self,
        authority: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<EabKeyRecord>> {
        self.pass(self.inner.eabs(authority, after, limit))
    }
}

impl RenewalWindowStore for FaultyStore {
    fn set_renewal_window(&self, window: RenewalWindowRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.set_renewal_window(window, event))
    }

    fn clear_renewal_window(
        &self,
        authority: &str,
        scope: &RenewalScope,
        event: AuditEvent,
    ) -> StoreFuture<'_, bool> {
        self.mutate(self.inner.clear_renewal_window(authority, scope, event))
    }

    fn renewal_windows(&self, authority: &str) -> StoreFuture<'_, Vec<RenewalWindowRecord>> {
        self.pass(self.inner.renewal_windows(authority))
    }
}

impl AcmeOrderStore for FaultyStore {
    fn create_order(
        &self,
        order: AcmeOrderRecord,
        authorizations: Vec<AcmeAuthorizationRecord>,
    ) -> StoreFuture<'_, OrderCreation> {
        self.mutate(self.inner.create_order(order, authorizations))
    }

    fn update_order(&self, order: AcmeOrderRecord) -> StoreFuture<'_, Swap<AcmeOrderRecord>> {
        self.mutate(self.inner.update_order(order))
    }

    fn order(&self, id: &str) -> StoreFuture<'_, Option<AcmeOrderRecord>> {
        self.pass(self.inner.order(id))
    }

    fn orders(
        &self,
        filter: AcmeOrderFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeOrderRecord>> {
        self.pass(self.inner.orders(filter, after, limit))
    }

    fn order_with_serial(
        &self,
        authority: &str,
        serial: &Serial,
    ) -> StoreFuture<'_, Option<AcmeOrderRecord>> {
        self.pass(self.inner.order_with_serial(authority, serial))
    }

    fn order_replacing(
        &self,
        authority: &str,
        certificate: &str,
        now: Timestamp,
    ) -> StoreFuture<'_, Option<AcmeOrderRecord>> {
        self.pass(self.inner.order_replacing(authority, certificate, now))
    }

    fn processing_orders(
        &self,
        before: Timestamp,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeOrderRecord>> {
        self.pass(self.inner.processing_orders(before, after, limit))
    }

    fn create_authorization(&self, authorization: AcmeAuthorizationRecord) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.create_authorization(authorization))
    }

    fn update_authorization(
        &self,
        authorization: AcmeAuthorizationRecord,
    ) -> StoreFuture<'_, Swap<AcmeAuthorizationRecord>> {
        self.mutate(self.inner.update_authorization(authorization))
    }

    fn authorization(&self, id: &str) -> StoreFuture<'_, Option<AcmeAuthorizationRecord>> {
        self.pass(self.inner.authorization(id))
    }

    fn authorizations(&self, ids: &[String]) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>> {
        self.pass(self.inner.authorizations(ids))
    }

    fn usable_authorizations(
        &self,
        account: &str,
        identifiers: &[Identifier],
        now: Timestamp,
    ) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>> {
        self.pass(self.inner.usable_authorizations(account, identifiers, now))
    }

    fn lease_due(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>> {
        self.mutate(self.inner.lease_due(now, until, limit))
    }

    fn sweep_acme(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, AcmeSwept> {
        self.mutate(self.inner.sweep_acme(before, limit))
    }
}
