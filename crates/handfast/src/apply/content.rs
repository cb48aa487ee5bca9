//! What is in the directory of an instance: pure functions from key, certificates and declaration to files.

use hf_core::secret::Secret;
use hf_core::time::Timestamp;
use hf_keys::private_key::PrivateKey;
use hf_topology::declared::{Instance, KeyStore, Party, Service, Topology};
use hf_topology::layout;
use hf_x509::certificate::Certificate;

use super::key_stores;
use crate::apply::directory::Entry;
use crate::error::CommandError;
use crate::peers::{self, Bundle, Called, Caller};

/// Files that hold a private key, or what opens one.
pub(crate) const SECRET_FILES: [&str; 5] =
    [layout::KEY, layout::COMBINED, layout::KEY_STORE_P12, layout::KEY_STORE_JKS, layout::KEY_STORE_PASSWORD];

/// The port in examples for an instance that declares no address.
const DEFAULT_PORT: u16 = 8443;

/// All that goes into the directory of one of our instances.
pub(crate) struct Material {
    /// Its private key.
    pub(crate) key: PrivateKey,
    /// Its certificate.
    pub(crate) leaf: Certificate,
    /// The intermediates above it, without the root.
    pub(crate) chain: Vec<Certificate>,
    /// What it trusts, each with a name.
    pub(crate) anchors: Vec<(String, Certificate)>,
    /// The password of its key stores, when it has any.
    pub(crate) password: Option<Secret<String>>,
}

/// The files that are the same whenever they are written for the same material: all but the key stores.
pub(crate) fn texts(material: &Material, bundle: &Bundle) -> Vec<(&'static str, Vec<u8>)> {
    let key = material.key.to_pem();
    let chain = pem(std::iter::once(&material.leaf).chain(&material.chain));
    let combined = format!("{chain}{}", key.expose());
    let mut files = vec![
        (layout::KEY, key.expose().as_bytes().to_vec()),
        (layout::CERTIFICATE, material.leaf.to_pem().into_bytes()),
        (layout::FULL_CHAIN, chain.into_bytes()),
        (layout::ROOTS, roots(&material.anchors)),
        (layout::COMBINED, combined.into_bytes()),
    ];
    files.extend(peers::files(bundle).into_iter().map(|(name, text)| (name, text.into_bytes())));
    if let Some(password) = &material.password {
        files.push((layout::KEY_STORE_PASSWORD, format!("{}\n", password.expose()).into_bytes()));
    }
    files
}

/// Every file, with its mode.
pub(crate) fn entries(
    material: &Material,
    bundle: &Bundle,
    service: &Service,
    now: Timestamp,
) -> Result<Vec<Entry>, CommandError> {
    let mut files = texts(material, bundle);
    files.extend(key_stores::files(material, &bundle.instance, &service.keystore, now)?);
    let secret_mode = service.files.mode.unwrap_or(0o600);
    let entry = |(name, content): (&str, Vec<u8>)| Entry {
        name: name.to_owned(),
        content,
        mode: if SECRET_FILES.contains(&name) { secret_mode } else { 0o644 },
    };
    Ok(files.into_iter().map(entry).collect())
}

/// The trust anchors, PEM; empty when nobody is trusted.
pub(crate) fn roots(anchors: &[(String, Certificate)]) -> Vec<u8> {
    pem(anchors.iter().map(|(_, certificate)| certificate)).into_bytes()
}

fn pem<'a>(certificates: impl Iterator<Item = &'a Certificate>) -> String {
    certificates.map(Certificate::to_pem).collect()
}

/// What the configurations of peers need to know of an instance whose files are in `directory`.
pub(crate) fn bundle(
    topology: &Topology,
    service: &Service,
    instance: &Instance,
    directory: &std::path::Path,
) -> Bundle {
    let me = Party::Service(service);
    let others = |party: Party<'_>| -> Vec<Instance> {
        party.instances().iter().filter(|other| other.name != instance.name).cloned().collect()
    };
    let called = topology.parties().filter(|party| topology.is_linked(me, *party));
    let callers = topology.parties().filter(|party| topology.is_linked(*party, me));
    Bundle {
        instance: instance.name.clone(),
        directory: directory.to_owned(),
        port: port(instance),
        calls: called
            .flat_map(others)
            .map(|other| Called { name: other.identifier.to_string(), port: port(&other) })
            .collect(),
        callers: callers
            .flat_map(|party| others(party).into_iter().map(move |other| (party.name().to_owned(), other)))
            .map(|(service, other)| Caller { name: common_name(&other), service })
            .collect(),
        key_store: key_store(&service.keystore),
    }
}

fn port(instance: &Instance) -> u16 {
    instance.address.as_ref().map_or(DEFAULT_PORT, |address| address.port)
}

/// The common name that the certificate of an instance carries.
fn common_name(instance: &Instance) -> String {
    instance.names.primary().unwrap_or(&instance.identifier).to_string()
}

fn key_store(forms: &[KeyStore]) -> Option<peers::KeyStore> {
    forms.iter().find_map(|form| match form {
        KeyStore::Pem => None,
        KeyStore::P12 => Some(peers::KeyStore {
            kind: "PKCS12",
            keys: layout::KEY_STORE_P12,
            roots: layout::TRUST_STORE_P12,
            password: layout::KEY_STORE_PASSWORD,
        }),
        KeyStore::Jks => Some(peers::KeyStore {
            kind: "JKS",
            keys: layout::KEY_STORE_JKS,
            roots: layout::TRUST_STORE_JKS,
            password: layout::KEY_STORE_PASSWORD,
        }),
    })
}
