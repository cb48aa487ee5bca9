//! What a client asks: one variant a method of the contract.

use hf_core::audit::AuditEvent;
use hf_core::name::Identifier;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audit::Origin;
use crate::list::{Cursor, ListFilter};
use crate::record::{
    AcmeAccountFilter, AcmeAccountRecord, AcmeAuthorizationRecord, AcmeOrderFilter, AcmeOrderRecord,
    AuthorityRecord, CredentialRecord, EabKeyRecord, ForeignCertificate, Intent, NewCrl, NewRevocation,
    NewShard, ProfileSnapshot, RenewalScope, RenewalWindowRecord, RevocationCursor, SnapshotId,
};

/// A certificate as it is named in requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) authority: String,
    pub(super) serial: Serial,
}

impl Key {
    pub(super) fn new(authority: &str, serial: &Serial) -> Self {
        Self { authority: authority.to_owned(), serial: serial.clone() }
    }
}

/// SHA-256 of a `SubjectPublicKeyInfo`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Digest(#[serde(with = "crate::bytes")] pub(super) [u8; 32]);

/// A request, by what it is about.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Request {
    Find(Find),
    Issue(Issue),
    Revocations(Revocations),
    Settings(Settings),
    Access(Access),
    Accounts(Accounts),
    Orders(Orders),
}

/// Reading certificates, and `flush`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Find {
    Flush,
    OpenIntents { limit: usize },
    BySerial { key: Key },
    ByDedupKey { authority: String, dedup_key: String },
    SerialAnywhere { serial: Serial },
    ByKey { spki_sha256: Digest, limit: usize },
    List { filter: ListFilter, after: Option<Cursor>, limit: usize },
    LastSigningTime,
    IssuedSince { authority: String, since: Serial, limit: usize },
}

/// Recording certificates.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Issue {
    BeginIssuance {
        intent: Intent,
        event: AuditEvent,
    },
    FinishIssuance {
        key: Key,
        #[serde(with = "crate::bytes")]
        certificate: Vec<u8>,
        event: AuditEvent,
    },
    CloseIntent {
        key: Key,
        event: AuditEvent,
    },
    CloseOpenIntents {
        origin: Origin,
    },
    ImportCertificate {
        certificate: ForeignCertificate,
        event: AuditEvent,
    },
}

/// Revocation and CRLs.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Revocations {
    Revoke { revocation: NewRevocation, event: AuditEvent },
    Revocation { key: Key },
    OpenShard { shard: NewShard, event: AuditEvent },
    ShardAt { authority: String, url: String },
    CrlLists,
    CrlPosition { authority: String, shard: u32 },
    RevokedEntries { authority: String, shard: u32, up_to: u64, after: Option<Serial>, limit: usize },
    BeginCrl { authority: String, shard: u32, number: u64, event: AuditEvent },
    FinishCrl { crl: NewCrl, event: AuditEvent },
    LatestCrl { authority: String, shard: u32 },
    RemoveExpired { before: Timestamp, after: Option<Cursor>, limit: usize, origin: Origin },
}

/// Authorities, profiles and blocked keys.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Settings {
    AddAuthority { authority: AuthorityRecord, event: AuditEvent },
    ReplaceAuthority { authority: AuthorityRecord, event: AuditEvent },
    Authority { name: String },
    Authorities,
    BlockKey { spki_sha256: Digest, event: AuditEvent },
    IsBlocked { spki_sha256: Digest },
    BlockedKeys { after: Option<Digest>, limit: usize },
    RecordSnapshot { snapshot: ProfileSnapshot, event: AuditEvent },
    Snapshot { id: SnapshotId },
}

/// Credentials and the audit log.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Access {
    AddCredential { credential: Box<CredentialRecord>, event: AuditEvent },
    RevokeCredential { id: String, event: AuditEvent },
    Credential { id: String },
    Credentials,
    Record { event: AuditEvent },
    AuditRows { after: u64, limit: usize },
    AuditHead,
    RecordTotals,
    RecordedRevocations { after: Option<RevocationCursor>, limit: usize },
}

/// The secret of an external account key.
#[derive(Serialize, Deserialize)]
pub(super) struct Secret(#[serde(with = "crate::bytes")] pub(super) Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// ACME accounts, external account keys and renewal windows.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Accounts {
    Create { account: Box<AcmeAccountRecord>, event: AuditEvent },
    Update { account: Box<AcmeAccountRecord>, event: AuditEvent },
    Account { id: String },
    ByThumbprint { authority: String, thumbprint: Digest },
    List { filter: AcmeAccountFilter, after: Option<Cursor>, limit: usize },
    AddEab { key: Box<EabKeyRecord>, secret: Secret, event: AuditEvent },
    RevokeEab { id: String, event: AuditEvent },
    Eab { id: String },
    EabSecret { id: String },
    Eabs { authority: Option<String>, after: Option<Cursor>, limit: usize },
    SetWindow { window: Box<RenewalWindowRecord>, event: AuditEvent },
    ClearWindow { authority: String, scope: RenewalScope, event: AuditEvent },
    Windows { authority: String },
}

/// ACME orders and authorizations.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Orders {
    Create { order: Box<AcmeOrderRecord>, authorizations: Vec<AcmeAuthorizationRecord> },
    Update { order: Box<AcmeOrderRecord> },
    Order { id: String },
    List { filter: AcmeOrderFilter, after: Option<Cursor>, limit: usize },
    WithSerial { key: Key },
    Replacing { authority: String, certificate: String, now: Timestamp },
    Processing { before: Timestamp, after: Option<Cursor>, limit: usize },
    CreateAuthorization { authorization: Box<AcmeAuthorizationRecord> },
    UpdateAuthorization { authorization: Box<AcmeAuthorizationRecord> },
    Authorization { id: String },
    Authorizations { ids: Vec<String> },
    Usable { account: String, identifiers: Vec<Identifier>, now: Timestamp },
    Lease { now: Timestamp, until: Timestamp, limit: usize },
    Sweep { before: Timestamp, limit: usize },
}
