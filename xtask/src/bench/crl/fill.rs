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

/// Operations that wait for the store at once.
const WAITING: usize = 1_024;

/// Record so many certificates and revoke each.
pub(super) fn revoked(world: &World, count: usize) -> Result<()> {
    world.runtime.block_on(async {
        let pattern = pattern(&world.authority).await?;
        let store = world.authority.store();
        open_shards(store.as_ref(), count / Authority::SHARD_SIZE).await?;
        let mut tasks: JoinSet<Result<()>> = JoinSet::new();
        for index in 0..count {
            if tasks.len() >= WAITING {
                tasks.join_next().await.context("no task")???;
            }
            let shard = u32::try_from(index / Authority::SHARD_SIZE)?;
            tasks.spawn(one(Arc::clone(store), pattern.clone(), shard));
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        store.flush().await?;
        Ok(())
    })
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

async fn one(store: Arc<dyn Store>, pattern: StoredCertificate, shard: u32) -> Result<()> {
    let serial = Serial::generate(SystemClock.now(), &SystemRandom)?;
    let (authority, reason) = (AUTHORITY.to_owned(), RevocationReason::Superseded);
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
        authority: authority.clone(),
        serial: serial.clone(),
        certificate_sha256: hex(&[0; 32]),
    };
    let der = pattern.body.octets().to_vec();
    store.finish_issuance(AUTHORITY, &serial, der, origin().event(finished)).await?;
    let action = AuditAction::Revoked { authority: authority.clone(), serial: serial.clone(), reason };
    let new = NewRevocation { authority, serial, shard, at: SystemClock.now(), reason };
    store.revoke(new, origin().event(action)).await?;
    Ok(())
}
