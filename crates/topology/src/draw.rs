//! Drawings of a topology: text for a terminal, SVG, Mermaid. Each shows the tree of authorities, the services with their
//! instances, who opens connections to whom, and who imports what.

mod mermaid;
mod svg;
mod text;

pub use mermaid::mermaid;
pub use svg::svg;
pub use text::text;

use crate::declared::{Anchor, Authority, Instance, Model, Party, Topology};

/// The model in a few words.
fn model(topology: &Topology) -> String {
    let roots = topology.authorities.iter().filter(|authority| authority.is_root()).count();
    match topology.trust.model {
        Model::Root if roots > 1 => format!("{roots} roots"),
        Model::Root => "one root for all".to_owned(),
        Model::PerService => "an authority for each service".to_owned(),
    }
}

/// How people know an anchor: the authority's name, or the external party's file.
fn anchor_label(topology: &Topology, anchor: &Anchor) -> String {
    match anchor {
        Anchor::Authority(name) => name.clone(),
        Anchor::External(name) => {
            topology.external(name).map_or_else(|| name.clone(), |external| external.certificate.clone())
        }
    }
}

/// What a party imports, as labels.
fn import_labels(topology: &Topology, party: Party<'_>) -> Vec<String> {
    topology.anchors_held_by(party).iter().map(|anchor| anchor_label(topology, anchor)).collect()
}

/// The services that the authority signs.
fn signs<'a>(topology: &'a Topology, authority: &'a Authority) -> Vec<&'a str> {
    let services = topology.services.iter().filter(|service| service.authority == authority.name);
    services.map(|service| service.name.as_str()).collect()
}

/// What the authority may vouch for, in words; empty when for anything.
fn scope(authority: &Authority) -> String {
    let joined = |constraints: &[crate::declared::NameConstraint]| {
        constraints.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    match (authority.permitted.is_empty(), authority.excluded.is_empty()) {
        (true, true) => String::new(),
        (false, true) => format!("only {}", joined(&authority.permitted)),
        (true, false) => format!("not {}", joined(&authority.excluded)),
        (false, false) => {
            format!("only {}, not {}", joined(&authority.permitted), joined(&authority.excluded))
        }
    }
}

/// The first instances, and how many there are besides.
fn first_instances(instances: &[Instance]) -> (&[Instance], usize) {
    if instances.len() <= MAX_SHOWN {
        return (instances, 0);
    }
    let shown = instances.get(..MAX_SHOWN - 1).unwrap_or_default();
    (shown, instances.len() - shown.len())
}

/// Instances of a service that a drawing shows; more are counted.
const MAX_SHOWN: usize = 8;
