//! Defaults that need the whole file: which authority signs a service, which authorities are implied, how long a path may
//! be.

use super::authority::{check_own, implied, implied_tree};
use super::faults::{Fault, Faults, MISSING_KEY, VALUE};
use super::section::listed;
use super::server::ServerSection;
use super::service::ServiceSection;
use super::trust::TrustSection;
use crate::declared::{Access, Acme, Authority, External, Model, Profile, Server, Service, Topology};

/// Everything that was read.
pub(super) struct Parts {
    pub(super) file: String,
    pub(super) trust: TrustSection,
    pub(super) authorities: Vec<Authority>,
    pub(super) profiles: Vec<Profile>,
    pub(super) services: Vec<ServiceSection>,
    pub(super) externals: Vec<External>,
    pub(super) server: ServerSection,
    pub(super) access: Vec<Access>,
    pub(super) acme: Vec<Acme>,
}

pub(super) fn resolve(mut parts: Parts, faults: &mut Faults<'_>) -> Topology {
    let signers: Vec<String> = match parts.trust.trust.model {
        Model::Root => one_tree(&mut parts, faults),
        Model::PerService => own_authorities(&mut parts, faults),
    };
    let services = std::mem::take(&mut parts.services);
    let services =
        services.into_iter().zip(signers).map(|(section, authority)| fill(section, authority, &parts));
    let services: Vec<Service> = services.collect();
    let server = serving(&parts);
    if parts.trust.trust.url.is_none() && !parts.trust.unpublished {
        parts.trust.trust.url = server.plain_url();
    }
    let mut topology = Topology {
        file: parts.file,
        trust: parts.trust.trust,
        authorities: parts.authorities,
        profiles: parts.profiles,
        services,
        externals: parts.externals,
        server,
        access: parts.access,
        acme: parts.acme,
    };
    fill_roots(&mut topology);
    report_same_names(&topology, faults);
    fill_path_lengths(&mut topology);
    topology
}

/// Model `root`: the authority that signs each service that names none is the one of `[trust]`, or the only one that has
/// none below it.
fn one_tree(parts: &mut Parts, faults: &mut Faults<'_>) -> Vec<String> {
    if parts.authorities.is_empty() {
        parts.authorities = implied_tree(&parts.trust);
    }
    let candidates = issuing(&parts.authorities);
    let default = parts.trust.authority.clone().or_else(|| match candidates.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    });
    let mut signers = Vec::new();
    for service in &parts.services {
        let signer = service.authority.clone().or_else(|| default.clone());
        if signer.is_none() {
            let key = format!("service.{}.authority", service.name);
            let summary = "several authorities could sign this service";
            let meant = candidates.first().map_or("root", String::as_str);
            faults.add(
                Fault::new(MISSING_KEY, service.at, &key, summary)
                    .expected_found(format!("one of {}", listed(&candidates)), "none")
                    .write(format!("write `authority = \"{meant}\"` there, or once in `[trust]` for all")),
            );
        }
        signers.push(signer.or_else(|| candidates.first().cloned()).unwrap_or_default());
    }
    signers
}

/// The authority of the server's own certificate and of CFSSL's endpoints, where they name none: the one of `[trust]`, or
/// the first that could sign services.
fn serving(parts: &Parts) -> Server {
    let mut server = parts.server.server.clone();
    let first = || issuing(&parts.authorities).into_iter().next();
    let default = parts.trust.authority.clone().or_else(first).unwrap_or_default();
    server.authority = parts.server.authority.clone().unwrap_or_else(|| default.clone());
    if let Some(cfssl) = &mut server.cfssl
        && cfssl.labels.is_empty()
    {
        cfssl.label = parts.server.label.clone().unwrap_or(default);
    }
    server
}

/// Those with nothing below, roots apart; when there are only roots, these.
fn issuing(authorities: &[Authority]) -> Vec<String> {
    let has_children = |name: &str| authorities.iter().any(|other| other.parent.as_deref() == Some(name));
    let below: Vec<String> = authorities
        .iter()
        .filter(|authority| !authority.is_root() && !has_children(&authority.name))
        .map(|authority| authority.name.clone())
        .collect();
    if !below.is_empty() {
        return below;
    }
    authorities.iter().map(|authority| authority.name.clone()).collect()
}

/// Model `per-service`: each service that names no authority has a self-signed one of its own name, declared or not.
fn own_authorities(parts: &mut Parts, faults: &mut Faults<'_>) -> Vec<String> {
    let mut signers = Vec::new();
    for service in &parts.services {
        let signer = service.authority.clone().unwrap_or_else(|| service.name.clone());
        let exists = parts.authorities.iter().any(|authority| authority.name == signer);
        if !exists && service.authority.is_none() {
            check_own(&service.name, service.at, faults);
            parts.authorities.push(implied(&signer, None, service.place, &parts.trust.trust));
        }
        signers.push(signer);
    }
    signers
}

fn fill(section: ServiceSection, authority: String, parts: &Parts) -> Service {
    let profile = section.profile.unwrap_or_else(|| Profile::DEFAULT.to_owned());
    let settings = parts.profiles.iter().find(|candidate| candidate.name == profile);
    let trust = &parts.trust.trust;
    Service {
        key: section.key.or(settings.and_then(|profile| profile.key)).unwrap_or(trust.key),
        lifetime: section
            .lifetime
            .or(settings.and_then(|profile| profile.lifetime))
            .unwrap_or(trust.lifetime),
        name: section.name,
        place: section.place,
        instances: section.instances,
        peers: section.peers,
        calls: section.calls,
        trusts: section.trusts,
        root: String::new(),
        authority,
        profile,
        keystore: section.keystore,
        files: section.files,
    }
}

fn fill_roots(topology: &mut Topology) {
    let root = |service: &Service| topology.root_of(&service.authority).map(|root| root.name.clone());
    let roots: Vec<String> =
        topology.services.iter().map(|service| root(service).unwrap_or_default()).collect();
    for (service, root) in topology.services.iter_mut().zip(roots) {
        service.root = root;
    }
}

/// Links name services and external parties alike, so no two may have the same name.
fn report_same_names(topology: &Topology, faults: &mut Faults<'_>) {
    for external in topology.externals.iter().filter(|external| topology.service(&external.name).is_some()) {
        let summary = format!("there is a service `{}` as well", external.name);
        let key = format!("external.{}", external.name);
        faults.add_at(
            external.place,
            Fault::new(VALUE, 0, &key, summary)
                .write("give one of them another name: `calls` could mean either"),
        );
    }
}

/// An intermediate that names no path length allows exactly the levels declared below it, so that nobody who gets hold of
/// its key can add another (RFC 5280 section 4.2.1.9). A root stays open, because it cannot be replaced in every trust
/// store whenever a level is added; the implied authority of a single service is closed.
fn fill_path_lengths(topology: &mut Topology) {
    let levels = topology.levels_below();
    let lengths: Vec<u8> = topology
        .authorities
        .iter()
        .map(|authority| levels.get(authority.name.as_str()).copied().unwrap_or(0))
        .map(|length| u8::try_from(length).unwrap_or(u8::MAX))
        .collect();
    let own = topology.trust.model == Model::PerService;
    for (authority, length) in topology.authorities.iter_mut().zip(lengths) {
        let closed = authority.parent.is_some() || (own && authority.implied);
        if closed && authority.path_length.is_none() {
            authority.path_length = Some(length);
        }
    }
}
