//! Whose files to write.

use std::collections::BTreeSet;

use super::authorities::certificate_changes;
use super::reason::FilesReason;
use super::step::{FilesSpec, Step};
use crate::declared::{Anchor, External, FileSettings, KeyStore, Party, Service, Topology};
use crate::inventory::{FileState, Fingerprint, Inventory, KeyState, ObservedInstance};
use crate::layout;

/// The steps for all directories. `authorities` and `certificates` are the steps that come before.
pub(super) fn steps(
    topology: &Topology,
    inventory: &Inventory,
    authorities: &[Step],
    certificates: &[Step],
) -> Vec<Step> {
    let issued: BTreeSet<&str> = certificates
        .iter()
        .filter_map(|step| match step {
            Step::IssueCertificate { spec, .. } => Some(spec.instance.as_str()),
            Step::CreateAuthority(_) | Step::RenewAuthority { .. } | Step::WriteFiles { .. } => None,
        })
        .collect();
    let mut steps = Vec::new();
    for spec in wanted(topology) {
        let nothing = ObservedInstance::default();
        let observed = inventory.instances.get(&spec.instance).unwrap_or(&nothing);
        let reasons = if issued.contains(spec.instance.as_str()) {
            vec![FilesReason::Certificate]
        } else {
            reasons(&spec, observed, inventory, authorities)
        };
        if !reasons.is_empty() {
            steps.push(Step::WriteFiles { spec, reasons });
        }
    }
    steps
}

/// What must be in each directory.
fn wanted(topology: &Topology) -> Vec<FilesSpec> {
    let mut specs = Vec::new();
    for party in topology.parties() {
        let anchors: Vec<Anchor> = topology.anchors_held_by(party).into_iter().collect();
        for instance in party.instances() {
            match party {
                Party::Service(service) => {
                    specs.push(service_files(topology, service, &instance.name, anchors.clone()));
                }
                Party::External(external) if !anchors.is_empty() => {
                    specs.push(external_files(external, &instance.name, anchors.clone()));
                }
                Party::External(_) => {}
            }
        }
    }
    specs
}

fn service_files(topology: &Topology, service: &Service, instance: &str, anchors: Vec<Anchor>) -> FilesSpec {
    let chain = topology.chain(&service.authority);
    let intermediates = chain.iter().filter(|authority| !authority.is_root());
    FilesSpec {
        instance: instance.to_owned(),
        party: service.name.clone(),
        chain: intermediates.map(|authority| authority.name.clone()).collect(),
        anchors,
        files: layout::files(&service.keystore).into_iter().map(str::to_owned).collect(),
        keystore: service.keystore.clone(),
        settings: service.files.clone(),
        external: false,
    }
}

fn external_files(external: &External, instance: &str, anchors: Vec<Anchor>) -> FilesSpec {
    FilesSpec {
        instance: instance.to_owned(),
        party: external.name.clone(),
        chain: Vec::new(),
        anchors,
        files: vec![layout::ROOTS.to_owned()],
        keystore: vec![KeyStore::Pem],
        settings: FileSettings::default(),
        external: true,
    }
}

fn reasons(
    spec: &FilesSpec,
    observed: &ObservedInstance,
    inventory: &Inventory,
    authorities: &[Step],
) -> Vec<FilesReason> {
    // A key that is kept where the service runs is no file of ours.
    let ours = |file: &&String| !(observed.key == Some(KeyState::Elsewhere) && layout::holds_key(file));
    let state = |file: &String| observed.files.get(file).copied().unwrap_or(FileState::Missing);
    let nothing =
        spec.files.iter().all(|file| state(file) == FileState::Missing) && observed.anchors.is_empty();
    if nothing && observed.certificate.is_none() {
        return vec![FilesReason::New];
    }
    let any = |wanted: FileState| spec.files.iter().filter(ours).any(|file| state(file) == wanted);
    [
        (chain_differs(spec, observed, inventory, authorities), FilesReason::Chain),
        (anchors_differ(spec, observed, inventory, authorities), FilesReason::Anchors),
        (any(FileState::Missing), FilesReason::FileMissing),
        (any(FileState::Changed), FilesReason::FileChanged),
        (holds_our_key(spec, observed), FilesReason::OurKey),
        (spec.settings != observed.settings, FilesReason::Settings),
    ]
    .into_iter()
    .filter_map(|(holds, reason)| holds.then_some(reason))
    .collect()
}

/// A key of ours in the directory of an external party, which was a service once. While its certificate is good it stays: the
/// certificate is needed to revoke it.
fn holds_our_key(spec: &FilesSpec, observed: &ObservedInstance) -> bool {
    let revoked = observed.certificate.as_ref().is_none_or(|certificate| certificate.revoked);
    spec.external && observed.key.is_some() && revoked
}

fn chain_differs(
    spec: &FilesSpec,
    observed: &ObservedInstance,
    inventory: &Inventory,
    steps: &[Step],
) -> bool {
    let wanted: Option<Vec<Fingerprint>> = spec
        .chain
        .iter()
        .map(|name| {
            let stays = !certificate_changes(name, steps);
            inventory.authorities.get(name).filter(|_| stays).map(|authority| authority.certificate.sha256)
        })
        .collect();
    wanted.is_none_or(|wanted| wanted != observed.chain)
}

fn anchors_differ(
    spec: &FilesSpec,
    observed: &ObservedInstance,
    inventory: &Inventory,
    steps: &[Step],
) -> bool {
    let digests = |anchor: &Anchor| -> Option<Vec<Fingerprint>> {
        match anchor {
            Anchor::Authority(name) => {
                let stays = !certificate_changes(name, steps);
                let authority = inventory.authorities.get(name).filter(|_| stays)?;
                Some(vec![authority.certificate.sha256])
            }
            Anchor::External(name) => {
                Some(inventory.externals.get(name)?.iter().map(|certificate| certificate.sha256).collect())
            }
        }
    };
    let wanted: Option<Vec<Vec<Fingerprint>>> = spec.anchors.iter().map(digests).collect();
    wanted.is_none_or(|wanted| wanted.into_iter().flatten().collect::<BTreeSet<_>>() != observed.anchors)
}
