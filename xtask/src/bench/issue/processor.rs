//! Processor time from CSR bytes to a certificate, without the store and on one thread, against one verification plus
//! one signature on the same thread, by turns.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use hf_ca::prepared::Prepared;
use hf_core::serial::Serial;
use hf_core::time::Clock as _;
use hf_keys::random::SystemRandom;
use hf_keys::signing_key::SigningKey as _;

use super::floor::Pair;
use super::result::Processor;
use super::world::{AUTHORITY, Requests, SystemClock, World, issue_request, verified};
use crate::bench::stopwatch::{Stopwatch, thread_processor_time};

/// Certificates, then floors, before the other's turn comes.
const TURN: u32 = 100;

/// Measures for `time` or a little longer.
pub(super) fn measure(world: &World, requests: &Requests, time: Duration) -> Result<Processor> {
    let pair = Pair::new()?;
    let (mut ours, mut floor, mut turns) = (Vec::new(), Vec::new(), 0_u32);
    let stopwatch = Stopwatch::start();
    while turns < 5 || stopwatch.elapsed() < time {
        let start = thread_processor_time()?;
        for _ in 0..TURN {
            certificate(world, requests.next())?;
        }
        let middle = thread_processor_time()?;
        for _ in 0..TURN {
            pair.once()?;
        }
        let end = thread_processor_time()?;
        ours.push(middle.saturating_sub(start).as_secs_f64() * 1e6 / f64::from(TURN));
        floor.push(end.saturating_sub(middle).as_secs_f64() * 1e6 / f64::from(TURN));
        turns += 1;
    }
    Ok(Processor { certificate_us: median(ours)?, floor_us: median(floor)? })
}

/// The steps of the spine, the two of the store left out.
fn certificate(world: &World, der: &[u8]) -> Result<()> {
    let request = issue_request(verified(der)?);
    let now = SystemClock.now();
    let issuer = world.authority.issuers().active_for(AUTHORITY, now)?;
    let proposal = world.authority.propose(&request, &issuer, now)?;
    let grant = world
        .authority
        .policy()
        .decide(proposal)
        .map_err(|findings| anyhow!("{} findings", findings.len()))?;
    let prepared = Prepared::new(grant, &issuer, Serial::generate(now, &SystemRandom)?)?;
    let signature = world.key.sign(&prepared.to_be_signed())?;
    prepared.complete(&issuer, &signature)?;
    Ok(())
}

/// The middle of the measurements: a neighbour on the machine disturbs some of them, not most.
fn median(mut values: Vec<f64>) -> Result<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().context("nothing was measured")
}
