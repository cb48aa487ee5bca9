//! Revocations, one after the other and several at once, while lists are signed.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use hf_ca::authority::Authority;
use hf_ca::crl::CrlRequest;
use hf_ca::published::{CrlCache, Wanted};
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_store::record::COMPLETE;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::csr::UnverifiedCsr;
use tokio::task::JoinSet;

use super::world::{AUTHORITY, World, csr, principal, request};
use crate::bench::stopwatch::Stopwatch;

/// How many revoke at the same time.
const AT_ONCE: usize = 8;

/// As the publisher of the server: a list that was signed is left alone for so many times as long as that took.
const REST: u32 = 9;

/// What was measured.
pub(super) struct Storm {
    /// Revocations in a second.
    pub(super) rate: f64,
    /// From the call until it is on stable storage.
    pub(super) acknowledged: Times,
    /// From the call until a list names it.
    pub(super) visible: Times,
}

/// Milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Times {
    pub(super) p50: f64,
    pub(super) p99: f64,
}

impl Times {
    fn of(mut all: Vec<Duration>) -> Result<Self> {
        all.sort_unstable();
        let at = |part: usize| {
            let index = (all.len() * part / 100).min(all.len().saturating_sub(1));
            all.get(index).map(|time| time.as_secs_f64() * 1_000.0).context("nothing was measured")
        };
        Ok(Self { p50: at(50)?, p99: at(99)? })
    }
}

/// Issue so many certificates and revoke them.
pub(super) fn measure(world: &World, count: usize) -> Result<Storm> {
    world.runtime.block_on(storm(Arc::clone(&world.authority), Arc::clone(&world.lists), count))
}

async fn storm(authority: Arc<Authority>, lists: Arc<CrlCache>, count: usize) -> Result<Storm> {
    let victims = issue(&authority, count).await?;
    let background = tokio::spawn(publish(Arc::clone(&authority), Arc::clone(&lists)));
    let began = Stopwatch::start();
    let mut turns: JoinSet<Result<Vec<(Duration, Duration)>>> = JoinSet::new();
    for part in victims.chunks(count.div_ceil(AT_ONCE)) {
        turns.spawn(revoke_all(Arc::clone(&authority), Arc::clone(&lists), part.to_vec()));
    }
    let (mut acknowledged, mut visible) = (Vec::new(), Vec::new());
    while let Some(turn) = turns.join_next().await {
        for (first, second) in turn?? {
            acknowledged.push(first);
            visible.push(second);
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    background.abort();
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = count as f64 / seconds;
    Ok(Storm { rate, acknowledged: Times::of(acknowledged)?, visible: Times::of(visible)? })
}

async fn issue(authority: &Arc<Authority>, count: usize) -> Result<Vec<Certificate>> {
    let der = csr()?.der().to_vec();
    let mut tasks: JoinSet<Result<Certificate>> = JoinSet::new();
    let mut issued = Vec::with_capacity(count);
    for _ in 0..count {
        if tasks.len() >= 64 {
            issued.push(tasks.join_next().await.context("no task")???);
        }
        let (authority, request) = (Arc::clone(authority), request(UnverifiedCsr::from_der(&der)?.verify()?));
        tasks.spawn(async move { Ok(authority.issue(request).await?.certificate) });
    }
    while let Some(one) = tasks.join_next().await {
        issued.push(one??);
    }
    Ok(issued)
}

fn list(shard: u32) -> CrlRequest {
    CrlRequest {
        principal: principal(),
        channel: Channel::Server,
        authority: AUTHORITY.to_owned(),
        shard,
        lifetime: CrlRequest::LIFETIME,
    }
}

/// The complete list, again and again, as the server's publisher signs it.
async fn publish(authority: Arc<Authority>, lists: Arc<CrlCache>) -> Result<()> {
    let mut changes = authority.store().status_changes().context("the store tells of no changes")?;
    loop {
        changes.changed().await?;
        let began = Stopwatch::start();
        let position = authority.store().crl_position(AUTHORITY, COMPLETE).await?;
        lists.obtain(&authority, list(COMPLETE), Wanted::Covers(position.up_to)).await?;
        tokio::time::sleep(began.elapsed().saturating_mul(REST)).await;
    }
}

/// One after the other; how long each took to be acknowledged, and to be visible.
async fn revoke_all(
    authority: Arc<Authority>,
    lists: Arc<CrlCache>,
    victims: Vec<Certificate>,
) -> Result<Vec<(Duration, Duration)>> {
    let mut times = Vec::with_capacity(victims.len());
    for victim in victims {
        let began = Stopwatch::start();
        let target = RevokeTarget::Serial { authority: AUTHORITY.to_owned(), serial: victim.serial()? };
        let (channel, reason) = (Channel::Api, RevocationReason::Superseded);
        let request = RevokeRequest { principal: principal(), channel, target, reason };
        let revoked = authority.revoke(request).await?;
        let acknowledged = began.elapsed();
        let position = authority.store().crl_position(AUTHORITY, revoked.shard).await?;
        let wanted = Wanted::Covers(position.up_to);
        let crl = lists.obtain(&authority, list(revoked.shard), wanted).await?;
        let visible = began.elapsed();
        // Looked at every now and then: reading a list takes longer than making it.
        if times.len() % 64 == 0 {
            let named = CertificateList::from_der(crl.der.to_vec())?;
            named.find(victim.serial_octets()).context("a revocation is not on its list")?;
        }
        times.push((acknowledged, visible));
    }
    Ok(times)
}
