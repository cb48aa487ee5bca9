//! A store that fails on purpose, for tests of whoever uses a store.
//!
//! Failures are counted over the mutating methods of all ports together: the n-th call either loses its write and
//! reports failure, or is carried out and reports failure all the same. The second is the case that finds bugs.

mod acme;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hf_core::audit::AuditEvent;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use tokio::sync::watch;

use crate::audit::{AuditRow, ChainHead, Origin};
use crate::contract::{
    AuditLog, BlockListStore, CommitCounts, CredentialStore, IssuanceStore, IssuerStore, RetentionStore,
    RevocationStore, SnapshotStore, Store,
};
use crate::list::{Cursor, ListFilter, Page};
use crate::record::{
    AuthorityRecord, Begun, CredentialRecord, CrlList, CrlPosition, ForeignCertificate, Imported, Intent,
    NewCrl, NewRevocation, NewShard, OpenIntent, ProfileSnapshot, RecordTotals, RecordedRevocation,
    RemovedPage, RevocationCursor, RevocationRecord, RevokeOutcome, RevokedEntry, SnapshotId,
    StoredCertificate, StoredCrl,
};
use crate::{StoreError, StoreFuture};

/// What happens to the write of the call that fails. Either way the caller is told [`StoreError::NoAnswer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It is lost.
    Lost,
    /// It is done.
    Done,
}

/// How calls go while the store is down, reads too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// Each fails at once with [`StoreError::NoAnswer`].
    Refuses,
    /// None is ever answered.
    Hangs,
    /// Those about ACME accounts fail at once with [`StoreError::NoAnswer`]; all others go on.
    RefusesAccounts,
}

/// A wrapper that passes everything on, except that one mutating call fails, or all of them during an outage.
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    failure: Failure,
    at: u64,
    calls: AtomicU64,
    outage: Mutex<Option<Outage>>,
}

impl FaultyStore {
    /// Let the `at`-th mutating call fail, counted from 1; 0 lets none fail.
    pub fn new(inner: Arc<dyn Store>, at: u64, failure: Failure) -> Self {
        Self { inner, failure, at, calls: AtomicU64::new(0), outage: Mutex::default() }
    }

    /// How many mutating calls there were.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Go down until [`FaultyStore::come_back`]. Calls that were made before go on.
    pub fn go_down(&self, outage: Outage) {
        *self.outage.lock().unwrap_or_else(PoisonError::into_inner) = Some(outage);
    }

    /// End the outage. Calls that hang go on hanging.
    pub fn come_back(&self) {
        *self.outage.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn outage(&self) -> Option<Outage> {
        *self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass<'a, T: Send + 'a>(&self, call: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        match self.outage() {
            None | Some(Outage::RefusesAccounts) => call,
            Some(Outage::Refuses) => Box::pin(async { Err(StoreError::NoAnswer) }),
            Some(Outage::Hangs) => Box::pin(std::future::pending()),
        }
    }

    fn pass_accounts<'a, T: Send + 'a>(&self, call: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        match self.outage() {
            Some(Outage::RefusesAccounts) => Box::pin(async { Err(StoreError::NoAnswer) }),
            None | Some(Outage::Refuses | Outage::Hangs) => self.pass(call),
        }
    }

    fn mutate<'a, T: Send + 'a>(&self, call: StoreFuture<'a, T>) -> StoreFuture<'a, T> {
        let call = self.pass(call);
        let number = self.calls.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        if number != self.at {
            return call;
        }
        match self.failure {
            Failure::Lost => Box::pin(async { Err(StoreError::NoAnswer) }),
            Failure::Done => Box::pin(async {
                call.await?;
                Err(StoreError::NoAnswer)
            }),
        }
    }
}

impl Store for FaultyStore {
    fn flush(&self) -> StoreFuture<'_, ()> {
        self.pass(self.inner.flush())
    }

    fn probe(&self) -> StoreFuture<'_, ()> {
        self.pass(self.inner.probe())
    }

    fn trouble(&self) -> Option<StoreError> {
        self.inner.trouble()
    }

    fn commits(&self) -> CommitCounts {
        self.inner.commits()
    }

    fn status_changes(&self) -> Option<watch::Receiver<u64>> {
        self.inner.status_changes()
    }
}

impl IssuanceStore for FaultyStore {
    fn begin_issuance(&self, intent: Intent, event: AuditEvent) -> StoreFuture<'_, Begun> {
        self.mutate(self.inner.begin_issuance(intent, event))
    }

    fn finish_issuance(
        &self,
        authority: &str,
        serial: &Serial,
        certificate: Vec<u8>,
        event: AuditEvent,
    ) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.finish_issuance(authority, serial, certificate, event))
    }

    fn close_intent(&self, authority: &str, serial: &Serial, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.close_intent(authority, serial, event))
    }

    fn close_open_intents(&self, origin: Origin) -> StoreFuture<'_, u64> {
        self.mutate(self.inner.close_open_intents(origin))
    }

    fn import_certificate(
        &self,
        certificate: ForeignCertificate,
        event: AuditEvent,
    ) -> StoreFuture<'_, Imported> {
        self.mutate(self.inner.import_certificate(certificate, event))
    }

    fn open_intents(&self, limit: usize) -> StoreFuture<'_, Vec<OpenIntent>> {
        self.pass(self.inner.open_intents(limit))
    }

    fn find_by_serial(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<StoredCertificate>> {
        self.pass(self.inner.find_by_serial(authority, serial))
    }

    fn find_by_dedup_key(
        &self,
        authority: &str,
        dedup_key: &str,
    ) -> StoreFuture<'_, Option<StoredCertificate>> {
        self.pass(self.inner.find_by_dedup_key(authority, dedup_key))
    }

    fn find_serial_anywhere(&self, serial: &Serial) -> StoreFuture<'_, Vec<StoredCertificate>> {
        self.pass(self.inner.find_serial_anywhere(serial))
    }

    fn find_by_key(&self, spki_sha256: [u8; 32], limit: usize) -> StoreFuture<'_, Vec<StoredCertificate>> {
        self.pass(self.inner.find_by_key(spki_sha256, limit))
    }

    fn list(&self, filter: ListFilter, after: Option<Cursor>, limit: usize) -> StoreFuture<'_, Page> {
        self.pass(self.inner.list(filter, after, limit))
    }

    fn last_signing_time(&self) -> StoreFuture<'_, Option<Timestamp>> {
        self.pass(self.inner.last_signing_time())
    }

    fn issued_since(&self, authority: &str, since: &Serial, limit: usize) -> StoreFuture<'_, usize> {
        self.pass(self.inner.issued_since(authority, since, limit))
    }
}

impl RevocationStore for FaultyStore {
    fn revoke(&self, revocation: NewRevocation, event: AuditEvent) -> StoreFuture<'_, RevokeOutcome> {
        self.mutate(self.inner.revoke(revocation, event))
    }

    fn revocation(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<RevocationRecord>> {
        self.pass(self.inner.revocation(authority, serial))
    }

    fn open_shard(&self, shard: NewShard, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.open_shard(shard, event))
    }

    fn shard_at(&self, authority: &str, url: &str) -> StoreFuture<'_, Option<u32>> {
        self.pass(self.inner.shard_at(authority, url))
    }

    fn crl_lists(&self) -> StoreFuture<'_, Vec<CrlList>> {
        self.pass(self.inner.crl_lists())
    }

    fn crl_position(&self, authority: &str, shard: u32) -> StoreFuture<'_, CrlPosition> {
        self.pass(self.inner.crl_position(authority, shard))
    }

    fn revoked_entries(
        &self,
        authority: &str,
        shard: u32,
        up_to: u64,
        after: Option<&Serial>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RevokedEntry>> {
        self.pass(self.inner.revoked_entries(authority, shard, up_to, after, limit))
    }

    fn begin_crl(&self, authority: &str, shard: u32, number: u64, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.begin_crl(authority, shard, number, event))
    }

    fn finish_crl(&self, crl: NewCrl, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.finish_crl(crl, event))
    }

    fn latest_crl(&self, authority: &str, shard: u32) -> StoreFuture<'_, Option<StoredCrl>> {
        self.pass(self.inner.latest_crl(authority, shard))
    }
}

impl RetentionStore for FaultyStore {
    fn remove_expired(
        &self,
        before: Timestamp,
        after: Option<Cursor>,
        limit: usize,
        origin: Origin,
    ) -> StoreFuture<'_, RemovedPage> {
        self.mutate(self.inner.remove_expired(before, after, limit, origin))
    }
}

impl IssuerStore for FaultyStore {
    fn add_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.add_authority(authority, event))
    }

    fn replace_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.replace_authority(authority, event))
    }

    fn authority(&self, name: &str) -> StoreFuture<'_, Option<AuthorityRecord>> {
        self.pass(self.inner.authority(name))
    }

    fn authorities(&self) -> StoreFuture<'_, Vec<AuthorityRecord>> {
        self.pass(self.inner.authorities())
    }
}

impl BlockListStore for FaultyStore {
    fn block_key(&self, spki_sha256: [u8; 32], event: AuditEvent) -> StoreFuture<'_, bool> {
        self.mutate(self.inner.block_key(spki_sha256, event))
    }

    fn is_blocked(&self, spki_sha256: [u8; 32]) -> StoreFuture<'_, bool> {
        self.pass(self.inner.is_blocked(spki_sha256))
    }

    fn blocked_keys(&self, after: Option<[u8; 32]>, limit: usize) -> StoreFuture<'_, Vec<[u8; 32]>> {
        self.pass(self.inner.blocked_keys(after, limit))
    }
}

impl SnapshotStore for FaultyStore {
    fn record_snapshot(&self, snapshot: ProfileSnapshot, event: AuditEvent) -> StoreFuture<'_, bool> {
        self.mutate(self.inner.record_snapshot(snapshot, event))
    }

    fn snapshot(&self, id: SnapshotId) -> StoreFuture<'_, Option<ProfileSnapshot>> {
        self.pass(self.inner.snapshot(id))
    }
}

impl CredentialStore for FaultyStore {
    fn add_credential(&self, credential: CredentialRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.add_credential(credential, event))
    }

    fn revoke_credential(&self, id: &str, event: AuditEvent) -> StoreFuture<'_, bool> {
        self.mutate(self.inner.revoke_credential(id, event))
    }

    fn credential(&self, id: &str) -> StoreFuture<'_, Option<CredentialRecord>> {
        self.pass(self.inner.credential(id))
    }

    fn credentials(&self) -> StoreFuture<'_, Vec<CredentialRecord>> {
        self.pass(self.inner.credentials())
    }
}

impl AuditLog for FaultyStore {
    fn record(&self, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.mutate(self.inner.record(event))
    }

    fn audit_rows(&self, after: u64, limit: usize) -> StoreFuture<'_, Vec<AuditRow>> {
        self.pass(self.inner.audit_rows(after, limit))
    }

    fn audit_head(&self) -> StoreFuture<'_, ChainHead> {
        self.pass(self.inner.audit_head())
    }

    fn record_totals(&self) -> StoreFuture<'_, RecordTotals> {
        self.pass(self.inner.record_totals())
    }

    fn recorded_revocations(
        &self,
        after: Option<RevocationCursor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RecordedRevocation>> {
        self.pass(self.inner.recorded_revocations(after, limit))
    }
}
