//! A request carried out.

use hf_core::audit::AuditEvent;
use serde::Serialize;

mod acme;

use super::{Change, Session};
use crate::audit::Origin;
use crate::record::{Begun, ForeignCertificate, Imported, Intent, NewRevocation, RevokeOutcome};
use crate::remote::request::{Access, Digest, Find, Issue, Key, Request, Revocations, Settings};
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

/// Whether something was changed, as `did` says, or may have been.
fn may_have<T>(outcome: &Result<T, StoreError>, did: impl Fn(&T) -> bool) -> bool {
    match outcome {
        Ok(value) => did(value),
        Err(error) => !error.is_definite(),
    }
}

impl Session {
    pub(super) async fn perform(&self, request: Request) -> Answer {
        match request {
            Request::Find(request) => self.find(request).await,
            Request::Issue(request) => self.issue(request).await,
            Request::Revocations(request) => self.revocations(request).await,
            Request::Settings(request) => self.settings(request).await,
            Request::Access(request) => self.access(request).await,
            Request::Accounts(request) => self.accounts(request).await,
            Request::Orders(request) => self.orders(request).await,
        }
    }

    async fn find(&self, request: Find) -> Answer {
        let store = &*self.store;
        match request {
            Find::Flush => read(store.flush()).await,
            Find::OpenIntents { limit } => read(store.open_intents(limit)).await,
            Find::BySerial { key } => read(store.find_by_serial(&key.authority, &key.serial)).await,
            Find::ByDedupKey { authority, dedup_key } => {
                read(store.find_by_dedup_key(&authority, &dedup_key)).await
            }
            Find::SerialAnywhere { serial } => read(store.find_serial_anywhere(&serial)).await,
            Find::ByKey { spki_sha256: Digest(key), limit } => read(store.find_by_key(key, limit)).await,
            Find::List { filter, after, limit } => read(store.list(filter, after, limit)).await,
            Find::LastSigningTime => read(store.last_signing_time()).await,
            Find::IssuedSince { authority, since, limit } => {
                read(store.issued_since(&authority, &since, limit)).await
            }
        }
    }

    async fn issue(&self, request: Issue) -> Answer {
        let store = &*self.store;
        match request {
            Issue::BeginIssuance { intent, event } => self.begin(intent, event).await,
            Issue::FinishIssuance { key, certificate, event } => {
                let done = store.finish_issuance(&key.authority, &key.serial, certificate, event);
                self.end(&key, done).await
            }
            Issue::CloseIntent { key, event } => {
                self.end(&key, store.close_intent(&key.authority, &key.serial, event)).await
            }
            Issue::CloseOpenIntents { origin } if self.sole => read(store.close_open_intents(origin)).await,
            Issue::CloseOpenIntents { .. } => json(&0_u64),
            Issue::ImportCertificate { certificate, event } => self.import(certificate, event).await,
        }
    }

    async fn begin(&self, intent: Intent, event: AuditEvent) -> Answer {
        let key = Key::new(&intent.authority, &intent.serial);
        let origin = Origin::of(&event);
        let outcome = self.store.begin_issuance(intent, event).await;
        // When the outcome is not known there may be an intent.
        let open = match &outcome {
            Ok(begun) => matches!(begun, Begun::Recorded),
            Err(error) => !error.is_definite(),
        };
        if open {
            self.begun.add(key, origin);
        }
        json(&outcome?)
    }

    async fn end(&self, key: &Key, done: StoreFuture<'_, ()>) -> Answer {
        done.await?;
        self.begun.remove(key);
        json(&())
    }

    async fn import(&self, certificate: ForeignCertificate, event: AuditEvent) -> Answer {
        let revoked = certificate.revocation.is_some().then(|| certificate.serial.clone());
        let outcome = self.store.import_certificate(certificate, event).await;
        if let Some(serial) =
            revoked.filter(|_| may_have(&outcome, |imported| *imported != Imported::Present))
        {
            (self.on_change)(Change::Revocation { serial }).await;
        }
        json(&outcome?)
    }

    async fn revocations(&self, request: Revocations) -> Answer {
        let store = &*self.store;
        match request {
            Revocations::Revoke { revocation, event } => self.revoke(revocation, event).await,
            Revocations::Revocation { key } => read(store.revocation(&key.authority, &key.serial)).await,
            Revocations::OpenShard { shard, event } => read(store.open_shard(shard, event)).await,
            Revocations::ShardAt { authority, url } => read(store.shard_at(&authority, &url)).await,
            Revocations::CrlLists => read(store.crl_lists()).await,
            Revocations::CrlPosition { authority, shard } => {
                read(store.crl_position(&authority, shard)).await
            }
            Revocations::RevokedEntries { authority, shard, up_to, after, limit } => {
                read(store.revoked_entries(&authority, shard, up_to, after.as_ref(), limit)).await
            }
            Revocations::BeginCrl { authority, shard, number, event } => {
                read(store.begin_crl(&authority, shard, number, event)).await
            }
            Revocations::FinishCrl { crl, event } => {
                self.change(Change::Crls, store.finish_crl(crl, event)).await
            }
            Revocations::RemoveExpired { before, after, limit, origin } => {
                read(store.remove_expired(before, after, limit, origin)).await
            }
            Revocations::LatestCrl { authority, shard } => read(store.latest_crl(&authority, shard)).await,
        }
    }

    async fn revoke(&self, revocation: NewRevocation, event: AuditEvent) -> Answer {
        let serial = revocation.serial.clone();
        let outcome = self.store.revoke(revocation, event).await;
        if may_have(&outcome, |outcome| !matches!(outcome, RevokeOutcome::AlreadyRevoked(_))) {
            (self.on_change)(Change::Revocation { serial }).await;
        }
        json(&outcome?)
    }

    async fn settings(&self, request: Settings) -> Answer {
        let store = &*self.store;
        match request {
            Settings::AddAuthority { authority, event } => {
                self.change(Change::Authorities, store.add_authority(authority, event)).await
            }
            Settings::ReplaceAuthority { authority, event } => {
                self.change(Change::Authorities, store.replace_authority(authority, event)).await
            }
            Settings::Authority { name } => read(store.authority(&name)).await,
            Settings::Authorities => read(store.authorities()).await,
            Settings::BlockKey { spki_sha256: Digest(key), event } => read(store.block_key(key, event)).await,
            Settings::IsBlocked { spki_sha256: Digest(key) } => read(store.is_blocked(key)).await,
            Settings::BlockedKeys { after, limit } => {
                let keys = store.blocked_keys(after.map(|Digest(key)| key), limit).await?;
                json(&keys.into_iter().map(Digest).collect::<Vec<_>>())
            }
            Settings::RecordSnapshot { snapshot, event } => {
                read(store.record_snapshot(snapshot, event)).await
            }
            Settings::Snapshot { id } => read(store.snapshot(id)).await,
        }
    }

    async fn access(&self, request: Access) -> Answer {
        let store = &*self.store;
        match request {
            Access::AddCredential { credential, event } => {
                self.change(Change::Credentials, store.add_credential(*credential, event)).await
            }
            Access::RevokeCredential { id, event } => {
                self.change(Change::Credentials, store.revoke_credential(&id, event)).await
            }
            Access::Credential { id } => read(store.credential(&id)).await,
            Access::Credentials => read(store.credentials()).await,
            Access::Record { event } => read(store.record(event)).await,
            Access::AuditRows { after, limit } => read(store.audit_rows(after, limit)).await,
            Access::AuditHead => read(store.audit_head()).await,
            Access::RecordTotals => read(store.record_totals()).await,
            Access::RecordedRevocations { after, limit } => {
                read(store.recorded_revocations(after, limit)).await
            }
        }
    }

    async fn change<T: Serialize>(&self, change: Change, done: StoreFuture<'_, T>) -> Answer {
        let value = done.await?;
        (self.on_change)(change).await;
        json(&value)
    }
}
