//! Clients that ask again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::connection::{Connection, Target};
use super::door::Door;
use crate::bench::proc_facts::Spent;
use crate::bench::stopwatch::Stopwatch;

/// How to ask.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    /// Clients, each with one connection.
    pub(super) clients: usize,
    /// For how long.
    pub(super) time: Duration,
    /// Requests per second of all clients together; `None`: each asks again as soon as it has its answer.
    pub(super) rate: Option<f64>,
    /// How many answers end it before the time does; then the time does not count.
    pub(super) count: Option<u64>,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// Certificates that were issued.
    pub(super) done: u64,
    /// Answers that were none, and connections that broke.
    pub(super) refused: u64,
    /// Processor time of the server for each certificate, in microseconds.
    pub(super) server_us: f64,
    /// Processor time of the load generator for each, in microseconds.
    pub(super) generator_us: f64,
}

/// What the clients share.
struct Shared {
    next: AtomicU64,
    stop: AtomicBool,
    refused: AtomicU64,
    start: Stopwatch,
}

/// Ask as planned, once every client is connected. A paced client that is late asks at once, and its latency counts from
/// when it should have asked.
pub(super) async fn run(target: &Target, door: &Arc<Door>, plan: &Plan) -> Result<Load> {
    check(target, door).await?;
    let mut connections = Vec::with_capacity(plan.clients);
    for _ in 0..plan.clients {
        connections.push(Connection::open(target, None).await?);
    }
    let before = Spent::so_far(target.process)?;
    let shared = Arc::new(Shared {
        next: AtomicU64::new(START.fetch_add(1 << 32, Ordering::Relaxed)),
        stop: AtomicBool::new(false),
        refused: AtomicU64::new(0),
        start: Stopwatch::start(),
    });
    let first = shared.next.load(Ordering::Relaxed);
    let clients = connections.into_iter().enumerate().map(|(index, connection)| {
        let pace = Pace::new(plan, index)?;
        let last = plan.count.map(|count| first + count);
        let client = Client {
            target: target.clone(),
            door: Arc::clone(door),
            pace,
            last,
            shared: Arc::clone(&shared),
        };
        Ok(tokio::spawn(client.run(connection)))
    });
    let clients = clients.collect::<Result<Vec<_>>>()?;
    if plan.count.is_none() {
        tokio::time::sleep(plan.time).await;
        shared.stop.store(true, Ordering::Relaxed);
    }
    let mut latencies = Vec::new();
    for client in clients {
        latencies.extend(client.await.context("a client fell")??);
    }
    let seconds = shared.start.elapsed().as_secs_f64();
    let done = u64::try_from(latencies.len())?;
    let (server_us, generator_us) = Spent::so_far(target.process)?.since(&before, done)?;
    latencies.sort_unstable();
    let refused = shared.refused.load(Ordering::Relaxed);
    if refused > done / 100 + 5 {
        bail!("{refused} requests were refused, {done} were not: this measures refusals");
    }
    Ok(Load {
        per_s: f64::from(u32::try_from(done)?) / seconds,
        p50_ms: quantile(&latencies, 50),
        p99_ms: quantile(&latencies, 99),
        done,
        refused,
        server_us,
        generator_us,
    })
}

/// Numbers of requests never repeat between loads.
static START: AtomicU64 = AtomicU64::new(0);

/// One request beforehand, so that a server that refuses is seen with its reason.
async fn check(target: &Target, door: &Door) -> Result<()> {
    let mut connection = Connection::open(target, None).await?;
    let mut wire = Vec::new();
    door.write(START.fetch_add(1, Ordering::Relaxed), &mut wire)?;
    match connection.exchange(&wire).await? {
        200 | 201 => Ok(()),
        status => bail!("the server answers {status}: {}", connection.last_answer()),
    }
}

/// One client.
struct Client {
    target: Target,
    door: Arc<Door>,
    pace: Option<Pace>,
    /// The first number that is one too many.
    last: Option<u64>,
    shared: Arc<Shared>,
}

impl Client {
    async fn run(self, mut connection: Connection) -> Result<Vec<Duration>> {
        let Self { target, door, pace, last, shared } = self;
        let mut latencies = Vec::with_capacity(16 * 1024);
        let mut wire = Vec::with_capacity(4 * 1024);
        for turn in 0_u32.. {
            let number = shared.next.fetch_add(1, Ordering::Relaxed);
            if last.is_some_and(|last| number >= last) || shared.stop.load(Ordering::Relaxed) {
                break;
            }
            door.write(number, &mut wire)?;
            let due = match &pace {
                Some(pace) => {
                    let due = pace.due(turn);
                    tokio::time::sleep(due.saturating_sub(shared.start.elapsed())).await;
                    due
                }
                None => shared.start.elapsed(),
            };
            match connection.exchange(&wire).await {
                Ok(200 | 201) => latencies.push(shared.start.elapsed().saturating_sub(due)),
                Ok(_) => {
                    shared.refused.fetch_add(1, Ordering::Relaxed);
                }
                Err(_) => {
                    shared.refused.fetch_add(1, Ordering::Relaxed);
                    connection = Connection::open(&target, None).await?;
                }
            }
        }
        Ok(latencies)
    }
}

/// When a client asks.
struct Pace {
    offset: Duration,
    interval: Duration,
}

impl Pace {
    fn new(plan: &Plan, index: usize) -> Result<Option<Self>> {
        let Some(rate) = plan.rate else { return Ok(None) };
        let clients = f64::from(u32::try_from(plan.clients)?);
        let interval = Duration::try_from_secs_f64(clients / rate.max(1.0))?;
        let part = f64::from(u32::try_from(index)?) / clients;
        Ok(Some(Self { offset: interval.mul_f64(part), interval }))
    }

    fn due(&self, turn: u32) -> Duration {
        self.offset + self.interval * turn
    }
}

/// In milliseconds, of sorted latencies.
pub(in crate::bench) fn quantile(sorted: &[Duration], percent: usize) -> f64 {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_a_hundred() {
        let latencies: Vec<_> = (0..100).map(Duration::from_millis).collect();
        assert!((quantile(&latencies, 50) - 50.0).abs() < 1e-9);
        assert!((quantile(&latencies, 99) - 99.0).abs() < 1e-9);
        assert!(quantile(&[], 99).abs() < 1e-9);
    }

    #[test]
    fn clients_are_spread_over_the_interval() {
        let plan = Plan { clients: 4, time: Duration::ZERO, rate: Some(4.0), count: None };
        let due = |index, turn| Pace::new(&plan, index).unwrap().unwrap().due(turn).as_secs_f64();
        assert!((due(0, 0) - 0.0).abs() < 1e-6 && (due(1, 0) - 0.25).abs() < 1e-6);
        assert!((due(1, 2) - 2.25).abs() < 1e-6);
    }
}
