//! `[service.NAME]`.

use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::Lifetime;

use super::faults::{Fault, Faults, VALUE};
use super::instance;
use super::references::{Kind, References};
use super::section::{NamedSection, Section, Text, wrong_type};
use crate::declared::{FileSettings, Instance, KeyStore, Place};

/// A service before its authority and its profile are known.
pub(super) struct ServiceSection {
    pub(super) name: String,
    pub(super) at: usize,
    pub(super) place: Place,
    pub(super) instances: Vec<Instance>,
    pub(super) peers: bool,
    pub(super) calls: Vec<String>,
    pub(super) trusts: Vec<String>,
    pub(super) authority: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) key: Option<KeyAlgorithm>,
    pub(super) lifetime: Option<Lifetime>,
    pub(super) keystore: Vec<KeyStore>,
    pub(super) files: FileSettings,
}

pub(super) fn read(
    sections: Vec<NamedSection<'_, '_>>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Vec<ServiceSection> {
    sections.into_iter().map(|named| read_one(named, faults, references)).collect()
}

fn read_one(
    named: NamedSection<'_, '_>,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> ServiceSection {
    let NamedSection { name, mut section } = named;
    let instances = instance::read(&mut section, faults);
    let peers = section.boolean("peers", faults).unwrap_or(false);
    let calls = calls(&mut section, &name, Kind::Party, faults, references);
    let trusts = section.texts("trusts", faults);
    let trusts =
        trusts.iter().map(|text| references.add(Kind::Trusted, section.key("trusts"), text)).collect();
    let authority = section.text("authority", faults);
    let authority = authority.map(|text| references.add(Kind::Authority, section.key("authority"), &text));
    let profile = section.text("profile", faults);
    let profile = profile.map(|text| references.add(Kind::Profile, section.key("profile"), &text));
    let service = ServiceSection {
        at: section.at,
        place: faults.place(section.at),
        instances,
        peers,
        calls,
        trusts,
        authority,
        profile,
        key: section.parsed("key", faults),
        lifetime: section.parsed("lifetime", faults),
        keystore: keystore(&mut section, faults),
        files: FileSettings {
            owner: account(&mut section, "owner", faults),
            group: account(&mut section, "group", faults),
            mode: mode(&mut section, faults),
        },
        name,
    };
    section.finish(faults);
    service
}

/// The key `calls`, each name once, sorted.
pub(super) fn calls(
    section: &mut Section<'_, '_>,
    own_name: &str,
    kind: Kind,
    faults: &mut Faults<'_>,
    references: &mut References,
) -> Vec<String> {
    let key = section.key("calls");
    let mut calls: Vec<String> = Vec::new();
    for text in section.texts("calls", faults) {
        if text.value == own_name {
            faults.add(
                Fault::new(VALUE, text.span.start, &key, "a service does not call itself")
                    .found(text.value)
                    .write("write `peers = true` if its instances talk to each other"),
            );
        } else if calls.iter().any(|call| call == text.value) {
            faults.add(
                Fault::new(VALUE, text.span.start, &key, format!("`{}` is named twice", text.value))
                    .found(text.value)
                    .write("remove one of them"),
            );
        } else {
            calls.push(references.add(kind, key.clone(), &text));
        }
    }
    calls.sort();
    calls
}

/// PEM when the key is absent.
fn keystore(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Vec<KeyStore> {
    let key = section.key("keystore");
    let mut forms: Vec<KeyStore> = Vec::new();
    for text in section.texts("keystore", faults) {
        let found =
            [KeyStore::Pem, KeyStore::P12, KeyStore::Jks].into_iter().find(|f| f.as_str() == text.value);
        match found {
            Some(form) if !forms.contains(&form) => forms.push(form),
            Some(_) => {}
            None => faults.add(
                Fault::new(VALUE, text.span.start, &key, "there is no such form of key store")
                    .expected_found("`pem`, `p12` or `jks`", text.value)
                    .write(format!("write `\"{}\"`", key_store_meant(text.value))),
            ),
        }
    }
    if forms.is_empty() {
        forms.push(KeyStore::Pem);
    }
    forms
}

/// The words that other programs use for the same forms.
fn key_store_meant(found: &str) -> &'static str {
    match found.to_ascii_lowercase().as_str() {
        "pkcs12" | "pkcs#12" | "pfx" => "p12",
        "java" | "keystore" => "jks",
        _ => "pem",
    }
}

/// Name or number of a user or a group.
fn account(section: &mut Section<'_, '_>, key: &'static str, faults: &mut Faults<'_>) -> Option<String> {
    let text: Text<'_> = section.text(key, faults)?;
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '$');
    if text.value.len() <= 32 && text.value.chars().all(legal) {
        return Some(text.value.to_owned());
    }
    faults.add(
        Fault::new(VALUE, text.span.start, &section.key(key), "this is no name of an account")
            .expected_found("a name or a number, at most 32 characters", text.value),
    );
    None
}

/// Four octal digits in quotes, or an integer written `0o640`. Private keys are for their owner and group only.
fn mode(section: &mut Section<'_, '_>, faults: &mut Faults<'_>) -> Option<u32> {
    const ALLOWED: [u32; 4] = [0o400, 0o440, 0o600, 0o640];
    let key = section.key("mode");
    let value = section.get("mode")?;
    let mode = match (value.get_ref().as_str(), value.get_ref().as_integer()) {
        (Some(text), _) => u32::from_str_radix(text, 8).ok(),
        (None, Some(integer)) if integer.radix() == 8 => u32::from_str_radix(integer.as_str(), 8).ok(),
        (None, _) => None,
    };
    let allowed = mode.filter(|mode| ALLOWED.contains(mode));
    if allowed.is_none() {
        wrong_type(value, &key, "one of the modes `\"0400\"`, `\"0440\"`, `\"0600\"`, `\"0640\"`", faults);
    }
    allowed
}
