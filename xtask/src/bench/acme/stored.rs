//! What an order costs the store, with none stored and with many: the cost must not grow.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use hf_store::AcmeOrderStore;
use hf_store::conformance::material::acme::{authorization, order};
use hf_store::conformance::material::serial;
use hf_store::record::{AcmeAuthorizationStatus, AcmeOrderRecord, AcmeOrderStatus, OrderCreation, Swap};
use hf_store::sqlite::{OpenOptions, SqliteStore};

use crate::bench::stopwatch::Stopwatch;
use crate::report;

/// Tasks that write at once.
const TASKS: u64 = 64;

/// Orders per second, from the first write to the last of each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stored {
    pub(super) count: u64,
    pub(super) empty_per_s: f64,
    pub(super) full_per_s: f64,
}

impl Stored {
    /// How many times as long an order takes the store when so many are stored.
    pub(super) fn ratio(self) -> f64 {
        self.empty_per_s / self.full_per_s
    }
}

/// Measure for so long with none stored, then with `count`.
pub(super) async fn measure(directory: &Path, count: u64, time: Duration) -> Result<Stored> {
    let store = SqliteStore::open(&directory.join("orders"), OpenOptions::default())?;
    let world = Arc::new(World { store, next: AtomicU64::new(1) });
    let empty_per_s = lives(&world, time).await?;
    report::note(&format!("until {count} orders are stored"));
    fill(&world, count).await?;
    let full_per_s = lives(&world, time).await?;
    Ok(Stored { count, empty_per_s, full_per_s })
}

struct World {
    store: SqliteStore,
    next: AtomicU64,
}

impl World {
    /// All that is written of an order until its certificate is there.
    async fn live(&self, number: u64) -> Result<()> {
        let store = &self.store;
        let (mut order, mut authorization) = (order(number), authorization(number));
        let made = store.create_order(order.clone(), vec![authorization.clone()]).await?;
        if made != OrderCreation::Created {
            bail!("order {number} is not new");
        }
        authorization.due = Some(order.created_at);
        authorization.revision = done(&store.update_authorization(authorization.clone()).await?)?;
        (authorization.due, authorization.status) = (None, AcmeAuthorizationStatus::Valid);
        done(&store.update_authorization(authorization).await?)?;
        order.status = AcmeOrderStatus::Processing;
        order.revision = done(&store.update_order(order.clone()).await?)?;
        (order.status, order.serial) = (AcmeOrderStatus::Valid, Some(serial(number)));
        done(&store.update_order(order).await?).map(|_| ())
    }

    /// An order as it lies there when it is over.
    async fn put(&self, number: u64) -> Result<()> {
        let mut valid = authorization(number);
        valid.status = AcmeAuthorizationStatus::Valid;
        let over =
            AcmeOrderRecord { status: AcmeOrderStatus::Valid, serial: Some(serial(number)), ..order(number) };
        self.store.create_order(over, vec![valid]).await?;
        Ok(())
    }
}

fn done<T>(swap: &Swap<T>) -> Result<u64> {
    match swap {
        Swap::Done { revision } => Ok(*revision),
        Swap::Stale(_) => bail!("somebody else wrote it"),
    }
}

/// Orders per second.
async fn lives(world: &Arc<World>, time: Duration) -> Result<f64> {
    let watch = Stopwatch::start();
    let first = world.next.load(Ordering::Relaxed);
    let mut tasks = Vec::new();
    for _ in 0..TASKS {
        let world = Arc::clone(world);
        tasks.push(tokio::spawn(async move {
            while watch.elapsed() < time {
                world.live(world.next.fetch_add(1, Ordering::Relaxed)).await?;
            }
            Ok::<_, anyhow::Error>(())
        }));
    }
    for task in tasks {
        task.await.context("a task fell")??;
    }
    let made = world.next.load(Ordering::Relaxed) - first;
    Ok(f64::from(u32::try_from(made)?) / watch.elapsed().as_secs_f64())
}

/// Until there are so many.
async fn fill(world: &Arc<World>, count: u64) -> Result<()> {
    let mut tasks = Vec::new();
    for _ in 0..8 * TASKS {
        let world = Arc::clone(world);
        tasks.push(tokio::spawn(async move {
            loop {
                let number = world.next.fetch_add(1, Ordering::Relaxed);
                if number > count {
                    return Ok::<_, anyhow::Error>(());
                }
                world.put(number).await?;
            }
        }));
    }
    for task in tasks {
        task.await.context("a task fell")??;
    }
    Ok(())
}
