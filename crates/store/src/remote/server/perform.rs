//! A request carried out.

use serde::Serialize;

use super::{Change, Session};
use crate::audit::Origin;
use crate::record::{Begun, ForeignCertificate, Imported, Intent, RevokeOutcome};
use crate::remote::request::{Digest, Key, Request};
use crate::{StoreError, StoreFuture};

/// The JSON of an answer.
type Answer = Result<Vec<u8>, StoreError>;

/// The value as JSON.
fn json<T: Serialize>(value: &T) -> Answer {
    serde_json::to_vec(value).map_err(|source| StoreError::Database {
        operation: "write an answer".into(),
        source: std::sync::Arc::new(source),
    })
}

async fn read<T: Serialize>(answer: StoreFuture<'_, T>) -> Answer {
    json(&answer.await?)
}

impl Session {
    pub(super) async fn perform(&self, request: Request) -> Answer {
        match request {
            Request::Flush
            | Request::OpenIntents { .. }
            | Request::FindBySerial { .. }
            | Request::FindByDedupKey { .. }
            | Request::FindSerialAnywhere { .. }
            | Request::FindByKey { .. }
            | Request::List { .. }
            | Request::LastSigningTime => self.find(request).await,
            Request::BeginIssuance { .. }
            | Request::FinishIssuance { .. }
            | Request::CloseIntent { .. }
            | Request::CloseOpenIntents { .. }
            | Request::ImportCertificate { .. } => self.issue(request).await,
            Request::Revoke { .. }
            | Request::Revocation { .. }
            | Request::CrlPosition { .. }
            | Request::RevokedEntries { .. }
            | Request::BeginCrl { .. }
            | Request::FinishCrl { .. }
            | Request::LatestCrl { .. } => self.revocations(request).await,
            other => self.rest(other).await,
        }
    }

    async fn find(&self, request: Request) -> Answer {
        let store = &*self.store;
        match request {
            Request::OpenIntents { limit } => read(store.open_intents(limit)).await,
            Request::FindBySerial { key } => read(store.find_by_serial(&key.authority, &key.serial)).await,
            Request::FindByDedupKey { authority, dedup_key } => {
                read(store.find_by_dedup_key(&authority, &dedup_key)).await
            }
            Request::FindSerialAnywhere { serial } => read(store.find_serial_anywhere(&serial)).await,
            Request::FindByKey { spki_sha256: Digest(key), limit } => {
                read(store.find_by_key(key, limit)).await
            }
            Request::List { filter, after, limit } => read(store.list(filter, after, limit)).await,
            Request::LastSigningTime => read(store.last_signing_time()).await,
            _ => read(store.flush()).await,
        }
    }

    async fn issue(&self, request: Request) -> Answer {
        let store = &*self.store;
        match request {
            Request::BeginIssuance { intent, event } => self.begin(intent, event).await,
            Request::FinishIssuance { key, certificate, event } => {
                let answer =
                    read(store.finish_issuance(&key.authority, &key.serial, certificate, event)).await;
                self.ended(&key, answer)
            }
            Request::CloseIntent { key, event } => {
                let answer = read(store.close_intent(&key.authority, &key.serial, event)).await;
                self.ended(&key, answer)
            }
            Request::ImportCertificate { certificate, event } => self.import(certificate, event).await,
            Request::CloseOpenIntents { origin } if self.sole => read(store.close_open_intents(origin)).await,
            _ => json(&0_u64),
        }
    }

    async fn begin(&self, intent: Intent, event: hf_core::audit::AuditEvent) -> Answer {
        let key = Key::new(&intent.authority, &intent.serial);
        let origin = Origin::of(&event);
        // Noted before it is on record: a client that ends meanwhile leaves nothing behind.
        self.begun.add(key.clone(), origin);
        let outcome = self.store.begin_issuance(intent, event).await;
        if matches!(&outcome, Ok(Begun::Existing(_) | Begun::InProgress { .. })) || definite(&outcome) {
            self.begun.remove(&key);
        }
        json(&outcome?)
    }

    fn ended(&self, key: &Key, answer: Answer) -> Answer {
        if answer.is_ok() {
            self.begun.remove(key);
        }
        answer
    }

    async fn import(&self, certificate: ForeignCertificate, event: hf_core::audit::AuditEvent) -> Answer {
        let revoked = certificate.revocation.is_some();
        let outcome = self.store.import_certificate(certificate, event).await?;
        if revoked && outcome != Imported::Present {
            (self.on_change)(Change::Revocations).await;
        }
        json(&outcome)
    }

    async fn revocations(&self, request: Request) -> Answer {
        let store = &*self.store;
        match request {
            Request::Revoke { revocation, event } => {
                let outcome = store.revoke(revocation, event).await?;
                if !matches!(outcome, RevokeOutcome::AlreadyRevoked(_)) {
                    (self.on_change)(Change::Revocations).await;
                }
                json(&outcome)
            }
            Request::Revocation { key } => read(store.revocation(&key.authority, &key.serial)).await,
            Request::CrlPosition { authority } => read(store.crl_position(&authority)).await,
            Request::RevokedEntries { authority, up_to, after, limit } => {
                read(store.revoked_entries(&authority, up_to, after.as_ref(), limit)).await
            }
            Request::BeginCrl { authority, number, event } => {
                read(store.begin_crl(&authority, number, event)).await
            }
            Request::FinishCrl { crl, event } => {
                self.change(Change::Crls, store.finish_crl(crl, event)).await
            }
            Request::LatestCrl { authority } => read(store.latest_crl(&authority)).await,
            other => self.rest(other).await,
        }
    }

    async fn rest(&self, request: Request) -> Answer {
        let store = &*self.store;
        match request {
            Request::AddAuthority { authority, event } => {
                self.change(Change::Authorities, store.add_authority(authority, event)).await
            }
            Request::ReplaceAuthority { authority, event } => {
                self.change(Change::Authorities, store.replace_authority(authority, event)).await
            }
            Request::Authority { name } => read(store.authority(&name)).await,
            Request::Authorities => read(store.authorities()).await,
            Request::BlockKey { spki_sha256: Digest(key), event } => read(store.block_key(key, event)).await,
            Request::IsBlocked { spki_sha256: Digest(key) } => read(store.is_blocked(key)).await,
            Request::BlockedKeys { after, limit } => {
                let keys = store.blocked_keys(after.map(|Digest(key)| key), limit).await?;
                json(&keys.into_iter().map(Digest).collect::<Vec<_>>())
            }
            Request::RecordSnapshot { snapshot, event } => read(store.record_snapshot(snapshot, event)).await,
            Request::Snapshot { id } => read(store.snapshot(id)).await,
            Request::AddCredential { credential, event } => {
                self.change(Change::Credentials, store.add_credential(credential, event)).await
            }
            Request::RevokeCredential { id, event } => {
                self.change(Change::Credentials, store.revoke_credential(&id, event)).await
            }
            Request::Credential { id } => read(store.credential(&id)).await,
            Request::Credentials => read(store.credentials()).await,
            Request::Record { event } => read(store.record(event)).await,
            Request::AuditRows { after, limit } => read(store.audit_rows(after, limit)).await,
            Request::AuditHead => read(store.audit_head()).await,
            // `perform` hands every other request elsewhere.
            _ => Err(StoreError::Closed),
        }
    }

    async fn change<T: Serialize>(&self, change: Change, done: StoreFuture<'_, T>) -> Answer {
        let value = done.await?;
        (self.on_change)(change).await;
        json(&value)
    }
}

/// Whether it is certain that nothing was recorded.
fn definite<T>(outcome: &Result<T, StoreError>) -> bool {
    outcome.as_ref().is_err_and(StoreError::is_definite)
}
