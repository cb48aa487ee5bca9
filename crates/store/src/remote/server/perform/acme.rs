//! Requests about ACME carried out.

use super::{Answer, json, read};
use crate::record::EabSecret;
use crate::remote::request::{Accounts, Digest, Orders, Secret};
use crate::remote::server::{Change, Session};

impl Session {
    pub(super) async fn accounts(&self, request: Accounts) -> Answer {
        let store = &*self.store;
        match request {
            Accounts::Create { account, event } => {
                self.change(Change::Acme, store.create_account(*account, event)).await
            }
            Accounts::Update { account, event } => {
                self.change(Change::Acme, store.update_account(*account, event)).await
            }
            Accounts::Account { id } => read(store.account(&id)).await,
            Accounts::ByThumbprint { authority, thumbprint: Digest(thumbprint) } => {
                read(store.account_by_thumbprint(&authority, thumbprint)).await
            }
            Accounts::List { filter, after, limit } => read(store.accounts(filter, after, limit)).await,
            Accounts::AddEab { key, secret: Secret(secret), event } => {
                self.change(Change::Acme, store.add_eab(*key, EabSecret::new(secret), event)).await
            }
            Accounts::RevokeEab { id, event } => {
                self.change(Change::Acme, store.revoke_eab(&id, event)).await
            }
            Accounts::Eab { id } => read(store.eab(&id)).await,
            Accounts::EabSecret { id } => {
                let secret = store.eab_secret(&id).await?;
                json(&secret.map(|secret| Secret(secret.expose().to_vec())))
            }
            Accounts::Eabs { authority, after, limit } => {
                read(store.eabs(authority.as_deref(), after, limit)).await
            }
            Accounts::SetWindow { window, event } => {
                self.change(Change::Acme, store.set_renewal_window(*window, event)).await
            }
            Accounts::ClearWindow { authority, scope, event } => {
                self.change(Change::Acme, store.clear_renewal_window(&authority, &scope, event)).await
            }
            Accounts::Windows { authority } => read(store.renewal_windows(&authority)).await,
        }
    }

    pub(super) async fn orders(&self, request: Orders) -> Answer {
        let store = &*self.store;
        match request {
            Orders::Create { order, authorizations } => {
                read(store.create_order(*order, authorizations)).await
            }
            Orders::Update { order } => read(store.update_order(*order)).await,
            Orders::Order { id } => read(store.order(&id)).await,
            Orders::List { filter, after, limit } => read(store.orders(filter, after, limit)).await,
            Orders::WithSerial { key } => read(store.order_with_serial(&key.authority, &key.serial)).await,
            Orders::Replacing { authority, certificate, now } => {
                read(store.order_replacing(&authority, &certificate, now)).await
            }
            Orders::Processing { before, after, limit } => {
                read(store.processing_orders(before, after, limit)).await
            }
            Orders::CreateAuthorization { authorization } => {
                read(store.create_authorization(*authorization)).await
            }
            Orders::UpdateAuthorization { authorization } => {
                read(store.update_authorization(*authorization)).await
            }
            Orders::Authorization { id } => read(store.authorization(&id)).await,
            Orders::Authorizations { ids } => read(store.authorizations(&ids)).await,
            Orders::Usable { account, identifiers, now } => {
                read(store.usable_authorizations(&account, &identifiers, now)).await
            }
            Orders::Lease { now, until, limit } => read(store.lease_due(now, until, limit)).await,
            Orders::Sweep { before, limit } => read(store.sweep_acme(before, limit)).await,
        }
    }
}
