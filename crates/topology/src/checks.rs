//! Plan checks: pure functions from what is declared and observed to findings, one file each.

use hf_core::finding::Finding;
use hf_core::time::Timestamp;

use crate::declared::Topology;
use crate::inventory::Inventory;

/// What the declaration alone shows. The parser refuses a file for which there is an error among them.
pub fn declared(topology: &Topology) -> Vec<Finding> {
    let _ = topology;
    Vec::new()
}

/// What shows when what exists is laid beside the declaration; with the warnings and notices of [`declared`].
pub fn observed(topology: &Topology, inventory: &Inventory, now: Timestamp) -> Vec<Finding> {
    let _ = (inventory, now);
    declared(topology)
}
