//! A store with very many revoked certificates, in as many shards as they would lie in: the records are real, the
//! signatures are copies of one.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use hf_ca::authority::Authority;
use hf_core::audit::AuditAction;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Clock as _;
use hf_keys::random::SystemRandom;
use hf_store::Store;
use hf_store::audit::hex;
use hf_store::record::{Intent, NewRevocation, NewShard, StoredCertificate};
use tokio::task::JoinSet;

use super::world::{AUTHORITY, World, csr, origin, request};
use crate::bench::issue::world::SystemClock;

/// How many are recorded before they are revoked: operations of one kind share the writes of the store.
const TOGETHER: usize = 4_096;

/// Record so many certificates and revoke each.
pub(super) fn revoked(world: &World, count: usize) -> Result<()> {
    world.runtime.block_on(async {
        let pattern = pattern(&world.authority).await?;
        let store = world.authority.store();
        open_shards(store.as_ref(), count / Authority::SHARD_SIZE).await?;
        for first in (0..count).step_by(TOGETHER) {
            let indices = first..count.min(first + TOGETHER);
            let recorded = all(indices.map(|_| record(Arc::clone(store), pattern.clone()))).await?;
            let shards = (first..).map(|index| u32::try_from(index / Authority::SHARD_SIZE));
            let serials = recorded.into_iter().zip(shards);
            all(serials.map(|(serial, shard)| {
                let store = Arc::clone(store);
                async move { revoke(store, serial, shard?).await }
            }))
            .await?;
        }
        store.flush().await?;
        Ok(())
    })
}

/// Do all at once.
async fn all<T: Send + 'static>(
    work: impl Iterator<Item = impl Future<Output = Result<T>> + Send + 'static>,
) -> Result<Vec<T>> {
    let tasks: JoinSet<Result<T>> = work.collect();
    tasks.join_all().await.into_iter().collect()
}

/// A record as it really is.
async fn pattern(authority: &Authority) -> Result<StoredCertificate> {
    let issued = authority.issue(request(csr()?)).await?;
    let serial = issued.certificate.serial()?;
    let found = authority.store().find_by_serial(AUTHORITY, &serial).await?;
    found.context("what was issued is not on record")
}

async fn open_shards(store: &dyn Store, count: usize) -> Result<()> {
    for number in 1..=u32::try_from(count)? {
        let url = format!("http://pki.bench.internal/crl/{AUTHORITY}/{number}.crl");
        let opened = AuditAction::CrlShardOpened { authority: AUTHORITY.to_owned(), shard: number };
        let shard = NewShard { authority: AUTHORITY.to_owned(), number, url, opened_at: SystemClock.now() };
        store.open_shard(shard, origin().event(opened)).await?;
    }
    Ok(())
}

/// Record a certificate; its serial number.
async fn record(store: Arc<dyn Store>, pattern: StoredCertificate) -> Result<Serial> {
    let serial = Serial::generate(SystemClock.now(), &SystemRandom)?;
    let authority = AUTHORITY.to_owned();
    let intent = Intent {
        authority: authority.clone(),
        serial: serial.clone(),
        tbs: pattern.body.octets().to_vec(),
        profile: pattern.profile.clone(),
        snapshot: pattern.snapshot,
        subject: pattern.subject.clone(),
        names: pattern.names.clone(),
        validity: pattern.validity,
        spki_sha256: pattern.spki_sha256,
        dedup_key: None,
        requested_at: SystemClock.now(),
    };
    let begun = AuditAction::IssuanceBegun {
        authority: authority.clone(),
        serial: serial.clone(),
        tbs_sha256: hex(&[0; 32]),
        profile: pattern.profile,
    };
    store.begin_issuance(intent, origin().event(begun)).await?;
    let finished = AuditAction::IssuanceFinished {
        authority,
        serial: serial.clone(),
        certificate_sha256: hex(&[0; 32]),
    };
    let der = pattern.body.octets().to_vec();
    store.finish_issuance(AUTHORITY, &serial, der, origin().event(finished)).await?;
    Ok(serial)
}

/// Revoke it in this shard.
async fn revoke(store: Arc<dyn Store>, serial: Serial, shard: u32) -> Result<()> {
    let (authority, reason) = (AUTHORITY.to_owned(), RevocationReason::Superseded);
    let action = AuditAction::Revoked { authority: authority.clone(), serial: serial.clone(), reason };
    let new = NewRevocation { authority, serial, shard, at: SystemClock.now(), reason };
    store.revoke(new, origin().event(action)).await?;
    Ok(())
}
