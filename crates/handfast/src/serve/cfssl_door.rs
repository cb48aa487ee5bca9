//! The endpoints of CFSSL over authorities of the trust domain: `[server.cfssl]`.

use std::path::PathBuf;
use std::sync::Arc;

use hf_ca::profile::Profile;
use hf_cfssl::bundle::Bundler;
use hf_cfssl::machine::{Machine, State};
use hf_cfssl::policy::{self, Policy};
use hf_cfssl::signer::LocalSigner;
use hf_cfssl::universal::UniversalSigner;
use hf_client::cfssl::CfsslClient;
use hf_core::principal::Principal;
use hf_http::cfssl::caller::Proofs;
use hf_http::cfssl::door::{BundlerSource, Door, Label, Labels, ListLifetimes};
use hf_http::cfssl::metrics::Metrics;
use hf_http::cfssl::openings::Openings;
use hf_http::state::Doors;
use hf_identity::client::ClientTls;
use hf_proto::cfssl::code::CfsslError;
use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::value_prefix::ValueSource;
use hf_topology::declared::{self, CfsslLabel, Topology};
use hf_x509::certificate::Certificate;
use ipnet::IpNet;
use tokio::sync::Semaphore;

use crate::config::published::Published;
use crate::domain::Domain;
use crate::error::CommandError;
use crate::{files, logs, remote};

/// Octets of a policy file at most.
const MAX_FILE: usize = 1024 * 1024;

/// What the file declares of the endpoints, read and checked before anything is opened.
pub(super) struct CfsslDoor {
    signers: Vec<Signer>,
    /// The label of requests that name none; `None` where one signer answers whatever the label.
    default: Option<String>,
    openings: Openings,
    /// The policy files.
    files: Vec<PathBuf>,
}

/// An authority with a label and a policy.
struct Signer {
    label: String,
    authority: String,
    policy: Arc<Policy>,
    networks: Option<Vec<IpNet>>,
}

/// What a door goes on with when another takes its place.
#[derive(Clone)]
pub(super) struct Lasting {
    /// What is counted.
    pub(super) metrics: Metrics,
    /// Places for work that keeps a processor busy.
    pub(super) workers: Arc<Semaphore>,
}

impl CfsslDoor {
    /// What `[server.cfssl]` says; `None` without it.
    pub(super) fn read(domain: &Domain) -> Result<Option<Self>, CommandError> {
        let Some(declared) = &domain.topology.server.cfssl else { return Ok(None) };
        let openings = Openings::parse(&declared.enable.join(","), &declared.disable.join(","));
        let openings = openings.map_err(|error| {
            CommandError::refused(
                "`enable` or `disable` of `[server.cfssl]` names an endpoint that does not exist",
            )
            .because(error)
        })?;
        let read = |label: &CfsslLabel| signer(domain, declared, label);
        let (signers, default) = if declared.labels.is_empty() {
            let name = declared.label.clone();
            let only = CfsslLabel { authority: name.clone(), name, config: None, networks: None };
            (vec![read(&only)?], None)
        } else {
            let signers = declared.labels.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            (signers, Some(declared.label.clone()))
        };
        let named = declared.config.iter().chain(declared.labels.iter().filter_map(|it| it.config.as_ref()));
        let files = named.map(|file| domain.base.join(file)).collect();
        Ok(Some(Self { signers, default, openings, files }))
    }

    /// The profiles that the authorities must have.
    pub(super) fn profiles(&self) -> Vec<Profile> {
        self.signers.iter().flat_map(|signer| signer.policy.profiles()).collect()
    }

    /// The policy files.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The door, beside the others of the process.
    pub(super) fn open(&self, doors: &Doors, lasting: &Lasting) -> Result<Door, CommandError> {
        let labels = self.signers.iter().map(|signer| signer.open(doors)).collect::<Result<Vec<_>, _>>()?;
        let labels = match &self.default {
            Some(default) => Labels::several(labels, default).map_err(|label| {
                CommandError::refused(format!("`[server.cfssl]` has no label `{label}`"))
                    .hint(format!("add a section `[server.cfssl.labels.{label}]`"))
            })?,
            None => labels.into_iter().next().map_or_else(Labels::none, Labels::single),
        };
        Ok(Door {
            labels,
            openings: self.openings.clone(),
            proofs: Proofs::Access {
                access: Arc::clone(&doors.access),
                store: Arc::clone(doors.authority.store()),
            },
            metrics: lasting.metrics.clone(),
            credentials: Arc::clone(&doors.credentials),
            records: None,
            crl: None,
            // What is shown here is what peers fetch elsewhere: it holds for as long.
            lists: ListLifetimes { usual: doors.crls.lifetime(), longest: doors.crls.lifetime() },
            responder: None,
            bundler: Some(bundler(doors)),
            bundles_beside: true,
            machine: Machine {
                clock: Arc::clone(&doors.clock),
                random: Arc::clone(&doors.random),
                operator: Principal::Server,
                state: State::Temporary(std::env::temp_dir()),
                logs: logs::client(&doors.clock),
            },
            workers: Arc::clone(&lasting.workers),
        })
    }
}

/// A label with its policy.
fn signer(
    domain: &Domain,
    declared: &declared::CfsslDoor,
    label: &CfsslLabel,
) -> Result<Signer, CommandError> {
    let config = match label.config.as_ref().or(declared.config.as_ref()) {
        Some(file) => load(domain, file)?,
        None => Config::standard(),
    };
    let published = published(&domain.topology, &label.authority);
    let policy = Policy::compile_within(config, &label.name, published.as_ref()).map_err(|error| {
        let text = format!("the policy of `[server.cfssl]` for `{}` cannot be used", label.name);
        CommandError::refused(text).because(error)
    })?;
    let networks = label.networks.as_ref();
    Ok(Signer {
        label: label.name.clone(),
        authority: label.authority.clone(),
        policy: Arc::new(policy),
        // What the file holds are networks: it was checked when it was read.
        networks: networks.map(|all| all.iter().filter_map(|one| one.parse().ok()).collect()),
    })
}

impl Signer {
    fn open(&self, doors: &Doors) -> Result<Label, CommandError> {
        let authority = Arc::clone(&doors.authority);
        let local = LocalSigner::new(authority, &self.authority, Arc::clone(&self.policy));
        let connect = |addresses: &str| connect(doors, addresses);
        let signer =
            UniversalSigner::new(Arc::clone(&self.policy), Some(local), &connect).map_err(|error| {
                CommandError::refused("a remote of the policy of `[server.cfssl]` cannot be used")
                    .because(error)
            })?;
        let label = Label::new(self.label.clone(), signer, Arc::clone(&self.policy));
        Ok(label.with_networks(self.networks.clone()))
    }
}

/// Bundles end at the roots of the trust domain, as they are when somebody asks, and at those of the system, where it has
/// any.
fn bundler(doors: &Doors) -> BundlerSource {
    let system = remote::system_roots().unwrap_or_default();
    let system: Vec<Certificate> = system.iter().filter_map(|der| Certificate::from_der(der).ok()).collect();
    let authority = Arc::clone(&doors.authority);
    Box::new(move || {
        let mut bundler = Bundler::default();
        for issuer in authority.issuers().all() {
            for certificate in issuer.certificate().into_iter().chain(issuer.chain()) {
                let pool = if certificate.is_self_issued() {
                    &mut bundler.roots
                } else {
                    &mut bundler.intermediates
                };
                if !pool.contains(certificate) {
                    pool.push(certificate.clone());
                }
            }
        }
        bundler.roots.extend(system.iter().cloned());
        bundler
    })
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
    let octets = files::octets(&domain.base.join(file), MAX_FILE)
        .map_err(|error| error.hint(format!("`config` below `[server.cfssl]` names `{file}`")))?;
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

/// Where this domain publishes what the authority signs.
fn published(topology: &Topology, authority: &str) -> Option<policy::Published> {
    let published = Published::of(topology)?;
    let of = |template: &str| template.replace("{authority}", authority);
    Some(policy::Published {
        crl: of(&published.crl),
        crl_shard: of(&published.crl_shard),
        ca_issuers: of(&published.ca_issuers),
        ocsp: of(&published.ocsp),
    })
}

#[cfg(test)]
mod tests {
    use hf_http::cfssl::endpoint::TABLE;
    use hf_topology::declared::CFSSL_ENDPOINTS;

    #[test]
    fn the_file_and_the_door_know_the_same_endpoints() {
        let served: Vec<&str> = TABLE.iter().map(|row| row.name).chain(["/"]).collect();
        assert_eq!(served, CFSSL_ENDPOINTS);
    }
}
