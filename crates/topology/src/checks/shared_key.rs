//! One identity, one key: whoever has a shared one can pose as each of its owners.

use std::collections::{BTreeMap, BTreeSet};

use hf_core::finding::{Finding, FindingCode};

use super::Observation;
use crate::codes;
use crate::inventory::{Fingerprint, Inventory, KeyState, ObservedAuthority};

const CODE: FindingCode = codes::PLAN_SHARED_KEY;

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let mut owners: BTreeMap<Fingerprint, Vec<String>> = BTreeMap::new();
    for (key, owner) in keys(observation.inventory) {
        owners.entry(key).or_default().push(owner);
    }
    owners
        .into_iter()
        .filter(|(_, owners)| owners.len() > 1)
        .map(|(key, owners)| {
            let hint = match owners.iter().find_map(|owner| owner.strip_prefix("instance ")) {
                Some(instance) => format!(
                    "remove `trust/{}/key.pem` and run `handfast apply`: a new key and certificate are made",
                    instance.trim_matches('`')
                ),
                None => "give each a key of its own".to_owned(),
            };
            Finding::warning(
                CODE,
                owners.join(", "),
                "these share one key, so whoever holds it can pose as each of them",
            )
            .evidence("spki_sha256", key.to_string())
            .hint(hint)
        })
        .collect()
}

/// Whether it is what somebody else certified an authority here with: imported without its key, which is the other's.
fn is_another_certificate(authority: &ObservedAuthority, inventory: &Inventory) -> bool {
    let key = authority.certificate.spki_sha256;
    let here =
        |other: &ObservedAuthority| other.key == KeyState::Present && other.certificate.spki_sha256 == key;
    authority.made_from.is_none()
        && authority.key == KeyState::Elsewhere
        && inventory.authorities.values().any(here)
}

fn keys(inventory: &Inventory) -> impl Iterator<Item = (Fingerprint, String)> {
    let authorities = inventory
        .authorities
        .iter()
        .filter(|(_, o)| !is_another_certificate(o, inventory))
        .map(|(name, o)| (o.certificate.spki_sha256, format!("authority `{name}`")));
    let instances = inventory
        .instances
        .iter()
        .filter_map(|(name, o)| Some((o.certificate.as_ref()?.spki_sha256, format!("instance `{name}`"))));
    let externals = inventory.externals.iter().flat_map(|(name, all)| {
        // One key with two certificates of one party is one key.
        let keys: BTreeSet<Fingerprint> = all.iter().map(|certificate| certificate.spki_sha256).collect();
        keys.into_iter().map(move |key| (key, format!("external party `{name}`")))
    });
    authorities.chain(instances).chain(externals)
}
