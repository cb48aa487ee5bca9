//! What every machine imports, and the counts.

use std::collections::BTreeSet;

use super::{Counts, Import, Machine};
use crate::declared::{Anchor, Party, Topology};
use crate::layout;

/// Every instance with its imports.
pub(super) fn machines(topology: &Topology) -> Vec<Machine> {
    let mut machines = Vec::new();
    for party in topology.parties() {
        let anchors = topology.anchors_held_by(party);
        for instance in party.instances() {
            let store = match party {
                Party::Service(service) => layout::trust_store(&service.keystore),
                Party::External(_) => layout::ROOTS,
            };
            let into = layout::path(&instance.name, store);
            let imports = anchors.iter().map(|anchor| import(topology, anchor, &into)).collect();
            machines.push(Machine { instance: instance.name.clone(), imports });
        }
    }
    machines
}

fn import(topology: &Topology, anchor: &Anchor, into: &str) -> Import {
    let certificate = match anchor {
        Anchor::Authority(name) => name.clone(),
        Anchor::External(name) => {
            topology.external(name).map_or_else(|| name.clone(), |external| external.certificate.clone())
        }
    };
    Import { certificate, into: into.to_owned(), anchor: anchor.clone() }
}

/// The distinct certificates among the imports, and all imports.
pub(super) fn planned(machines: &[Machine]) -> Counts {
    let imports = || machines.iter().flat_map(|machine| &machine.imports);
    let distinct: BTreeSet<&Anchor> = imports().map(|import| &import.anchor).collect();
    Counts { certificates: distinct.len(), imports: imports().count() }
}

/// The baseline: each instance has a self-signed certificate and imports that of every instance it talks to, in either
/// direction.
pub(super) fn self_signed(topology: &Topology) -> Counts {
    let mut counts = Counts::default();
    for party in topology.parties() {
        let peers: usize = topology
            .neighbours(party)
            .map(|other| other.instances().len() - usize::from(other.name() == party.name()))
            .sum();
        counts.certificates += party.instances().len();
        let imports_any = !matches!(party, Party::External(external) if !external.trusts_us);
        counts.imports += if imports_any { party.instances().len() * peers } else { 0 };
    }
    counts
}
