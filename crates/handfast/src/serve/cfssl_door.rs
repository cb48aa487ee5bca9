//! The endpoints of CFSSL over an authority of the trust domain: `[server.cfssl]`.

use std::sync::Arc;

use hf_ca::profile::Profile;
use hf_cfssl::machine::{Machine, State};
use hf_cfssl::policy::Policy;
use hf_cfssl::signer::LocalSigner;
use hf_cfssl::universal::UniversalSigner;
use hf_client::cfssl::CfsslClient;
use hf_core::principal::Principal;
use hf_http::cfssl::caller::Proofs;
use hf_http::cfssl::door::{Door, Label, Labels};
use hf_http::cfssl::metrics::Metrics;
use hf_http::cfssl::openings::Openings;
use hf_http::state::Doors;
use hf_identity::client::ClientTls;
use hf_proto::cfssl::code::CfsslError;
use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::value_prefix::ValueSource;
use hf_topology::declared::Topology;
use tokio::sync::Semaphore;

use crate::config::published::Published;
use crate::domain::Domain;
use crate::error::CommandError;
use crate::{files, remote};

/// Octets of a policy file at most.
const MAX_FILE: usize = 1024 * 1024;

/// What the file declares of the endpoints, read and checked before anything is opened.
pub(super) struct CfsslDoor {
    authority: String,
    policy: Arc<Policy>,
    openings: Openings,
    metrics: Metrics,
}

impl CfsslDoor {
    /// What `[server.cfssl]` says; `None` without it.
    pub(super) fn read(domain: &Domain) -> Result<Option<Self>, CommandError> {
        let Some(declared) = &domain.topology.server.cfssl else { return Ok(None) };
        let mut config = match &declared.config {
            Some(file) => load(domain, file)?,
            None => Config::standard(),
        };
        published(&mut config, &domain.topology, &declared.label);
        let policy = Policy::compile(config, &declared.label).map_err(|error| {
            CommandError::refused("the policy of `[server.cfssl]` cannot be used").because(error)
        })?;
        let openings = Openings::parse(&declared.enable.join(","), "").map_err(|error| {
            CommandError::refused("`enable` of `[server.cfssl]` names an endpoint that does not exist")
                .because(error)
        })?;
        Ok(Some(Self {
            authority: declared.label.clone(),
            policy: Arc::new(policy),
            openings,
            metrics: Metrics::default(),
        }))
    }

    /// The profiles that the authority must have.
    pub(super) fn profiles(&self) -> Vec<Profile> {
        self.policy.profiles()
    }

    /// What the door counts.
    pub(super) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The door, beside the others of the process.
    pub(super) fn open(&self, doors: &Doors, workers: usize) -> Result<Arc<Door>, CommandError> {
        let authority = Arc::clone(&doors.authority);
        let local = LocalSigner::new(authority, &self.authority, Arc::clone(&self.policy));
        let connect = |addresses: &str| connect(doors, addresses);
        let signer =
            UniversalSigner::new(Arc::clone(&self.policy), Some(local), &connect).map_err(|error| {
                CommandError::refused("a remote of the policy of `[server.cfssl]` cannot be used")
                    .because(error)
            })?;
        let label = Label::new(self.authority.clone(), signer, Arc::clone(&self.policy));
        Ok(Arc::new(Door {
            labels: Labels::single(label),
            openings: self.openings.clone(),
            proofs: Proofs::Access {
                access: Arc::clone(&doors.access),
                store: Arc::clone(doors.authority.store()),
            },
            metrics: self.metrics.clone(),
            credentials: Arc::clone(&doors.credentials),
            records: None,
            crl: None,
            responder: None,
            bundler: None,
            machine: Machine {
                clock: Arc::clone(&doors.clock),
                random: Arc::clone(&doors.random),
                operator: Principal::Server,
                state: State::Temporary(std::env::temp_dir()),
            },
            workers: Arc::new(Semaphore::new(workers)),
        }))
    }
}

/// A client for the remotes of a profile; behind `https://` it trusts what the system trusts.
fn connect(doors: &Doors, addresses: &str) -> Result<CfsslClient, CfsslError> {
    let failed = |message: String| CfsslError { code: 0, message };
    let clock = || Arc::clone(&doors.clock);
    let tls = if addresses.contains("https:") {
        let roots = remote::system_roots().map_err(|error| failed(error.message().to_owned()))?;
        let tls = ClientTls::new(&roots, None, &[], clock()).map_err(|error| failed(error.to_string()))?;
        Some(Arc::new(tls))
    } else {
        None
    };
    CfsslClient::new(addresses, tls, clock(), Arc::clone(&doors.random))
}

fn load(domain: &Domain, file: &str) -> Result<Config, CommandError> {
    let octets = files::octets(&domain.base.join(file), MAX_FILE)?;
    let resolve = |source: &ValueSource| match source {
        ValueSource::Environment(name) => Ok(crate::env::named(name).unwrap_or_default()),
        ValueSource::File(path) => {
            std::fs::read_to_string(domain.base.join(path)).map_err(|error| error.to_string())
        }
    };
    let config = Config::read(&octets, &resolve)
        .map_err(|error| CommandError::refused(format!("`{file}` is no policy of CFSSL")).because(error))?;
    for warning in &config.warnings {
        tracing::warn!(file, "{warning}");
    }
    Ok(config)
}

/// Profiles that say nothing of revocation point to where this domain publishes.
fn published(config: &mut Config, topology: &Topology, authority: &str) {
    let Some(published) = Published::of(topology) else { return };
    let of = |template: &str| template.replace("{authority}", authority);
    for profile in std::iter::once(&mut config.signing.default).chain(config.signing.profiles.values_mut()) {
        if profile.crl_url.is_empty() {
            profile.crl_url = of(&published.crl);
        }
        if profile.issuer_urls.is_empty() {
            profile.issuer_urls.push(of(&published.ca_issuers));
        }
        if profile.ocsp_url.is_empty() {
            profile.ocsp_url = of(&published.ocsp);
        }
    }
}
