//! One identity per component: a key that two instances share is reported.

use std::collections::BTreeMap;

use hf_core::finding::Finding;
use hf_store::audit::hex;

use super::codes;
use super::machine::Machine;

/// A finding for each public key that several machines of ours present.
pub(super) fn findings<'a>(machines: impl Iterator<Item = &'a Machine>) -> Vec<Finding> {
    let mut by_key: BTreeMap<[u8; 32], Vec<&str>> = BTreeMap::new();
    for machine in machines {
        if let (Some(_), Some(leaf)) = (&machine.key, machine.leaf()) {
            by_key.entry(leaf.public_key().spki_sha256()).or_default().push(&machine.name);
        }
    }
    by_key
        .iter()
        .filter(|(_, instances)| instances.len() > 1)
        .map(|(key, instances)| codes::shared(instances, &hex(key)))
        .collect()
}
