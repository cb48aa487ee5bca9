//! Nobody is trusted beside those whom the file declares: every anchor is one by which a declared party is verified.

use std::collections::BTreeMap;

use hf_core::finding::Finding;
use hf_store::audit::hex;
use hf_topology::layout;
use hf_x509::certificate::Certificate;

use super::codes;
use super::machine::Machine;

/// A finding for each certificate in a trust store of ours by which no declared party is verified.
///
/// Whose chain cannot be read may be the one whom an anchor is for, so nothing is said until all can.
pub(super) fn findings(machines: &BTreeMap<String, Machine>) -> Vec<Finding> {
    if machines.values().any(|machine| machine.chain.is_empty()) {
        return Vec::new();
    }
    let presented: BTreeMap<&[u8], &Certificate> =
        machines.values().flat_map(|machine| &machine.chain).map(|one| (one.der(), one)).collect();
    let mut known: BTreeMap<&[u8], bool> = BTreeMap::new();
    let mut findings = Vec::new();
    for machine in machines.values().filter(|machine| machine.ours) {
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

/// Whether one of these is the anchor itself, or signed by it.
fn verifies_any(anchor: &Certificate, presented: &BTreeMap<&[u8], &Certificate>) -> bool {
    let signed = |one: &&Certificate| {
        one.issuer().matches(anchor.subject()) && one.verify_signed_by(anchor.public_key()).is_ok()
    };
    presented.contains_key(anchor.der()) || presented.values().any(signed)
}
