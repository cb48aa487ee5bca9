//! An instance's name is the name of its directory and of its certificate: no two may have the same.

use std::collections::BTreeMap;

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::{Member, Topology};

const CODE: FindingCode = codes::PLAN_DUPLICATE_INSTANCE;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let mut seen: BTreeMap<&str, Member<'_>> = BTreeMap::new();
    let mut findings = Vec::new();
    for member in topology.members() {
        let name = member.instance.name.as_str();
        let Some(first) = seen.get(name) else {
            seen.insert(name, member);
            continue;
        };
        findings.push(
            Finding::error(
                CODE,
                topology.at(member.instance.place),
                format!("two instances are called `{name}`"),
            )
            .evidence("first", format!("`{}` at {}", first.party.name(), topology.at(first.instance.place)))
            .evidence("second", format!("`{}`", member.party.name()))
            .hint("give each its own name; two services on one machine need two names"),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, refused};
    use super::*;

    #[test]
    fn names_are_compared_in_canonical_form() {
        let finding =
            refused("[service.s]\ninstances = [\"S.x\"]\n[service.t]\ninstances = [\"s.x\"]\n", CODE);
        assert_eq!(finding.about, "f:5:14");
        assert!(check(&good("[service.s]\ninstances = [\"s.x\", \"t.x\"]\n")).is_empty());
    }
}
