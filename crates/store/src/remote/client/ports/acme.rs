//! The ports of an ACME server, as requests.

use hf_core::audit::AuditEvent;
use hf_core::name::Identifier;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use crate::StoreFuture;
use crate::contract::{AcmeAccountStore, AcmeOrderStore, EabStore, RenewalWindowStore};
use crate::list::Cursor;
use crate::record::{
    AccountCreation, AccountUpdate, AcmeAccountFilter, AcmeAccountRecord, AcmeAuthorizationRecord,
    AcmeOrderFilter, AcmeOrderRecord, AcmePage, AcmeSwept, EabKeyRecord, EabSecret, OrderCreation,
    RenewalScope, RenewalWindowRecord, Swap,
};
use crate::remote::RemoteStore;
use crate::remote::request::{Accounts, Digest, Key, Orders, Request, Secret};

impl AcmeAccountStore for RemoteStore {
    fn create_account(
        &self,
        account: AcmeAccountRecord,
        event: AuditEvent,
    ) -> StoreFuture<'_, AccountCreation> {
        self.ask(Request::Accounts(Accounts::Create { account: Box::new(account), event }))
    }

    fn update_account(
        &self,
        account: AcmeAccountRecord,
        event: AuditEvent,
    ) -> StoreFuture<'_, AccountUpdate> {
        self.ask(Request::Accounts(Accounts::Update { account: Box::new(account), event }))
    }

    fn account(&self, id: &str) -> StoreFuture<'_, Option<AcmeAccountRecord>> {
        self.ask(Request::Accounts(Accounts::Account { id: id.to_owned() }))
    }

    fn account_by_thumbprint(
        &self,
        authority: &str,
        thumbprint: [u8; 32],
    ) -> StoreFuture<'_, Option<AcmeAccountRecord>> {
        let (authority, thumbprint) = (authority.to_owned(), Digest(thumbprint));
        self.ask(Request::Accounts(Accounts::ByThumbprint { authority, thumbprint }))
    }

    fn accounts(
        &self,
        filter: AcmeAccountFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeAccountRecord>> {
        self.ask(Request::Accounts(Accounts::List { filter, after, limit }))
    }
}

impl EabStore for RemoteStore {
    fn add_eab(&self, key: EabKeyRecord, secret: EabSecret, event: AuditEvent) -> StoreFuture<'_, ()> {
        let secret = Secret(secret.expose().to_vec());
        self.ask(Request::Accounts(Accounts::AddEab { key: Box::new(key), secret, event }))
    }

    fn revoke_eab(&self, id: &str, event: AuditEvent) -> StoreFuture<'_, bool> {
        self.ask(Request::Accounts(Accounts::RevokeEab { id: id.to_owned(), event }))
    }

    fn eab(&self, id: &str) -> StoreFuture<'_, Option<EabKeyRecord>> {
        self.ask(Request::Accounts(Accounts::Eab { id: id.to_owned() }))
    }

    fn eab_secret(&self, id: &str) -> StoreFuture<'_, Option<EabSecret>> {
        let answer = self.ask::<Option<Secret>>(Request::Accounts(Accounts::EabSecret { id: id.to_owned() }));
        Box::pin(async { Ok(answer.await?.map(|Secret(octets)| EabSecret::new(octets))) })
    }

    fn eabs(
        &self,
        authority: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<EabKeyRecord>> {
        let authority = authority.map(str::to_owned);
        self.ask(Request::Accounts(Accounts::Eabs { authority, after, limit }))
    }
}

impl RenewalWindowStore for RemoteStore {
    fn set_renewal_window(&self, window: RenewalWindowRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::Accounts(Accounts::SetWindow { window: Box::new(window), event }))
    }

    fn clear_renewal_window(
        &self,
        authority: &str,
        scope: &RenewalScope,
        event: AuditEvent,
    ) -> StoreFuture<'_, bool> {
        let (authority, scope) = (authority.to_owned(), scope.clone());
        self.ask(Request::Accounts(Accounts::ClearWindow { authority, scope, event }))
    }

    fn renewal_windows(&self, authority: &str) -> StoreFuture<'_, Vec<RenewalWindowRecord>> {
        self.ask(Request::Accounts(Accounts::Windows { authority: authority.to_owned() }))
    }
}

impl AcmeOrderStore for RemoteStore {
    fn create_order(
        &self,
        order: AcmeOrderRecord,
        authorizations: Vec<AcmeAuthorizationRecord>,
    ) -> StoreFuture<'_, OrderCreation> {
        self.ask(Request::Orders(Orders::Create { order: Box::new(order), authorizations }))
    }

    fn update_order(&self, order: AcmeOrderRecord) -> StoreFuture<'_, Swap<AcmeOrderRecord>> {
        self.ask(Request::Orders(Orders::Update { order: Box::new(order) }))
    }

    fn order(&self, id: &str) -> StoreFuture<'_, Option<AcmeOrderRecord>> {
        self.ask(Request::Orders(Orders::Order { id: id.to_owned() }))
    }

    fn orders(
        &self,
        filter: AcmeOrderFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeOrderRecord>> {
        self.ask(Request::Orders(Orders::List { filter, after, limit }))
    }

    fn order_with_serial(
        &self,
        authority: &str,
        serial: &Serial,
    ) -> StoreFuture<'_, Option<AcmeOrderRecord>> {
        self.ask(Request::Orders(Orders::WithSerial { key: Key::new(authority, serial) }))
    }

    fn order_replacing(
        &self,
        authority: &str,
        certificate: &str,
        now: Timestamp,
    ) -> StoreFuture<'_, Option<AcmeOrderRecord>> {
        let (authority, certificate) = (authority.to_owned(), certificate.to_owned());
        self.ask(Request::Orders(Orders::Replacing { authority, certificate, now }))
    }

    fn processing_orders(
        &self,
        before: Timestamp,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeOrderRecord>> {
        self.ask(Request::Orders(Orders::Processing { before, after, limit }))
    }

    fn create_authorization(&self, authorization: AcmeAuthorizationRecord) -> StoreFuture<'_, ()> {
        self.ask(Request::Orders(Orders::CreateAuthorization { authorization: Box::new(authorization) }))
    }

    fn update_authorization(
        &self,
        authorization: AcmeAuthorizationRecord,
    ) -> StoreFuture<'_, Swap<AcmeAuthorizationRecord>> {
        self.ask(Request::Orders(Orders::UpdateAuthorization { authorization: Box::new(authorization) }))
    }

    fn authorization(&self, id: &str) -> StoreFuture<'_, Option<AcmeAuthorizationRecord>> {
        self.ask(Request::Orders(Orders::Authorization { id: id.to_owned() }))
    }

    fn authorizations(&self, ids: &[String]) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>> {
        self.ask(Request::Orders(Orders::Authorizations { ids: ids.to_owned() }))
    }

    fn usable_authorizations(
        &self,
        account: &str,
        identifiers: &[Identifier],
        now: Timestamp,
    ) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>> {
        let (account, identifiers) = (account.to_owned(), identifiers.to_owned());
        self.ask(Request::Orders(Orders::Usable { account, identifiers, now }))
    }

    fn lease_due(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>> {
        self.ask(Request::Orders(Orders::Lease { now, until, limit }))
    }

    fn sweep_acme(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, AcmeSwept> {
        self.ask(Request::Orders(Orders::Sweep { before, limit }))
    }
}
