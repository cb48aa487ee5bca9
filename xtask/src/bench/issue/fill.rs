//! A store with very many certificates, all revoked: the records are real, the signatures are not.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use hf_ca::prepared::Prepared;
use hf_core::audit::AuditAction;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Clock as _;
use hf_keys::random::SystemRandom;
use hf_keys::signing_key::SigningKey as _;
use hf_store::Store;
use hf_store::audit::hex;
use hf_store::record::{Intent, NewRevocation};
use tokio::task::JoinSet;

use super::world::{self, AUTHORITY, SystemClock, World, issue_request, origin, verified};

/// Operations that wait for the store at once.
const WAITING: usize = 1_024;

/// Stores so many certificates, copies of one with serial numbers of their own; returns the serial numbers.
pub(super) fn certificates(world: &World, count: usize) -> Result<Vec<Serial>> {
    let (pattern, der) = pattern(world)?;
    let serials: Vec<Serial> =
        (0..count).map(|_| Serial::generate(SystemClock.now(), &SystemRandom)).collect::<Result<_, _>>()?;
    let store = world.authority.store();
    world.runtime.block_on(in_parallel(&serials, |serial| {
        store_one(Arc::clone(store), Intent { serial, ..pattern.clone() }, der.clone())
    }))?;
    Ok(serials)
}

/// Revokes all of them.
pub(super) fn revocations(world: &World, serials: &[Serial]) -> Result<()> {
    let store = world.authority.store();
    world.runtime.block_on(in_parallel(serials, |serial| revoke_one(Arc::clone(store), serial)))
}

/// An intent and a certificate as they really are.
fn pattern(world: &World) -> Result<(Intent, Vec<u8>)> {
    let requests = world::requests(1)?;
    let request = issue_request(verified(requests.next())?);
    let now = SystemClock.now();
    let issuer = world.authority.issuers().active_for(AUTHORITY, now)?;
    let proposal = world.authority.propose(&request, &issuer, now)?;
    let grant = world
        .authority
        .policy()
        .decide(proposal)
        .map_err(|findings| anyhow!("{} findings", findings.len()))?;
    let prepared = Prepared::new(grant, &issuer, Serial::generate(now, &SystemRandom)?)?;
    let intent = prepared.intent(None);
    let signature = world.key.sign(&prepared.to_be_signed())?;
    Ok((intent, prepared.complete(&issuer, &signature)?.der().to_vec()))
}

async fn store_one(store: Arc<dyn Store>, intent: Intent, der: Vec<u8>) -> Result<()> {
    let serial = intent.serial.clone();
    let begun = AuditAction::IssuanceBegun {
        authority: AUTHORITY.to_owned(),
        serial: serial.clone(),
        tbs_sha256: hex(&[0; 32]),
        profile: intent.profile.clone(),
    };
    store.begin_issuance(intent, origin().event(begun)).await?;
    let finished = AuditAction::IssuanceFinished {
        authority: AUTHORITY.to_owned(),
        serial: serial.clone(),
        certificate_sha256: hex(&[0; 32]),
    };
    store.finish_issuance(AUTHORITY, &serial, der, origin().event(finished)).await?;
    Ok(())
}

async fn revoke_one(store: Arc<dyn Store>, serial: Serial) -> Result<()> {
    let reason = RevocationReason::Superseded;
    let action = AuditAction::Revoked { authority: AUTHORITY.to_owned(), serial: serial.clone(), reason };
    let new = NewRevocation {
        authority: AUTHORITY.to_owned(),
        serial,
        shard: hf_store::record::COMPLETE,
        at: SystemClock.now(),
        reason,
    };
    store.revoke(new, origin().event(action)).await?;
    Ok(())
}

/// Carries `work` out for every serial number, [`WAITING`] at once.
async fn in_parallel<F>(serials: &[Serial], work: impl Fn(Serial) -> F) -> Result<()>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for serial in serials {
        if tasks.len() >= WAITING {
            tasks.join_next().await.context("no task")???;
        }
        tasks.spawn(work(serial.clone()));
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}
