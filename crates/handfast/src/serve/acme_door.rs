//! ACME: the registrations of the file, their worker, and what keeps their records tidy.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hf_ca::registration::{Registrations, Setup, Worker};
use hf_core::causes::with_causes;
use hf_core::time::{Clock, Lifetime, Timestamp};
use hf_http::acme::door::Door;
use hf_http::server::Wording;
use hf_http::state::Doors;
use ipnet::IpNet;
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior};

use super::sockets::{Bound, Kind, Socket};
use crate::config::acme;
use crate::domain::Domain;
use crate::error::CommandError;

/// How often orders that somebody left are looked for.
const RECOVER: Duration = Duration::from_mins(1);

/// How often what is over is removed.
const SWEEP: Duration = Duration::from_hours(1);

/// The door and what stands behind it.
pub(super) struct AcmeDoor {
    pub(super) door: Arc<Door>,
    registrations: Arc<Registrations>,
    /// The port of the first HTTPS listener, as bound.
    port: Option<u16>,
    worker: Option<Worker>,
    /// When the doors opened: what is under way since before was left by a process that ended.
    opened: Timestamp,
}

impl AcmeDoor {
    /// Of the sections of the file, with these sockets.
    pub(super) fn open(
        domain: &Domain,
        doors: &Doors,
        sockets: &[Bound],
        exempt: Vec<IpNet>,
    ) -> Result<Self, CommandError> {
        let (authority, clock) = (Arc::clone(&doors.authority), Arc::clone(&doors.clock));
        let observer = Arc::clone(&doors.metrics);
        let (registrations, worker) =
            Registrations::new(authority, clock, Arc::clone(&doors.random), observer);
        let door =
            Door::new(Arc::clone(&registrations), Arc::clone(&doors.metrics), exempt, doors.random.as_ref());
        let door = door.map_err(|error| CommandError::fault("ACME cannot be served").because(error))?;
        let port = sockets.iter().find_map(port);
        let opened = doors.clock.now();
        let it = Self { door: Arc::new(door), registrations, port, worker: Some(worker), opened };
        it.replace(it.read(domain)?, domain);
        Ok(it)
    }

    /// What a file says; nothing is changed yet.
    pub(super) fn read(&self, domain: &Domain) -> Result<Vec<(String, Setup)>, CommandError> {
        acme::setups(domain, self.port)
    }

    /// What that file said is in force from now on.
    pub(super) fn replace(&self, setups: Vec<(String, Setup)>, domain: &Domain) {
        for (authority, setup) in &setups {
            tracing::info!(authority, directory = setup.urls.directory(), "ACME");
        }
        let default = domain.topology.acme.iter().find(|acme| acme.default);
        self.registrations.replace(setups, default.map(|acme| acme.authority.clone()));
    }

    /// How the listener words what it turns away.
    pub(super) fn wording(&self, others: Wording) -> Wording {
        hf_http::acme::wording(Arc::clone(&self.door), others)
    }

    /// Start the worker, what brings orders to an end that a process left, and what keeps the records tidy.
    pub(super) fn start(&mut self, doors: &Doors, tasks: &mut JoinSet<()>) {
        if let Some(worker) = self.worker.take() {
            tasks.spawn(worker.run());
        }
        tasks.spawn(recover(Arc::clone(&doors.clock), Arc::clone(&self.registrations), self.opened));
        tasks.spawn(sweep(doors.clone()));
    }
}

fn port(bound: &Bound) -> Option<u16> {
    match (&bound.socket, bound.kind) {
        (Socket::Tcp(socket), Kind::Api) => socket.local_addr().ok().as_ref().map(SocketAddr::port),
        (Socket::Tcp(_) | Socket::Unix(..), _) => None,
    }
}

/// Bring orders to an end that somebody left: at once those of before the start, later those that nobody works on. It may
/// take long where name servers are asked and do not answer, so nothing waits for it.
async fn recover(clock: Arc<dyn Clock>, registrations: Arc<Registrations>, opened: Timestamp) {
    let mut round = interval(RECOVER);
    // Times are whole seconds: an order may have been left in the second of the start.
    let mut first = Some(opened.plus(Lifetime::from_seconds(1)));
    loop {
        round.tick().await;
        let before = first.take().unwrap_or_else(|| clock.now().minus(Registrations::GRACE));
        if let Err(error) = registrations.recover(before).await {
            tracing::error!(error = with_causes(&error), "ACME orders under way cannot be looked for");
        }
    }
}

/// Remove what is long over.
async fn sweep(doors: Doors) {
    let mut round = interval(SWEEP);
    loop {
        round.tick().await;
        let store = doors.authority.store();
        match hf_ca::registration::sweep(store.as_ref(), doors.clock.now()).await {
            Ok(swept) if !swept.is_empty() => {
                tracing::info!(orders = swept.orders, authorizations = swept.authorizations, "ACME swept");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "ACME records cannot be swept"),
        }
    }
}

/// Rounds that do not make up for those that were missed.
fn interval(every: Duration) -> Interval {
    let mut interval = tokio::time::interval(every);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
