//! Key stores and trust stores say the same as the PEM files beside them, with which everything is proven.

use std::collections::BTreeSet;
use std::path::Path;

use hf_core::causes::with_causes;
use hf_core::finding::Finding;
use hf_core::secret::Secret;
use hf_keys::key_store::{self, KeyStore as Store, MAX_STORE};
use hf_topology::declared::{KeyStore, Service};
use hf_topology::layout;
use hf_x509::certificate::Certificate;

use super::codes;
use super::machine::{Machine, octets};

/// A finding for each store that cannot be read, or says something else.
pub(super) fn findings(directory: &Path, machine: &Machine, service: &Service) -> Vec<Finding> {
    let files: Vec<(&str, &str)> = service.keystore.iter().filter_map(|form| names(*form)).collect();
    if files.is_empty() {
        return Vec::new();
    }
    let finding = |file: &str, why: &str| codes::unlike(&layout::path(&machine.name, file), why);
    let password = match password(directory) {
        Ok(password) => password,
        Err(why) => return vec![finding(layout::KEY_STORE_PASSWORD, &why)],
    };
    let mut findings = Vec::new();
    for (keys, roots) in files {
        let read = |file: &str| open(&directory.join(file), &password);
        let fault = read(keys).map_or_else(Some, |store| key_fault(&store, machine));
        findings.extend(fault.map(|why| finding(keys, &why)));
        let fault = read(roots).map_or_else(Some, |store| roots_fault(&store, machine));
        findings.extend(fault.map(|why| finding(roots, &why)));
    }
    findings
}

/// The files of a form: keys, then roots.
fn names(form: KeyStore) -> Option<(&'static str, &'static str)> {
    match form {
        KeyStore::Pem => None,
        KeyStore::P12 => Some((layout::KEY_STORE_P12, layout::TRUST_STORE_P12)),
        KeyStore::Jks => Some((layout::KEY_STORE_JKS, layout::TRUST_STORE_JKS)),
    }
}

fn password(directory: &Path) -> Result<Secret<String>, String> {
    let line = octets(&directory.join(layout::KEY_STORE_PASSWORD), 1024)?;
    let text = std::str::from_utf8(line.expose()).map_err(|_| String::from("it is no text"))?;
    Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn open(path: &Path, password: &Secret<String>) -> Result<Store, String> {
    let octets = octets(path, MAX_STORE as u64)?;
    key_store::read(octets.expose(), Some(password)).map_err(|error| with_causes(&error))
}

/// What is wrong with a store of keys.
fn key_fault(store: &Store, machine: &Machine) -> Option<String> {
    let Some(chain) = store.chain_of(machine.key.as_ref()?) else {
        return Some(format!("it has not the key of `{}`", layout::KEY));
    };
    let same = chain.iter().map(Vec::as_slice).eq(machine.chain.iter().map(Certificate::der));
    (!same).then(|| format!("its chain is not that of `{}`", layout::FULL_CHAIN))
}

/// What is wrong with a store of anchors.
fn roots_fault(store: &Store, machine: &Machine) -> Option<String> {
    let found: BTreeSet<&[u8]> = store.certificates().collect();
    let wanted: BTreeSet<&[u8]> = machine.roots.iter().map(Certificate::der).collect();
    let subjects = |all: Vec<&&[u8]>| -> Vec<String> {
        let subject = |der: &[u8]| Certificate::from_der(der).map(|one| format!("`{}`", one.subject()));
        all.into_iter()
            .map(|der| subject(der).unwrap_or_else(|_| String::from("something unreadable")))
            .collect()
    };
    let (more, less) =
        (subjects(found.difference(&wanted).collect()), subjects(wanted.difference(&found).collect()));
    match (more.is_empty(), less.is_empty()) {
        (true, true) => None,
        (false, _) => Some(format!("it trusts {}, which `{}` does not", more.join(", "), layout::ROOTS)),
        (true, false) => Some(format!("it lacks {}, which `{}` has", less.join(", "), layout::ROOTS)),
    }
}
