//! Key stores and trust stores for those who cannot read PEM.
//!
//! They hold random salts, so they are never the same octets twice: whether one has to be written again shows when it is
//! read back.

use hf_core::secret::Secret;
use hf_core::time::Timestamp;
use hf_keys::key_store::{self, Entry, KeyStore as Store, KeyStoreError, jks, pkcs12};
use hf_keys::random::SystemRandom;
use hf_topology::declared::KeyStore;
use hf_topology::layout;
use hf_x509::certificate::Certificate;

use super::content::Material;
use crate::error::CommandError;

/// The key stores and trust stores that were asked for: name and octets.
pub(super) fn files(
    material: &Material,
    instance: &str,
    forms: &[KeyStore],
    now: Timestamp,
) -> Result<Vec<(&'static str, Vec<u8>)>, CommandError> {
    let Some(password) = &material.password else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for form in forms {
        let (keys_name, roots_name) = match form {
            KeyStore::Pem => continue,
            KeyStore::P12 => (layout::KEY_STORE_P12, layout::TRUST_STORE_P12),
            KeyStore::Jks => (layout::KEY_STORE_JKS, layout::TRUST_STORE_JKS),
        };
        let keys = key_entries(material, instance).and_then(|store| write(*form, &store, password, now));
        files.push((keys_name, keys.map_err(|error| refused(keys_name, instance, error))?));
        let roots = root_entries(material).and_then(|store| write(*form, &store, password, now));
        files.push((roots_name, roots.map_err(|error| refused(roots_name, instance, error))?));
    }
    Ok(files)
}

fn refused(file: &str, instance: &str, error: KeyStoreError) -> CommandError {
    CommandError::refused(format!("cannot make `{}`", layout::path(instance, file))).because(error)
}

fn write(
    form: KeyStore,
    store: &Store,
    password: &Secret<String>,
    now: Timestamp,
) -> Result<Vec<u8>, KeyStoreError> {
    match form {
        KeyStore::Jks => jks::write(store, password, now, &SystemRandom),
        KeyStore::P12 | KeyStore::Pem => pkcs12::write(store, password, &SystemRandom),
    }
}

/// The key with its chain, under the name of the instance.
fn key_entries(material: &Material, instance: &str) -> Result<Store, KeyStoreError> {
    let entry = Entry::key(instance, &material.key, &full_chain(material))?;
    Ok(Store { entries: vec![entry] })
}

/// The anchors, each under its name.
fn root_entries(material: &Material) -> Result<Store, KeyStoreError> {
    let entries = material
        .anchors
        .iter()
        .map(|(name, certificate)| Entry::trusted(name, certificate))
        .collect::<Result<_, _>>()?;
    Ok(Store { entries })
}

fn full_chain(material: &Material) -> Vec<Certificate> {
    std::iter::once(&material.leaf).chain(&material.chain).cloned().collect()
}

/// Whether the file called `name` opens with the password and holds key and certificates of `material`.
pub(crate) fn holds(material: &Material, name: &str, octets: &[u8]) -> bool {
    let Some(password) = &material.password else { return false };
    let Ok(store) = key_store::read(octets, Some(password)) else { return false };
    let is_key_store = name == layout::KEY_STORE_P12 || name == layout::KEY_STORE_JKS;
    if is_key_store { holds_key(material, &store) } else { holds_roots(material, &store) }
}

fn holds_key(material: &Material, store: &Store) -> bool {
    let wanted: Vec<Vec<u8>> = full_chain(material).iter().map(|one| one.der().to_vec()).collect();
    store.chain_of(&material.key).is_some_and(|chain| chain == wanted)
}

fn holds_roots(material: &Material, store: &Store) -> bool {
    let held: Vec<&[u8]> = store.certificates().collect();
    held.len() == material.anchors.len()
        && material.anchors.iter().all(|(_, anchor)| held.contains(&anchor.der()))
}
