//! Accounts that order again and again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hf_core::algorithm::KeyAlgorithm;
use hf_keys::private_key::PrivateKey;

use super::jws::AccountKey;
use super::order::{Times, complete};
use super::program::Server;
use super::responder::{Responder, name};
use super::session::Session;
use crate::bench::proc_facts::Spent;
use crate::bench::serve::load::quantile;
use crate::bench::stopwatch::Stopwatch;

/// Which names are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// A new one each time.
    New,
    /// Always the same, which was proved beforehand.
    Proved,
}

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::New => "new names by http-01",
            Self::Proved => "a name that was proved before",
        })
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) per_s: f64,
    /// Of whole orders, in milliseconds.
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    /// From finalizing until the certificate is there.
    pub(super) finalize_p50_ms: f64,
    pub(super) finalize_p99_ms: f64,
    pub(super) refused: u64,
    /// Processor time of the server for each order, in microseconds.
    pub(super) server_us: f64,
    /// Processor time of the load generator for each, in microseconds: it signs the requests and answers the challenges.
    pub(super) generator_us: f64,
}

/// What the accounts share.
struct Shared {
    names: Names,
    next: AtomicU64,
    stop: AtomicBool,
    refused: AtomicU64,
}

/// Make accounts, and have all of them order for so long. Each makes one order beforehand, so that a server that refuses
/// is seen with its reason, and a name that is to be proved is.
pub(super) async fn run(
    server: &Server,
    responder: &Arc<Responder>,
    names: Names,
    accounts: usize,
    time: Duration,
) -> Result<Load> {
    let shared = Arc::new(Shared {
        names,
        next: AtomicU64::new(1),
        stop: AtomicBool::new(false),
        refused: AtomicU64::new(0),
    });
    let mut clients = Vec::with_capacity(accounts);
    for number in 0..accounts {
        clients.push(Client::open(server, responder, number).await?);
    }
    let before = Spent::so_far(server.target.process)?;
    let watch = Stopwatch::start();
    let tasks: Vec<_> =
        clients.into_iter().map(|client| tokio::spawn(client.order(Arc::clone(&shared)))).collect();
    tokio::time::sleep(time).await;
    shared.stop.store(true, Ordering::Relaxed);
    let (mut orders, mut finalized) = (Vec::new(), Vec::new());
    for task in tasks {
        for Times { order, finalize } in task.await.context("a client fell")?? {
            orders.push(order);
            finalized.push(finalize);
        }
    }
    let seconds = watch.elapsed().as_secs_f64();
    let spent = Spent::so_far(server.target.process)?;
    let (server_us, generator_us) = spent.since(&before, u64::try_from(orders.len())?)?;
    orders.sort_unstable();
    finalized.sort_unstable();
    let refused = shared.refused.load(Ordering::Relaxed);
    if refused > u64::try_from(orders.len() / 100 + 5)? {
        bail!("{refused} orders failed, {} did not: this measures failures", orders.len());
    }
    Ok(Load {
        per_s: f64::from(u32::try_from(orders.len())?) / seconds,
        p50_ms: quantile(&orders, 50),
        p99_ms: quantile(&orders, 99),
        finalize_p50_ms: quantile(&finalized, 50),
        finalize_p99_ms: quantile(&finalized, 99),
        refused,
        server_us,
        generator_us,
    })
}

/// One account.
struct Client {
    session: Session,
    key: PrivateKey,
    number: usize,
}

impl Client {
    async fn open(server: &Server, responder: &Responder, number: usize) -> Result<Self> {
        let account = AccountKey::generate()?;
        responder.know(number, account.thumbprint());
        let session = Session::open(server, account).await?;
        let mut client = Self { session, key: PrivateKey::generate(KeyAlgorithm::EcdsaP256)?, number };
        complete(&mut client.session, &client.key, &name(number, 0)).await?;
        Ok(client)
    }

    async fn order(mut self, shared: Arc<Shared>) -> Result<Vec<Times>> {
        let mut done = Vec::with_capacity(1024);
        while !shared.stop.load(Ordering::Relaxed) {
            let number = match shared.names {
                Names::New => shared.next.fetch_add(1, Ordering::Relaxed),
                Names::Proved => 0,
            };
            match complete(&mut self.session, &self.key, &name(self.number, number)).await {
                Ok(times) => done.push(times),
                Err(error) => {
                    if shared.refused.fetch_add(1, Ordering::Relaxed) == 0 {
                        crate::report::note(&format!("the first order that failed: {error:#}"));
                    }
                    self.session.reconnect().await?;
                }
            }
        }
        Ok(done)
    }
}
