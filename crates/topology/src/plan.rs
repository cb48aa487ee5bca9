//! The planner: from what is declared and what exists to fully specified steps. Pure and deterministic; it changes
//! nothing, and whoever executes a plan chooses nothing.

mod authorities;
mod certificates;
pub(crate) mod differs;
mod files;
mod imports;
mod reason;
mod step;

use std::collections::BTreeMap;

use hf_core::finding::Finding;
use hf_core::time::Timestamp;
use serde::Serialize;

use crate::declared::{Anchor, Topology};
use crate::inventory::Inventory;

pub use reason::{FilesReason, IssueReason, ReissueReason};
pub use step::{AuthoritySpec, CertificateSpec, FilesSpec, Step};

/// What each machine must import, the counts beside the self-signed baseline, and what `apply` would change.
///
/// As JSON: `{"self_signed":{"certificates","imports"},"planned":{"certificates","imports"},
/// "machines":[{"instance","imports":[{"certificate","into"}]}],"changes":[…]}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Every instance with a self-signed certificate that each of its peers imports.
    pub self_signed: Counts,
    /// As declared.
    pub planned: Counts,
    /// Every instance in the order of the file, those of external parties last.
    pub machines: Vec<Machine>,
    /// What to do, in this order. Empty when everything is as declared.
    pub changes: Vec<Step>,
    /// What the plan checks noticed. Errors among them mean that `changes` cannot all be executed.
    #[serde(skip)]
    pub findings: Vec<Finding>,
    /// When the first of the certificates that exist and stay becomes due; `None` when there is none.
    #[serde(skip)]
    pub next_due: Option<Timestamp>,
}

/// How much is carried about by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Distinct certificates that somebody imports.
    pub certificates: usize,
    /// Imports: pairs of a machine and a certificate in its trust store.
    pub imports: usize,
}

/// What one instance imports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Machine {
    /// Name of the instance.
    pub instance: String,
    /// Its imports, authorities first, by name.
    pub imports: Vec<Import>,
}

/// One certificate in one trust store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Import {
    /// Name of the authority, or the file with the external party's certificate.
    pub certificate: String,
    /// The trust store, relative to the directory of `handfast.toml`.
    pub into: String,
    /// The same certificate as a value.
    #[serde(skip)]
    pub anchor: Anchor,
}

/// Compare what is declared with what exists. The same input gives the same plan.
pub fn plan(topology: &Topology, inventory: &Inventory, now: Timestamp) -> Plan {
    let machines = imports::machines(topology);
    let authorities = authorities::steps(topology, inventory, now);
    let certificates = certificates::steps(topology, inventory, &authorities, now);
    let files = files::steps(topology, inventory, &authorities, &certificates);
    let changes: Vec<Step> = authorities.into_iter().chain(one_by_one(certificates, files)).collect();
    Plan {
        self_signed: imports::self_signed(topology),
        planned: imports::planned(&machines),
        findings: crate::checks::observed(topology, inventory, &changes, now),
        next_due: certificates::next_due(topology, inventory, &changes),
        machines,
        changes,
    }
}

/// Each certificate right before the files that it goes into: a run that ends in between loses one key, and not all.
fn one_by_one(certificates: Vec<Step>, files: Vec<Step>) -> Vec<Step> {
    let mut waiting: BTreeMap<String, Step> = BTreeMap::new();
    for step in certificates {
        if let Step::IssueCertificate { spec, .. } = &step {
            waiting.insert(spec.instance.clone(), step);
        }
    }
    let mut steps = Vec::with_capacity(waiting.len() + files.len());
    for step in files {
        if let Step::WriteFiles { spec, .. } = &step {
            steps.extend(waiting.remove(&spec.instance));
        }
        steps.push(step);
    }
    steps
}
