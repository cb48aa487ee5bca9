//! Certificates per second with so many requests in flight, from CSR bytes to the durable record.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use super::floor;
use super::result::Flight;
use super::world::{Requests, World, issue_request, verified};
use crate::bench::proc_facts::processor_time;
use crate::bench::stopwatch::Stopwatch;

/// Measures the floor, then us, then the floor again.
pub(super) fn measure(
    world: &World,
    requests: &Requests,
    in_flight: usize,
    time: Duration,
) -> Result<Flight> {
    let before = floor::per_second(time / 3)?;
    let worked = processor_time()?;
    let stopwatch = Stopwatch::start();
    let mut latencies = issue_for(world, requests, in_flight, time)?;
    let elapsed = stopwatch.elapsed();
    let worked = processor_time()?.saturating_sub(worked);
    let after = floor::per_second(time / 3)?;
    latencies.sort_unstable();
    let count = u32::try_from(latencies.len()).context("too many")?;
    let at = |part: usize| latencies.get(latencies.len() * part / 100).copied().unwrap_or_default();
    Ok(Flight {
        per_s: f64::from(count) / elapsed.as_secs_f64(),
        floor_per_s: f64::midpoint(before, after),
        p50_ms: at(50).as_secs_f64() * 1e3,
        p99_ms: at(99).as_secs_f64() * 1e3,
        processor_us: worked.as_secs_f64() * 1e6 / f64::from(count.max(1)),
    })
}

/// So many tasks that ask, wait for the answer, and ask again.
fn issue_for(world: &World, requests: &Requests, in_flight: usize, time: Duration) -> Result<Vec<Duration>> {
    // Tasks own what they use, so each takes its bytes along before it starts.
    let batches = batches(requests, in_flight);
    let stopwatch = Stopwatch::start();
    world.runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for batch in batches {
            let authority = Arc::clone(&world.authority);
            tasks.spawn(async move {
                let mut latencies = Vec::new();
                for der in batch.iter().cycle() {
                    if stopwatch.elapsed() >= time {
                        break;
                    }
                    let start = Stopwatch::start();
                    authority.issue(issue_request(verified(der)?)).await?;
                    latencies.push(start.elapsed());
                }
                anyhow::Ok(latencies)
            });
        }
        let mut all = Vec::new();
        while let Some(done) = tasks.join_next().await {
            all.extend(done.context("a task fell")??);
        }
        Ok(all)
    })
}

/// The requests of each task.
fn batches(requests: &Requests, in_flight: usize) -> Vec<Vec<Vec<u8>>> {
    let each = (requests.len() / in_flight.max(1)).clamp(1, 2_000);
    (0..in_flight).map(|_| (0..each).map(|_| requests.next().to_vec()).collect()).collect()
}
