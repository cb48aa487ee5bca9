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
    let (mut ours, mut floor, mut stages) = (Vec::new(), Vec::new(), Stages::default());
    let stopwatch = Stopwatch::start();
    while ours.len() < 5 || stopwatch.elapsed() < time {
        let start = thread_processor_time();
        turn(|| certificate(world, requests.next(), &mut stages))?;
        let middle = thread_processor_time();
        turn(|| pair.once())?;
        let end = thread_processor_time();
        ours.push(middle.saturating_sub(start).as_secs_f64() * 1e6 / f64::from(TURN));
        floor.push(end.saturating_sub(middle).as_secs_f64() * 1e6 / f64::from(TURN));
        stages.watching = true;
        turn(|| certificate(world, requests.next(), &mut stages))?;
        turn(|| floor_once(&pair, &mut stages))?;
        stages.watching = false;
    }
    let stages = stages.taken.into_iter().map(|(name, values)| Ok((name, median(values)?)));
    let stages = stages.collect::<Result<_>>()?;
    Ok(Processor { certificate_us: median(ours)?, floor_us: median(floor)?, stages })
}

/// The same a number of times.
fn turn(mut once: impl FnMut() -> Result<()>) -> Result<()> {
    (0..TURN).try_for_each(|_| once())
}

/// How long each stage took, in microseconds, by name and in order.
#[derive(Default)]
struct Stages {
    taken: Vec<(&'static str, Vec<f64>)>,
    /// Looking at the watch costs as much as a small stage, so the turns that count do without.
    watching: bool,
}

impl Stages {
    /// Runs a stage and keeps how long it took.
    fn time<T>(&mut self, name: &'static str, stage: impl FnOnce() -> Result<T>) -> Result<T> {
        if !self.watching {
            return stage();
        }
        let stopwatch = Stopwatch::start();
        let result = stage()?;
        let micros = stopwatch.elapsed().as_secs_f64() * 1e6;
        match self.taken.iter_mut().find(|(known, _)| *known == name) {
            Some((_, values)) => values.push(micros),
            None => self.taken.push((name, vec![micros])),
        }
        Ok(result)
    }
}

fn floor_once(pair: &Pair, stages: &mut Stages) -> Result<()> {
    stages.time("floor: verify", || pair.verify())?;
    stages.time("floor: sign", || pair.sign())
}

/// The steps of the spine, the two of the store left out.
fn certificate(world: &World, der: &[u8], stages: &mut Stages) -> Result<()> {
    let csr = stages.time("read and verify the request", || verified(der))?;
    let request = issue_request(csr);
    let now = SystemClock.now();
    let issuer = world.authority.issuers().active_for(AUTHORITY, now)?;
    let proposal =
        stages.time("propose, examine the key", || Ok(world.authority.propose(&request, &issuer, now)?))?;
    let grant = stages.time("policy", || {
        let decision = world.authority.policy().decide(proposal);
        decision.map_err(|findings| anyhow!("{} findings", findings.len()))
    })?;
    let serial = Serial::generate(now, &SystemRandom)?;
    let prepared = stages.time("build and lint", || Ok(Prepared::new(grant, &issuer, serial)?))?;
    let signature = stages.time("sign", || Ok(world.key.sign(&prepared.to_be_signed())?))?;
    stages.time("assemble, read back, compare", || Ok(prepared.complete(&issuer, &signature)?))?;
    Ok(())
}

/// The middle of the measurements: a neighbour on the machine disturbs some of them, not most.
fn median(mut values: Vec<f64>) -> Result<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().context("nothing was measured")
}
