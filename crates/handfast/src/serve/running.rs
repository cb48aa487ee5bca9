//! A server that runs: listeners, tasks, and what is shared between them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hf_ca::authority::Authority;
use hf_ca::ocsp::Responder;
use hf_ca::published::CrlCache;
use hf_core::finding::Finding;
use hf_core::time::Clock;
use hf_http::access::{Access, Owner};
use hf_http::cfssl::door::DoorHandle;
use hf_http::limits::credentials::CredentialLimiter;
use hf_http::server::{ListenAddress, Server};
use hf_http::state::Doors;
use hf_http::telemetry::metrics::Metrics;
use hf_http::telemetry::traces::TraceContext;
use hf_identity::server::{ClientAuth, ServerTls};
use hf_keys::random::SystemRandom;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::acme_door::AcmeDoor;
use super::cfssl_door::{CfsslDoor, Lasting};
use super::key_fetcher::HttpFetcher;
use super::local::LocalSocket;
use super::mirror::Mirror;
use super::own_certificate::{self, Wish};
use super::publish::{Publisher, Schedule};
use super::reload::{FileWatch, Reload};
use super::sockets::Bound;
use super::{fallen, limits, listen, responders, retention, systemd};
use crate::config::access;
use crate::domain::Domain;
use crate::error::CommandError;
use crate::system;

/// How often the server looks whether its own certificate is due.
const LOOK: Duration = Duration::from_secs(30);

/// What a server is made of.
pub(super) struct Parts {
    pub(super) domain: Domain,
    pub(super) authority: Arc<Authority>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) sockets: Vec<Bound>,
    pub(super) cfssl: Option<CfsslDoor>,
    pub(super) findings: Vec<Finding>,
    /// What joins requests to the traces of their callers, when traces are collected.
    pub(super) traces: Option<Arc<dyn TraceContext>>,
}

/// A server that runs.
pub(super) struct Running {
    server: Server,
    doors: Doors,
    acme: AcmeDoor,
    cfssl: Option<Cfssl>,
    domain: watch::Sender<Arc<Domain>>,
    tasks: JoinSet<()>,
}

impl Running {
    /// Get the certificate, open the doors, start the tasks.
    pub(super) async fn start(parts: Parts) -> Result<Self, CommandError> {
        for finding in &parts.findings {
            tracing::warn!(code = %finding.code, about = finding.about, "{}", finding.summary);
        }
        let random = Arc::new(SystemRandom);
        let limits = limits::from(&parts.domain.topology.server.limits);
        let metrics = Metrics::new();
        let lasting =
            Lasting { metrics: metrics.for_cfssl(), workers: Arc::new(Semaphore::new(limits.writers)) };
        let responder = Responder::new(Arc::clone(&parts.authority), responders::settings(&parts.domain));
        let metrics = if parts.cfssl.is_some() { metrics.with_cfssl(&lasting.metrics) } else { metrics };
        let doors = Doors {
            responder: Arc::new(responder),
            authority: parts.authority,
            clock: Arc::clone(&parts.clock),
            random: random.clone(),
            metrics: Arc::new(metrics),
            access: Arc::new(access(&parts.domain, &parts.clock)?),
            credentials: Arc::new(CredentialLimiter::new(limits.per_credential)),
            crls: Arc::new(CrlCache::default()),
        };
        let (credential, _) = Wish::of(&parts.domain).credential(&doors.authority, doors.clock.now()).await?;
        let clients = ClientAuth::Optional(own_certificate::roots(&doors.authority));
        let tls = ServerTls::new(credential, clients, Arc::clone(&doors.clock))
            .map_err(|error| CommandError::fault("the server cannot speak TLS").because(error))?;
        let tls = Arc::new(tls);
        let mut publisher = Publisher::new(doors.clone(), Mirror::of(&parts.domain.state()));
        publisher.run_once(schedule(&parts.domain)).await;
        responders::appoint(&doors, &parts.domain).await;
        let cfssl = parts.cfssl.map(|declared| Cfssl::open(declared, &doors, lasting)).transpose()?;
        let mut acme = AcmeDoor::open(&parts.domain, &doors, &parts.sockets, limits.exempt.clone())?;
        let mut listeners = Vec::new();
        let mut kinds = Vec::new();
        for bound in parts.sockets {
            let kind = bound.kind;
            let router = listen::router(kind, &doors, &acme, cfssl.as_ref().map(|cfssl| &cfssl.handle));
            listeners.push((listen::listener(bound, &tls, &doors, &acme)?, router));
            kinds.push(kind);
        }
        let metrics = Arc::clone(&doors.metrics);
        let server = Server::start(listeners, limits, metrics, parts.traces, random.as_ref())
            .map_err(|error| CommandError::fault("the server cannot name requests").because(error))?;
        for (kind, address) in kinds.iter().zip(server.addresses()) {
            tracing::info!(listener = kind.name(), address = %Shown(address), "listening");
        }
        let local = LocalSocket::bind(&parts.domain)?;
        let (domain, watched) = watch::channel(Arc::new(parts.domain));
        let mut tasks = JoinSet::new();
        tasks.spawn(local.run(Arc::clone(&doors.authority)));
        let schedules = watched.clone();
        tasks.spawn(publisher.run(move || schedule(&schedules.borrow())));
        tasks.spawn(responders::keep(doors.clone(), watched.clone()));
        tasks.spawn(responders::sign_ahead(doors.clone()));
        tasks.spawn(fallen::watch(doors.clone()));
        tasks.spawn(retention::keep(doors.clone(), watched.clone()));
        tasks.spawn(keep_certificate(doors.clone(), tls, watched));
        acme.start(&doors, &mut tasks);
        Ok(Self { server, doors, acme, cfssl, domain, tasks })
    }

    /// Serve until SIGINT or SIGTERM comes; read the file again on SIGHUP and when it changes.
    pub(super) async fn until_stopped(mut self) -> Result<(), CommandError> {
        let (mut end, mut interrupt, mut again) = (
            listen_to(SignalKind::terminate())?,
            listen_to(SignalKind::interrupt())?,
            listen_to(SignalKind::hangup())?,
        );
        let mut watch = FileWatch::start(self.files());
        systemd::ready("serving");
        tracing::info!("ready");
        loop {
            tokio::select! {
                _ = end.recv() => break,
                _ = interrupt.recv() => break,
                _ = again.recv() => {
                    watch.note();
                    self.reload().await;
                    watch.follow(self.files());
                }
                () = watch.changed() => {
                    self.reload().await;
                    watch.follow(self.files());
                }
            }
        }
        systemd::stopping();
        let drain = limits::duration(self.domain.borrow().topology.server.drain);
        tracing::info!(seconds = drain.as_secs(), "stopping: finishing what is under way");
        self.tasks.abort_all();
        let left = tokio::select! {
            left = self.server.shutdown(drain) => left,
            // Asked twice, it ends at once.
            _ = end.recv() => 0,
            _ = interrupt.recv() => 0,
        };
        if left > 0 {
            tracing::warn!(
                connections = left,
                "ended with requests under way: the time to finish them was over"
            );
        }
        self.doors.authority.store().flush().await?;
        tracing::info!("stopped");
        Ok(())
    }

    /// The files whose changes take effect.
    fn files(&self) -> Vec<PathBuf> {
        let own = std::iter::once(self.domain.borrow().file.clone());
        own.chain(self.cfssl.iter().flat_map(|cfssl| cfssl.declared.files().to_vec())).collect()
    }

    async fn reload(&mut self) {
        systemd::reloading();
        let before = Arc::clone(&self.domain.borrow());
        match Reload::read(&before.file) {
            Ok(reload) => match reload.apply(&before, &self.doors, &self.acme, self.cfssl.as_mut()).await {
                Ok(domain) => {
                    self.domain.send_replace(Arc::new(domain));
                    systemd::ready("serving");
                }
                Err(error) => report(&error),
            },
            Err(error) => report(&error),
        }
    }
}

/// The endpoints of CFSSL that are served.
pub(super) struct Cfssl {
    /// What the file says of them.
    pub(super) declared: CfsslDoor,
    /// What is in force.
    pub(super) handle: DoorHandle,
    /// What stays when it changes.
    pub(super) lasting: Lasting,
}

impl Cfssl {
    fn open(declared: CfsslDoor, doors: &Doors, lasting: Lasting) -> Result<Self, CommandError> {
        let handle = DoorHandle::new(declared.open(doors, &lasting)?);
        Ok(Self { declared, handle, lasting })
    }
}

/// What the file says; and whoever runs the server may do everything over its UNIX socket.
fn access(domain: &Domain, clock: &Arc<dyn Clock>) -> Result<Access, CommandError> {
    let owner = Owner { uid: rustix::process::geteuid().as_raw(), principal: system::operator() };
    let fetcher = HttpFetcher::new(Arc::clone(clock));
    Ok(Access::new(access::rules(&domain.topology)?, Some(owner), Some(Arc::new(fetcher))))
}

fn report(error: &CommandError) {
    for finding in error.found() {
        tracing::error!(code = %finding.code, about = finding.about, "{}", finding.summary);
    }
    tracing::error!(
        causes = error.causes().join(": "),
        "{}; the server goes on with what it had",
        error.message()
    );
    systemd::ready("serving; the file has faults, the one before it is in force");
}

fn listen_to(kind: SignalKind) -> Result<Signal, CommandError> {
    signal(kind).map_err(|error| CommandError::fault("cannot listen to signals").because(error))
}

fn schedule(domain: &Domain) -> Schedule {
    let server = &domain.topology.server;
    Schedule { every: server.crl_every, lifetime: server.crl_lifetime }
}

/// Renew the server's own certificate in time and after a change of the file; trust the roots as they are now.
async fn keep_certificate(doors: Doors, tls: Arc<ServerTls>, mut domain: watch::Receiver<Arc<Domain>>) {
    let mut asked = own_certificate::roots(&doors.authority);
    loop {
        tokio::select! {
            changed = domain.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(LOOK) => {}
        }
        let wish = Wish::of(&domain.borrow_and_update());
        match wish.credential(&doors.authority, doors.clock.now()).await {
            Ok((credential, true)) => match tls.replace(credential) {
                Ok(()) => tracing::info!("the server has a new certificate"),
                Err(error) => tracing::error!(%error, "the new certificate cannot be used"),
            },
            Ok((_, false)) => {}
            Err(error) => tracing::error!(
                causes = error.causes().join(": "),
                "{}; the server goes on with the one that it has",
                error.message()
            ),
        }
        let roots = own_certificate::roots(&doors.authority);
        if roots != asked && tls.ask(ClientAuth::Optional(roots.clone())).is_ok() {
            asked = roots;
        }
    }
}

/// An address as one writes it in the file.
struct Shown<'a>(&'a ListenAddress);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            ListenAddress::Tcp(address) => write!(f, "{address}"),
            ListenAddress::Unix(Some(path)) => write!(f, "unix:{}", path.display()),
            ListenAddress::Unix(None) => f.write_str("unix"),
        }
    }
}
