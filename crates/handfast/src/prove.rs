//! The proof: every declared link completes a mutual handshake with the files as written, every link that the trust
//! model forbids is refused. Nothing here writes, and the store is not needed: what counts is what peers will read.

mod anchors;
mod attempt;
mod codes;
mod files;
mod key_stores;
mod live;
mod machine;
mod shared_keys;
mod validation;

use std::collections::BTreeMap;

use hf_core::finding::{Finding, Severity};
use hf_core::time::Timestamp;
use hf_topology::declared::Topology;
use hf_topology::expect::{self, Expectation, Pair};
use hf_topology::report::{Attempt, CheckReport, Method};

use attempt::Look;
use live::Connections;

use crate::context::Context;
use crate::domain::Domain;
use crate::error::CommandError;
use machine::Machine;

/// How far the proof goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Handshakes in memory.
    Memory,
    /// Also connections to the addresses in the file.
    Live,
}

/// What was proven, and what else was noticed about the files.
pub(crate) struct Proof {
    /// Links and refusals.
    pub(crate) report: CheckReport,
    /// Faults of the files: modes, keys, validity.
    pub(crate) findings: Vec<Finding>,
}

impl Proof {
    /// Whether everything is as it should be.
    pub(crate) fn is_good(&self) -> bool {
        self.report.is_good() && !self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Prove a trust domain.
pub(crate) fn domain(context: &Context, domain: &Domain, reach: Reach) -> Result<Proof, CommandError> {
    let mut ours = domain.topology.services.iter().flat_map(|service| &service.instances).peekable();
    if ours.peek().is_none() {
        return Ok(Proof { report: CheckReport::default(), findings: vec![codes::nothing_declared(domain)] });
    }
    if ours.all(|instance| !domain.instance(&instance.name).exists()) {
        let trust = domain.base.join(hf_topology::layout::TRUST_DIRECTORY);
        return Err(CommandError::refused(format!("nothing has been written to `{}` yet", trust.display()))
            .hint("run `handfast apply`, or `handfast up --once` to apply and check"));
    }
    let machines = machine::load_all(domain, context.now());
    let pairs: Vec<Pair<'_>> = expect::pairs(&domain.topology).collect();
    let progress = context.output.progress(pairs.len() as u64, "proving links");
    Ok(prove(&domain.topology, &pairs, &machines, context.now(), reach, || progress.step()))
}

/// Prove with what was read.
fn prove(
    topology: &Topology,
    pairs: &[Pair<'_>],
    machines: &BTreeMap<String, Machine>,
    now: Timestamp,
    reach: Reach,
    step: impl Fn(),
) -> Proof {
    let mut findings: Vec<Finding> =
        machines.values().flat_map(|machine| machine.findings.iter().cloned()).collect();
    findings.extend(shared_keys::findings(machines.values()));
    findings.extend(anchors::findings(topology, machines));
    let mut report = CheckReport::default();
    let mut connections = (reach == Reach::Live).then(Connections::default);
    for pair in pairs {
        let look = look_at(pair, machines, now, connections.as_mut());
        report.record(pair, look.method, look.attempt);
        findings.extend(look.notice);
        step();
    }
    Proof { report, findings }
}

/// Try one pair. What is neither declared nor forbidden proves nothing, so it is not tried.
fn look_at(
    pair: &Pair<'_>,
    machines: &BTreeMap<String, Machine>,
    now: Timestamp,
    connections: Option<&mut Connections>,
) -> Look {
    if pair.expectation == Expectation::NotSeparated {
        return Look::of(Method::Declaration, Attempt::Accepted);
    }
    let found = |name: &str| machines.get(name);
    match (found(&pair.client.instance.name), found(&pair.server.instance.name)) {
        (Some(client), Some(server)) => attempt::pair(pair, client, server, now, connections),
        _ => Look::of(Method::Handshake, Attempt::Broken(Vec::new())),
    }
}
