//! The ports of the contract, as requests.

use hf_core::audit::AuditEvent;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use super::RemoteStore;
use crate::StoreFuture;
use crate::audit::{AuditRow, ChainHead, Origin};
use crate::contract::{
    AuditLog, BlockListStore, CredentialStore, IssuanceStore, IssuerStore, RevocationStore, SnapshotStore,
    Store,
};
use crate::list::{Cursor, ListFilter, Page};
use crate::record::{
    AuthorityRecord, Begun, CredentialRecord, CrlPosition, ForeignCertificate, Imported, Intent, NewCrl,
    NewRevocation, OpenIntent, ProfileSnapshot, RevocationRecord, RevokeOutcome, RevokedEntry, SnapshotId,
    StoredCertificate, StoredCrl,
};
use crate::remote::request::{Digest, Key, Request};

impl Store for RemoteStore {
    fn flush(&self) -> StoreFuture<'_, ()> {
        self.ask(Request::Flush)
    }
}

impl IssuanceStore for RemoteStore {
    fn begin_issuance(&self, intent: Intent, event: AuditEvent) -> StoreFuture<'_, Begun> {
        self.ask(Request::BeginIssuance { intent, event })
    }

    fn finish_issuance(
        &self,
        authority: &str,
        serial: &Serial,
        certificate: Vec<u8>,
        event: AuditEvent,
    ) -> StoreFuture<'_, ()> {
        self.ask(Request::FinishIssuance { key: Key::new(authority, serial), certificate, event })
    }

    fn close_intent(&self, authority: &str, serial: &Serial, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::CloseIntent { key: Key::new(authority, serial), event })
    }

    fn close_open_intents(&self, origin: Origin) -> StoreFuture<'_, u64> {
        self.ask(Request::CloseOpenIntents { origin })
    }

    fn import_certificate(
        &self,
        certificate: ForeignCertificate,
        event: AuditEvent,
    ) -> StoreFuture<'_, Imported> {
        self.ask(Request::ImportCertificate { certificate, event })
    }

    fn open_intents(&self, limit: usize) -> StoreFuture<'_, Vec<OpenIntent>> {
        self.ask(Request::OpenIntents { limit })
    }

    fn find_by_serial(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<StoredCertificate>> {
        self.ask(Request::FindBySerial { key: Key::new(authority, serial) })
    }

    fn find_by_dedup_key(
        &self,
        authority: &str,
        dedup_key: &str,
    ) -> StoreFuture<'_, Option<StoredCertificate>> {
        self.ask(Request::FindByDedupKey { authority: authority.to_owned(), dedup_key: dedup_key.to_owned() })
    }

    fn find_serial_anywhere(&self, serial: &Serial) -> StoreFuture<'_, Vec<StoredCertificate>> {
        self.ask(Request::FindSerialAnywhere { serial: serial.clone() })
    }

    fn find_by_key(&self, spki_sha256: [u8; 32], limit: usize) -> StoreFuture<'_, Vec<StoredCertificate>> {
        self.ask(Request::FindByKey { spki_sha256: Digest(spki_sha256), limit })
    }

    fn list(&self, filter: ListFilter, after: Option<Cursor>, limit: usize) -> StoreFuture<'_, Page> {
        self.ask(Request::List { filter, after, limit })
    }

    fn last_signing_time(&self) -> StoreFuture<'_, Option<Timestamp>> {
        self.ask(Request::LastSigningTime)
    }
}

impl RevocationStore for RemoteStore {
    fn revoke(&self, revocation: NewRevocation, event: AuditEvent) -> StoreFuture<'_, RevokeOutcome> {
        self.ask(Request::Revoke { revocation, event })
    }

    fn revocation(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<RevocationRecord>> {
        self.ask(Request::Revocation { key: Key::new(authority, serial) })
    }

    fn crl_position(&self, authority: &str) -> StoreFuture<'_, CrlPosition> {
        self.ask(Request::CrlPosition { authority: authority.to_owned() })
    }

    fn revoked_entries(
        &self,
        authority: &str,
        up_to: u64,
        after: Option<&Serial>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RevokedEntry>> {
        let (authority, after) = (authority.to_owned(), after.cloned());
        self.ask(Request::RevokedEntries { authority, up_to, after, limit })
    }

    fn begin_crl(&self, authority: &str, number: u64, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::BeginCrl { authority: authority.to_owned(), number, event })
    }

    fn finish_crl(&self, crl: NewCrl, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::FinishCrl { crl, event })
    }

    fn latest_crl(&self, authority: &str) -> StoreFuture<'_, Option<StoredCrl>> {
        self.ask(Request::LatestCrl { authority: authority.to_owned() })
    }
}

impl IssuerStore for RemoteStore {
    fn add_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::AddAuthority { authority, event })
    }

    fn replace_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::ReplaceAuthority { authority, event })
    }

    fn authority(&self, name: &str) -> StoreFuture<'_, Option<AuthorityRecord>> {
        self.ask(Request::Authority { name: name.to_owned() })
    }

    fn authorities(&self) -> StoreFuture<'_, Vec<AuthorityRecord>> {
        self.ask(Request::Authorities)
    }
}

impl BlockListStore for RemoteStore {
    fn block_key(&self, spki_sha256: [u8; 32], event: AuditEvent) -> StoreFuture<'_, bool> {
        self.ask(Request::BlockKey { spki_sha256: Digest(spki_sha256), event })
    }

    fn is_blocked(&self, spki_sha256: [u8; 32]) -> StoreFuture<'_, bool> {
        self.ask(Request::IsBlocked { spki_sha256: Digest(spki_sha256) })
    }

    fn blocked_keys(&self, after: Option<[u8; 32]>, limit: usize) -> StoreFuture<'_, Vec<[u8; 32]>> {
        let answer = self.ask::<Vec<Digest>>(Request::BlockedKeys { after: after.map(Digest), limit });
        Box::pin(async { Ok(answer.await?.into_iter().map(|Digest(key)| key).collect()) })
    }
}

impl SnapshotStore for RemoteStore {
    fn record_snapshot(&self, snapshot: ProfileSnapshot, event: AuditEvent) -> StoreFuture<'_, bool> {
        self.ask(Request::RecordSnapshot { snapshot, event })
    }

    fn snapshot(&self, id: SnapshotId) -> StoreFuture<'_, Option<ProfileSnapshot>> {
        self.ask(Request::Snapshot { id })
    }
}

impl CredentialStore for RemoteStore {
    fn add_credential(&self, credential: CredentialRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::AddCredential { credential, event })
    }

    fn revoke_credential(&self, id: &str, event: AuditEvent) -> StoreFuture<'_, bool> {
        self.ask(Request::RevokeCredential { id: id.to_owned(), event })
    }

    fn credential(&self, id: &str) -> StoreFuture<'_, Option<CredentialRecord>> {
        self.ask(Request::Credential { id: id.to_owned() })
    }

    fn credentials(&self) -> StoreFuture<'_, Vec<CredentialRecord>> {
        self.ask(Request::Credentials)
    }
}

impl AuditLog for RemoteStore {
    fn record(&self, event: AuditEvent) -> StoreFuture<'_, ()> {
        self.ask(Request::Record { event })
    }

    fn audit_rows(&self, after: u64, limit: usize) -> StoreFuture<'_, Vec<AuditRow>> {
        self.ask(Request::AuditRows { after, limit })
    }

    fn audit_head(&self) -> StoreFuture<'_, ChainHead> {
        self.ask(Request::AuditHead)
    }
}
