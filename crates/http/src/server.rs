//! Listeners: connections and requests within limits, each with a name in the log, until they are told to drain.
//!
//! HTTP/1.1 and, over TLS where the peer agrees by ALPN, HTTP/2. What comes in is judged in one place, `request.rs`.

mod connection;
mod health;
mod listener;
mod record;
mod refusal;
mod registry;
mod request;
mod stall;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hf_core::random::{Random, RandomUnavailable};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::limits::Limits;
use crate::limits::addresses::AddressLimiter;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::traces::TraceContext;

pub use axum::Router;
pub use listener::{Listener, LookUp, Remembered};
pub use refusal::{Refusal, TurnedAway, Wording, problem};

use record::RequestIds;
use registry::Registry;

/// Where a listener listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAddress {
    /// On TCP.
    Tcp(SocketAddr),
    /// On a UNIX socket; without a path when it was handed over without one.
    Unix(Option<PathBuf>),
}

/// Listeners that accept connections. Dropping it ends them at once; [`Server::shutdown`] lets them finish.
pub struct Server {
    addresses: Vec<ListenAddress>,
    stop: watch::Sender<Stop>,
    listeners: JoinSet<()>,
    registry: Arc<Registry>,
}

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Go on.
    No,
    /// Take no more requests, finish those that are under way.
    Drain,
    /// End at once.
    Now,
}

/// What all listeners of a server share.
pub(crate) struct Shared {
    limits: Limits,
    metrics: Arc<Metrics>,
    registry: Arc<Registry>,
    addresses: AddressLimiter,
    ids: RequestIds,
    writers: Semaphore,
    readers: Semaphore,
    bodies: Arc<Semaphore>,
    traces: Option<Arc<dyn TraceContext>>,
}

impl Server {
    /// Accept connections on each listener and let its router answer. Needs a runtime of tokio. With `traces`, the span of
    /// each request says all about it and joins the trace of its caller; without, it only names the request in the log.
    ///
    /// # Errors
    /// When there is no randomness for the names of requests.
    pub fn start(
        listeners: Vec<(Listener, Router)>,
        limits: Limits,
        metrics: Arc<Metrics>,
        traces: Option<Arc<dyn TraceContext>>,
        random: &dyn Random,
    ) -> Result<Self, RandomUnavailable> {
        let registry = Arc::new(Registry::new(limits.connections, limits.connections_per_address));
        let shared = Arc::new(Shared {
            addresses: AddressLimiter::new(limits.per_address, limits.exempt.clone()),
            ids: RequestIds::new(random)?,
            writers: Semaphore::new(limits.writers),
            readers: Semaphore::new(limits.readers),
            bodies: Arc::new(Semaphore::new(limits.bodies_in_all)),
            registry: Arc::clone(&registry),
            limits,
            metrics,
            traces,
        });
        let (stop, stopped) = watch::channel(Stop::No);
        let addresses = listeners.iter().map(|(listener, _)| listener.address().clone()).collect();
        let mut tasks = JoinSet::new();
        for (listener, router) in listeners {
            tasks.spawn(listener.run(request::with_route(router), Arc::clone(&shared), stopped.clone()));
        }
        Ok(Self { addresses, stop, listeners: tasks, registry })
    }

    /// Where it listens, in the order of the listeners; the port is the real one.
    pub fn addresses(&self) -> &[ListenAddress] {
        &self.addresses
    }

    /// Accept no more connections, finish the requests that are under way, and after `deadline` end what is left.
    /// Returns how many connections were ended so.
    pub async fn shutdown(mut self, deadline: Duration) -> usize {
        self.stop.send_replace(Stop::Drain);
        let finished = async { while self.listeners.join_next().await.is_some() {} };
        if tokio::time::timeout(deadline, finished).await.is_ok() {
            return 0;
        }
        let left = self.registry.open();
        self.stop.send_replace(Stop::Now);
        while self.listeners.join_next().await.is_some() {}
        left
    }
}
