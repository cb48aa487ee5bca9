//! Intents and events for tests of stores and of wrappers around them.

pub mod acme;

use aws_lc_rs::digest::{SHA256, digest};
use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::name::{DnsName, Identifier, SanSet};
use hf_core::principal::{Channel, Principal};
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp, Validity};

use crate::audit::{Origin, hex};
use crate::record::{
    AuthorityRecord, AuthorityState, Begun, COMPLETE, Intent, NewCrl, NewRevocation, NewShard, RevokeOutcome,
    SnapshotId,
};
use crate::{Store, StoreError};

/// Name of the authority that issues here.
pub const AUTHORITY: &str = "services";

/// 2027-01-01T00:00:00Z, and so many seconds.
pub fn time(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_798_761_600 + seconds)
}

/// A serial number like those that are made: 20 octets, in the order of `number`.
///
/// # Panics
/// Never: the octets begin with a bit that is set.
#[expect(clippy::expect_used, reason = "the first octet is not zero and there are 20")]
pub fn serial(number: u64) -> Serial {
    let mut octets = vec![0x40, 0, 0, 0];
    octets.extend_from_slice(&number.to_be_bytes());
    octets.extend_from_slice(&[0x5a; 8]);
    Serial::from_unsigned(&octets).expect("20 octets that begin with a bit that is set")
}

/// An operator at the command line, at [`time`] 0.
pub fn origin() -> Origin {
    let principal = Principal::Operator { user: "conformance".to_owned() };
    Origin { at: time(0), principal, channel: Channel::CommandLine }
}

/// The event of this action.
pub fn event(action: AuditAction) -> AuditEvent {
    origin().event(action)
}

/// An intent number `number`, for `host<number>.shop.internal`, 90 days from [`time`] 0 plus `number` seconds.
pub fn intent(number: u64) -> Intent {
    let names: SanSet =
        format!("host{number}.shop.internal").parse::<DnsName>().map(Identifier::Dns).into_iter().collect();
    let shift = i64::try_from(number).unwrap_or(0);
    let mut spki_sha256 = [0x17; 32];
    spki_sha256.iter_mut().zip(number.to_be_bytes()).for_each(|(place, octet)| *place = octet);
    Intent {
        authority: AUTHORITY.to_owned(),
        serial: serial(number),
        tbs: format!("to be signed {number} ").repeat(30).into_bytes(),
        profile: "server".to_owned(),
        snapshot: SnapshotId([7; 32]),
        subject: String::new(),
        names,
        validity: Validity::starting(time(shift), Lifetime::from_days(90)),
        spki_sha256,
        dedup_key: None,
        requested_at: time(0),
    }
}

/// The event that belongs to an intent.
pub fn begun(intent: &Intent) -> AuditEvent {
    event(AuditAction::IssuanceBegun {
        authority: intent.authority.clone(),
        serial: intent.serial.clone(),
        tbs_sha256: hex(&[0; 32]),
        profile: intent.profile.clone(),
    })
}

/// The certificate for an intent.
pub fn certificate(intent: &Intent) -> Vec<u8> {
    let mut octets = b"certificate of ".to_vec();
    octets.extend_from_slice(&intent.tbs);
    octets
}

/// The event that belongs to a certificate.
pub fn finished(intent: &Intent) -> AuditEvent {
    event(AuditAction::IssuanceFinished {
        authority: intent.authority.clone(),
        serial: intent.serial.clone(),
        certificate_sha256: hex(digest(&SHA256, &certificate(intent)).as_ref()),
    })
}

/// The event of a closed intent.
pub fn abandoned(intent: &Intent) -> AuditEvent {
    event(AuditAction::IssuanceAbandoned {
        authority: intent.authority.clone(),
        serial: intent.serial.clone(),
    })
}

/// Begin.
pub async fn begin(store: &dyn Store, intent: &Intent) -> Result<Begun, StoreError> {
    store.begin_issuance(intent.clone(), begun(intent)).await
}

/// Finish.
pub async fn finish(store: &dyn Store, intent: &Intent) -> Result<(), StoreError> {
    store.finish_issuance(&intent.authority, &intent.serial, certificate(intent), finished(intent)).await
}

/// Begin and finish.
pub async fn issue(store: &dyn Store, intent: &Intent) -> Result<(), StoreError> {
    begin(store, intent).await?;
    finish(store, intent).await
}

/// Revoke at [`time`] `at`.
pub async fn revoke(
    store: &dyn Store,
    intent: &Intent,
    at: i64,
    reason: RevocationReason,
) -> Result<RevokeOutcome, StoreError> {
    revoke_in(store, intent, COMPLETE, at, reason).await
}

/// The same, for a certificate of a shard.
pub async fn revoke_in(
    store: &dyn Store,
    intent: &Intent,
    shard: u32,
    at: i64,
    reason: RevocationReason,
) -> Result<RevokeOutcome, StoreError> {
    let (authority, serial) = (intent.authority.clone(), intent.serial.clone());
    let event = event(AuditAction::Revoked { authority: authority.clone(), serial: serial.clone(), reason });
    store.revoke(NewRevocation { authority, serial, shard, at: time(at), reason }, event).await
}

/// Open a shard of [`AUTHORITY`] at [`time`] 0.
pub async fn open_shard(store: &dyn Store, number: u32) -> Result<(), StoreError> {
    let authority = AUTHORITY.to_owned();
    let url = format!("http://pki.shop.internal/crl/services/{number}.crl");
    let opened = event(AuditAction::CrlShardOpened { authority: authority.clone(), shard: number });
    store.open_shard(NewShard { authority, number, url, opened_at: time(0) }, opened).await
}

/// A complete CRL of [`AUTHORITY`].
pub fn crl(number: u64, this_update: Timestamp, up_to: u64, entries: u64) -> NewCrl {
    NewCrl {
        authority: AUTHORITY.to_owned(),
        shard: COMPLETE,
        number,
        this_update,
        next_update: this_update.plus(Lifetime::from_days(7)),
        up_to,
        entries,
        der: format!("CRL {number}").into_bytes().into(),
    }
}

/// Take the number of a CRL and store it.
pub async fn publish(store: &dyn Store, crl: NewCrl) -> Result<(), StoreError> {
    let (authority, shard, number, entries) = (crl.authority.clone(), crl.shard, crl.number, crl.entries);
    let begun = event(AuditAction::CrlBegun { authority: authority.clone(), shard, number });
    store.begin_crl(&authority, shard, number, begun).await?;
    store.finish_crl(crl, event(AuditAction::CrlIssued { authority, shard, number, entries })).await
}

/// An authority of this name.
pub fn authority(name: &str) -> AuthorityRecord {
    AuthorityRecord {
        name: name.to_owned(),
        parent: Some("root".to_owned()),
        chain: vec![b"own".to_vec(), b"root".to_vec()],
        key: Some("file:keys/services.pem".to_owned()),
        state: AuthorityState::Active,
        added_at: time(0),
    }
}
