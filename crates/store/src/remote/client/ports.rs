//! The ports of the contract, as requests.

mod acme;

use hf_core::audit::AuditEvent;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use super::RemoteStore;
use crate::StoreFuture;
use crate::audit::{AuditRow, ChainHead, Origin};
use crate::contract::{
    AuditLog, BlockListStore, CredentialStore, IssuanceStore, IssuerStore, RetentionStore, RevocationStore,
    SnapshotStore, Store,
};
use crate::list::{Cursor, ListFilter, Page};
use crate::record::{
    AuthorityRecord, Begun, CredentialRecord, CrlList, CrlPosition, ForeignCertificate, Imported, Intent,
    NewCrl, NewRevocation, NewShard, OpenIntent, ProfileSnapshot, RecordTotals, RecordedRevocation,
    RemovedPage, RevocationCursor, RevocationRecord, RevokeOutcome, RevokedEntry, SnapshotId,
    StoredCertificate, StoredCrl,
};
use crate::remote::request::{Access, Digest, Find, Issue, Key, Request, Revocations, Settings};

impl Store for RemoteStore {
    fn flush(&self) -> StoreFuture<'_, ()> {
        self.ask(Request::Find(Find::Flush))
    }
}

impl IssuanceStore for RemoteStore {
    fn begin_issuance(&self, intent: Intent, event: AuditEvent) -> StoreFuture<'_, Begun> {
        self.ask(Request::Issue(Issue::BeginIssuance { intent, event }))
    }

    fn finish_issuance(
        &self,
        authority: &str,
        serial: &Serial,
        certificate: Vec<u8>,
        event: AuditEvent,
    ) -> StoreFuture<'_, ()> {
        self.ask(Request::Issue(Issue::FinishIssuance {
            key: Key::new(authority, serial),
            certificate,
            event,
        }))
    }

    fn close_intent(&self, authority: &str, serial: &Serial, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::Issue(Issue::CloseIntent { key: Key::new(authority, serial), event }))
    }

    fn close_open_intents(&self, origin: Origin) -> StoreFuture<'_, u64> {
        self.ask(Request::Issue(Issue::CloseOpenIntents { origin }))
    }

    fn import_certificate(
        &self,
        certificate: ForeignCertificate,
        event: AuditEvent,
    ) -> StoreFuture<'_, Imported> {
        self.ask(Request::Issue(Issue::ImportCertificate { certificate, event }))
    }

    fn open_intents(&self, limit: usize) -> StoreFuture<'_, Vec<OpenIntent>> {
        self.ask(Request::Find(Find::OpenIntents { limit }))
    }

    fn find_by_serial(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<StoredCertificate>> {
        self.ask(Request::Find(Find::BySerial { key: Key::new(authority, serial) }))
    }

    fn find_by_dedup_key(
        &self,
        authority: &str,
        dedup_key: &str,
    ) -> StoreFuture<'_, Option<StoredCertificate>> {
        self.ask(Request::Find(Find::ByDedupKey {
            authority: authority.to_owned(),
            dedup_key: dedup_key.to_owned(),
        }))
    }

    fn find_serial_anywhere(&self, serial: &Serial) -> StoreFuture<'_, Vec<StoredCertificate>> {
        self.ask(Request::Find(Find::SerialAnywhere { serial: serial.clone() }))
    }

    fn find_by_key(&self, spki_sha256: [u8; 32], limit: usize) -> StoreFuture<'_, Vec<StoredCertificate>> {
        self.ask(Request::Find(Find::ByKey { spki_sha256: Digest(spki_sha256), limit }))
    }

    fn list(&self, filter: ListFilter, after: Option<Cursor>, limit: usize) -> StoreFuture<'_, Page> {
        self.ask(Request::Find(Find::List { filter, after, limit }))
    }

    fn last_signing_time(&self) -> StoreFuture<'_, Option<Timestamp>> {
        self.ask(Request::Find(Find::LastSigningTime))
    }

    fn issued_since(&self, authority: &str, since: &Serial, limit: usize) -> StoreFuture<'_, usize> {
        let (authority, since) = (authority.to_owned(), since.clone());
        self.ask(Request::Find(Find::IssuedSince { authority, since, limit }))
    }
}

impl RevocationStore for RemoteStore {
    fn revoke(&self, revocation: NewRevocation, event: AuditEvent) -> StoreFuture<'_, RevokeOutcome> {
        self.ask(Request::Revocations(Revocations::Revoke { revocation, event }))
    }

    fn revocation(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<RevocationRecord>> {
        self.ask(Request::Revocations(Revocations::Revocation { key: Key::new(authority, serial) }))
    }

    fn open_shard(&self, shard: NewShard, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::Revocations(Revocations::OpenShard { shard, event }))
    }

    fn shard_at(&self, authority: &str, url: &str) -> StoreFuture<'_, Option<u32>> {
        let (authority, url) = (authority.to_owned(), url.to_owned());
        self.ask(Request::Revocations(Revocations::ShardAt { authority, url }))
    }

    fn crl_lists(&self) -> StoreFuture<'_, Vec<CrlList>> {
        self.ask(Request::Revocations(Revocations::CrlLists))
    }

    fn crl_position(&self, authority: &str, shard: u32) -> StoreFuture<'_, CrlPosition> {
        self.ask(Request::Revocations(Revocations::CrlPosition { authority: authority.to_owned(), shard }))
    }

    fn revoked_entries(
        &self,
        authority: &str,
        shard: u32,
        up_to: u64,
        after: Option<&Serial>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RevokedEntry>> {
        let (authority, after) = (authority.to_owned(), after.cloned());
        self.ask(Request::Revocations(Revocations::RevokedEntries { authority, shard, up_to, after, limit }))
    }

    fn begin_crl(&self, authority: &str, shard: u32, number: u64, event: AuditEvent) -> StoreFuture<'_, ()> {
        let authority = authority.to_owned();
        self.ask(Request::Revocations(Revocations::BeginCrl { authority, shard, number, event }))
    }

    fn finish_crl(&self, crl: NewCrl, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::Revocations(Revocations::FinishCrl { crl, event }))
    }

    fn latest_crl(&self, authority: &str, shard: u32) -> StoreFuture<'_, Option<StoredCrl>> {
        self.ask(Request::Revocations(Revocations::LatestCrl { authority: authority.to_owned(), shard }))
    }
}

impl RetentionStore for RemoteStore {
    fn remove_expired(
        &self,
        before: Timestamp,
        after: Option<Cursor>,
        limit: usize,
        origin: Origin,
    ) -> StoreFuture<'_, RemovedPage> {
        self.ask(Request::Revocations(Revocations::RemoveExpired { before, after, limit, origin }))
    }
}

impl IssuerStore for RemoteStore {
    fn add_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::Settings(Settings::AddAuthority { authority, event }))
    }

    fn replace_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::Settings(Settings::ReplaceAuthority { authority, event }))
    }

    fn authority(&self, name: &str) -> StoreFuture<'_, Option<AuthorityRecord>> {
        self.ask(Request::Settings(Settings::Authority { name: name.to_owned() }))
    }

    fn authorities(&self) -> StoreFuture<'_, Vec<AuthorityRecord>> {
        self.ask(Request::Settings(Settings::Authorities))
    }
}

impl BlockListStore for RemoteStore {
    fn block_key(&self, spki_sha256: [u8; 32], event: AuditEvent) -> StoreFuture<'_, bool> {
        self.ask(Request::Settings(Settings::BlockKey { spki_sha256: Digest(spki_sha256), event }))
    }

    fn is_blocked(&self, spki_sha256: [u8; 32]) -> StoreFuture<'_, bool> {
        self.ask(Request::Settings(Settings::IsBlocked { spki_sha256: Digest(spki_sha256) }))
    }

    fn blocked_keys(&self, after: Option<[u8; 32]>, limit: usize) -> StoreFuture<'_, Vec<[u8; 32]>> {
        let answer = self
            .ask::<Vec<Digest>>(Request::Settings(Settings::BlockedKeys { after: after.map(Digest), limit }));
        Box::pin(async { Ok(answer.await?.into_iter().map(|Digest(key)| key).collect()) })
    }
}

impl SnapshotStore for RemoteStore {
    fn record_snapshot(&self, snapshot: ProfileSnapshot, event: AuditEvent) -> StoreFuture<'_, bool> {
        self.ask(Request::Settings(Settings::RecordSnapshot { snapshot, event }))
    }

    fn snapshot(&self, id: SnapshotId) -> StoreFuture<'_, Option<ProfileSnapshot>> {
        self.ask(Request::Settings(Settings::Snapshot { id }))
    }
}

impl CredentialStore for RemoteStore {
    fn add_credential(&self, credential: CredentialRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::Access(Access::AddCredential { credential: Box::new(credential), event }))
    }

    fn revoke_credential(&self, id: &str, event: AuditEvent) -> StoreFuture<'_, bool> {
        self.ask(Request::Access(Access::RevokeCredential { id: id.to_owned(), event }))
    }

    fn credential(&self, id: &str) -> StoreFuture<'_, Option<CredentialRecord>> {
        self.ask(Request::Access(Access::Credential { id: id.to_owned() }))
    }

    fn credentials(&self) -> StoreFuture<'_, Vec<CredentialRecord>> {
        self.ask(Request::Access(Access::Credentials))
    }
}

impl AuditLog for RemoteStore {
    fn record(&self, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::Access(Access::Record { event }))
    }

    fn audit_rows(&self, after: u64, limit: usize) -> StoreFuture<'_, Vec<AuditRow>> {
        self.ask(Request::Access(Access::AuditRows { after, limit }))
    }

    fn audit_head(&self) -> StoreFuture<'_, ChainHead> {
        self.ask(Request::Access(Access::AuditHead))
    }

    fn record_totals(&self) -> StoreFuture<'_, RecordTotals> {
        self.ask(Request::Access(Access::RecordTotals))
    }

    fn recorded_revocations(
        &self,
        after: Option<RevocationCursor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RecordedRevocation>> {
        self.ask(Request::Access(Access::RecordedRevocations { after, limit }))
    }
}
