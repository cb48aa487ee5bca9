//! Nobody is trusted beside those whom the file declares: an anchor is one by which a declared party is verified, or that of an
//! authority that is trusted already and signs nobody yet.

use std::collections::BTreeMap;

use hf_core::finding::Finding;
use hf_store::audit::hex;
use hf_topology::declared::{Anchor, Party, Topology};
use hf_topology::layout;
use hf_x509::certificate::Certificate;

use super::codes;
use super::machine::Machine;

/// A finding for each certificate in a trust store of ours by which no declared party is verified, where there are more of
/// them than the file declares.
///
/// Whose chain cannot be read may be the one whom an anchor is for, so nothing is said until all can.
pub(super) fn findings(topology: &Topology, machines: &BTreeMap<String, Machine>) -> Vec<Finding> {
    if machines.values().any(|machine| machine.chain.is_empty()) {
        return Vec::new();
    }
    let presented: BTreeMap<&[u8], &Certificate> =
        machines.values().flat_map(|machine| &machine.chain).map(|one| (one.der(), one)).collect();
    let mut known: BTreeMap<&[u8], bool> = BTreeMap::new();
    let mut findings = Vec::new();
    for member in topology.members() {
        let Some(machine) = machines.get(&member.instance.name).filter(|machine| machine.ours) else {
            continue;
        };
        if machine.roots.len() <= declared(topology, member.party, machines) {
            continue;
        }
        for anchor in &machine.roots {
            if !*known.entry(anchor.der()).or_insert_with(|| verifies_any(anchor, &presented)) {
                let file = layout::path(&machine.name, layout::ROOTS);
                let subject = anchor.subject().to_string();
                findings.push(codes::undeclared_anchor(&file, &subject, &hex(&anchor.sha256())));
            }
        }
    }
    findings
}

/// How many anchors a party has by the file: that of each authority, and all that an external party gives.
fn declared(topology: &Topology, party: Party<'_>, machines: &BTreeMap<String, Machine>) -> usize {
    let given = |name: &str| {
        let instances =
            topology.external(name).map(|external| external.instances.as_slice()).unwrap_or_default();
        let of_first = instances.first().and_then(|instance| machines.get(&instance.name));
        of_first.map_or(1, |machine| machine.chain.len())
    };
    let held = topology.anchors_held_by(party);
    held.iter().map(|anchor| if let Anchor::External(name) = anchor { given(name) } else { 1 }).sum()
}

/// Whether one of these is the anchor itself, or signed by it.
fn verifies_any(anchor: &Certificate, presented: &BTreeMap<&[u8], &Certificate>) -> bool {
    let signed = |one: &&Certificate| {
        one.issuer().matches(anchor.subject()) && one.verify_signed_by(anchor.public_key()).is_ok()
    };
    presented.contains_key(anchor.der()) || presented.values().any(signed)
}
