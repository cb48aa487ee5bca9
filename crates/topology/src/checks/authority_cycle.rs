//! Authorities that sign each other in a circle have no root.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::{Authority, Topology};

const CODE: FindingCode = codes::PLAN_AUTHORITY_CYCLE;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let mut reported: Vec<&str> = Vec::new();
    let mut findings = Vec::new();
    for authority in &topology.authorities {
        let Some(cycle) = cycle_through(topology, authority) else { continue };
        if cycle.iter().any(|name| reported.contains(name)) {
            continue;
        }
        let shown: Vec<&str> = cycle.iter().copied().chain([authority.name.as_str()]).collect();
        findings.push(
            Finding::error(
                CODE,
                topology.at(authority.place),
                "authorities sign each other in a circle, so none is a root",
            )
            .expected_found("a chain of parents that ends at a root", shown.join(" ← "))
            .hint(format!(
                "remove `parent` from the one that is the root, for example from `[authority.{}]`",
                authority.name
            )),
        );
        reported.extend(cycle);
    }
    findings
}

/// The names on the way from an authority back to itself.
fn cycle_through<'a>(topology: &'a Topology, authority: &'a Authority) -> Option<Vec<&'a str>> {
    let mut names = Vec::new();
    let mut next = Some(authority);
    for _ in 0..topology.authorities.len() {
        let current = next?;
        names.push(current.name.as_str());
        next = current.parent.as_deref().and_then(|parent| topology.authority(parent));
        if next?.name == authority.name {
            return Some(names);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, refused};
    use super::*;

    #[test]
    fn a_circle_is_reported_once() {
        let text =
            "[authority.a]\nparent = \"b\"\n[authority.b]\nparent = \"a\"\n[authority.c]\nparent = \"a\"\n";
        let finding = refused(text, CODE);
        assert_eq!(finding.about, "f:2:12");
        assert_eq!(finding.evidence[1].value, "a ← b ← a");
        refused("[authority.a]\nparent = \"a\"\n", CODE);
    }

    #[test]
    fn a_tree_is_none() {
        assert!(check(&good("[authority.a]\n[authority.b]\nparent = \"a\"\n")).is_empty());
    }
}
