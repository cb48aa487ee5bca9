//! Instances as their directories show them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use hf_keys::signing_key::SigningKey;
use hf_store::Store;
use hf_topology::declared::{FileSettings, Instance, Party, Service};
use hf_topology::inventory::{FileState, Fingerprint, KeyState, ObservedCertificate, ObservedInstance};
use hf_topology::layout;
use hf_x509::certificate::Certificate;
use hf_x509::public_key::PublicKey;

use super::authorities::{self, Known};
use super::written;
use crate::apply::content::{self, SECRET_FILES};
use crate::apply::owner::Owner;
use crate::apply::{directory, key_stores};
use crate::domain::Domain;
use crate::error::CommandError;

/// Every instance that has a directory, declared or not.
pub(super) async fn observe(
    domain: &Domain,
    store: &dyn Store,
    authorities: &[Known],
) -> Result<BTreeMap<String, ObservedInstance>, CommandError> {
    let mut instances = BTreeMap::new();
    for member in domain.topology.members() {
        let name = &member.instance.name;
        if !domain.instance(name).is_dir() {
            continue;
        }
        let observed = match member.party {
            Party::Service(service) => ours(domain, store, authorities, service, member.instance).await?,
            Party::External(_) => theirs(domain, store, authorities, name).await?,
        };
        instances.insert(name.clone(), observed);
    }
    for name in written::directories(domain)? {
        let Entry::Vacant(place) = instances.entry(name) else { continue };
        let (certificate, key) = left(domain, store, authorities, place.key()).await?;
        place.insert(ObservedInstance { certificate, key, ..ObservedInstance::default() });
    }
    Ok(instances)
}

/// What the files show where there is no record.
pub(super) fn without_record(domain: &Domain) -> BTreeMap<String, ObservedInstance> {
    let services = domain.topology.services.iter().flat_map(|service| &service.instances);
    let unrecorded = services.filter(|instance| leaf(&domain.instance(&instance.name)).is_some());
    let observed = || ObservedInstance { unrecorded: true, ..ObservedInstance::default() };
    unrecorded.map(|instance| (instance.name.clone(), observed())).collect()
}

/// Certificate and key that are in a directory which none of our services has any more.
async fn left(
    domain: &Domain,
    store: &dyn Store,
    authorities: &[Known],
    name: &str,
) -> Result<(Option<ObservedCertificate>, Option<KeyState>), CommandError> {
    let directory = domain.instance(name);
    let Some(leaf) = leaf(&directory) else { return Ok((None, None)) };
    let certificate = on_record(store, authorities, None, &leaf).await?;
    let key = key_state(&directory, Some(&leaf));
    Ok((certificate, (key != KeyState::Missing).then_some(key)))
}

/// The certificate in the files of an instance.
fn leaf(directory: &Path) -> Option<Certificate> {
    written::certificates(&directory.join(layout::CERTIFICATE)).and_then(|list| list.into_iter().next())
}

/// An external party's directory: only what it imports, unless it was ours before.
async fn theirs(
    domain: &Domain,
    store: &dyn Store,
    authorities: &[Known],
    name: &str,
) -> Result<ObservedInstance, CommandError> {
    let (certificate, key) = left(domain, store, authorities, name).await?;
    let directory = domain.instance(name);
    let roots = written::certificates(&directory.join(layout::ROOTS));
    let state = match &roots {
        Some(_) if directory::is_whole(&directory, &[layout::ROOTS.to_owned()]) => FileState::Unchanged,
        Some(_) => FileState::Changed,
        None => FileState::Missing,
    };
    Ok(ObservedInstance {
        certificate,
        key,
        anchors: fingerprints(&roots.unwrap_or_default()),
        files: BTreeMap::from([(layout::ROOTS.to_owned(), state)]),
        ..ObservedInstance::default()
    })
}

async fn ours(
    domain: &Domain,
    store: &dyn Store,
    authorities: &[Known],
    service: &Service,
    instance: &Instance,
) -> Result<ObservedInstance, CommandError> {
    let directory = domain.instance(&instance.name);
    let leaf = leaf(&directory);
    let chain = written::certificates(&directory.join(layout::FULL_CHAIN)).unwrap_or_default();
    let roots = written::certificates(&directory.join(layout::ROOTS)).unwrap_or_default();
    let above = chain.get(1..).unwrap_or_default();
    let certificate = match &leaf {
        Some(leaf) => on_record(store, authorities, Some(&service.authority), leaf).await?,
        None => None,
    };
    Ok(ObservedInstance {
        unrecorded: leaf.is_some() && certificate.is_none(),
        certificate,
        key: Some(key_state(&directory, leaf.as_ref())),
        chain: above.iter().map(|certificate| Fingerprint(certificate.sha256())).collect(),
        anchors: fingerprints(&roots),
        files: files(domain, service, instance, &directory),
        settings: settings(&directory, &service.files),
    })
}

fn fingerprints(certificates: &[Certificate]) -> BTreeSet<Fingerprint> {
    certificates.iter().map(|certificate| Fingerprint(certificate.sha256())).collect()
}

/// The facts about a certificate that this trust domain issued; `None` for any other.
async fn on_record(
    store: &dyn Store,
    authorities: &[Known],
    authority: Option<&str>,
    leaf: &Certificate,
) -> Result<Option<ObservedCertificate>, CommandError> {
    let Ok(serial) = leaf.serial() else { return Ok(None) };
    let by_it = match authority {
        Some(authority) => store.find_by_serial(authority, &serial).await?,
        None => None,
    };
    let found = match by_it {
        Some(found) => vec![found],
        None => store.find_serial_anywhere(&serial).await?,
    };
    let found = found.into_iter().find(|found| found.body.certificate() == Some(leaf.der()));
    let Some(found) = found else { return Ok(None) };
    let issuer = authorities.iter().find(|known| known.name == found.authority).map(|known| &known.key);
    let signed_by: Option<&PublicKey> = issuer.filter(|key| leaf.verify_signed_by(key).is_ok());
    Ok(authorities::certificate(leaf, signed_by, found.revocation.is_some()))
}

fn key_state(directory: &Path, leaf: Option<&Certificate>) -> KeyState {
    match (written::private_key(&directory.join(layout::KEY)), leaf) {
        (Some(key), Some(leaf)) if key.public_key().spki_sha256() != leaf.public_key().spki_sha256() => {
            KeyState::Mismatched
        }
        (Some(_), _) => KeyState::Present,
        (None, _) => KeyState::Missing,
    }
}

/// Owner, group and mode: the declared ones when the files have them, none otherwise.
fn settings(directory: &Path, declared: &FileSettings) -> FileSettings {
    let Ok(owner) = Owner::named(declared.owner.as_deref(), declared.group.as_deref()) else {
        return FileSettings::default();
    };
    let mode = declared.mode.unwrap_or(0o600);
    let as_declared = SECRET_FILES.iter().all(|file| match fs::metadata(directory.join(file)) {
        Ok(found) => found.permissions().mode() & 0o7777 == mode && owner.owns(found.uid(), found.gid()),
        Err(_) => true,
    });
    if as_declared { declared.clone() } else { written::OTHER_SETTINGS }
}

/// The state of each file. What can be written again octet for octet is compared; of key stores, what is in them.
fn files(
    domain: &Domain,
    service: &Service,
    instance: &Instance,
    directory: &Path,
) -> BTreeMap<String, FileState> {
    let wanted: Vec<String> = layout::files(&service.keystore).into_iter().map(str::to_owned).collect();
    let whole = directory::is_whole(directory, &wanted);
    let material = written::material(directory);
    let expected: BTreeMap<&str, Vec<u8>> = match &material {
        Some(material) => {
            let bundle = content::bundle(&domain.topology, service, instance, directory);
            content::texts(material, &bundle).into_iter().collect()
        }
        None => BTreeMap::new(),
    };
    let state = |name: &str| {
        let Ok(found) = fs::read(directory.join(name)) else { return FileState::Missing };
        let same = match expected.get(name) {
            Some(expected) => *expected == found,
            None => material.as_ref().is_some_and(|material| key_stores::holds(material, name, &found)),
        };
        if same && whole { FileState::Unchanged } else { FileState::Changed }
    };
    wanted.iter().map(|name| (name.clone(), state(name))).collect()
}
