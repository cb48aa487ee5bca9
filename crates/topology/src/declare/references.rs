//! Names that one section uses of another, resolved when all sections have been read.

use std::collections::{BTreeMap, BTreeSet};

use super::faults::{Fault, Faults, UNKNOWN_NAME};
use super::section::Text;
use super::source::printable;
use super::suggest::nearest;
use crate::declared::Topology;

/// What a name must name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// An authority.
    Authority,
    /// A profile.
    Profile,
    /// A service or an external party.
    Party,
    /// A service.
    Service,
    /// An authority, a service or an external party.
    Trusted,
}

/// Every name that was used.
#[derive(Default)]
pub(super) struct References {
    used: Vec<Reference>,
}

struct Reference {
    kind: Kind,
    key: String,
    name: String,
    at: usize,
}

impl References {
    /// Remember that the value of `key` names something.
    pub(super) fn add(&mut self, kind: Kind, key: String, text: &Text<'_>) -> String {
        let name = text.value.to_owned();
        self.used.push(Reference { kind, key, name: name.clone(), at: text.span.start });
        name
    }

    /// Report every name that is declared nowhere.
    pub(super) fn check(&self, topology: &Topology, faults: &mut Faults<'_>) {
        let mut known: BTreeMap<Kind, BTreeSet<&str>> = BTreeMap::new();
        for reference in &self.used {
            let candidates =
                known.entry(reference.kind).or_insert_with(|| candidates(reference.kind, topology));
            if !candidates.contains(reference.name.as_str()) {
                faults.add(unknown(reference, candidates));
            }
        }
    }
}

fn unknown(reference: &Reference, candidates: &BTreeSet<&str>) -> Fault {
    let (what, section) = match reference.kind {
        Kind::Authority => ("authority", "authority"),
        Kind::Profile => ("profile", "profile"),
        Kind::Party => ("service or external party", "service"),
        Kind::Service => ("service", "service"),
        Kind::Trusted => ("authority, service or external party", "authority"),
    };
    let name = printable(&reference.name);
    let summary = format!("`{name}` is no {what} of this file");
    let hint = match nearest(&reference.name, candidates.iter().copied()) {
        Some(meant) => format!("write `{meant}`, or add a section `[{section}.{name}]`"),
        None => format!("add a section `[{section}.{name}]`, or remove the name"),
    };
    Fault::new(UNKNOWN_NAME, reference.at, &reference.key, summary).found(&reference.name).write(hint)
}

fn candidates(kind: Kind, topology: &Topology) -> BTreeSet<&str> {
    let authorities = || topology.authorities.iter().map(|authority| authority.name.as_str());
    let services = || topology.services.iter().map(|service| service.name.as_str());
    let externals = || topology.externals.iter().map(|external| external.name.as_str());
    match kind {
        Kind::Authority => authorities().collect(),
        Kind::Profile => topology.profiles.iter().map(|profile| profile.name.as_str()).collect(),
        Kind::Party => services().chain(externals()).collect(),
        Kind::Service => services().collect(),
        Kind::Trusted => authorities().chain(services()).chain(externals()).collect(),
    }
}
