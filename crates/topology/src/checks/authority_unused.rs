//! Authorities that sign nothing: a key to guard for no use.

use std::collections::BTreeSet;

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::Topology;

const CODE: FindingCode = codes::PLAN_AUTHORITY_UNUSED;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let used: BTreeSet<&str> = topology
        .services
        .iter()
        .flat_map(|service| topology.chain(&service.authority))
        .map(|authority| authority.name.as_str())
        .collect();
    // A domain of which no service is declared yet has just been made.
    if topology.services.is_empty() {
        return Vec::new();
    }
    let unused = topology.authorities.iter().filter(|authority| !used.contains(authority.name.as_str()));
    unused
        .map(|authority| {
            let name = &authority.name;
            Finding::warning(
                CODE,
                topology.at(authority.place),
                format!("authority `{name}` signs no service, nor does any below it"),
            )
            .hint(format!(
                "remove `[authority.{name}]`, or write `authority = \"{name}\"` in the service it is for"
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, only};
    use super::*;

    #[test]
    fn an_authority_without_services_is_noticed() {
        let text = "[authority.r]\n[authority.a]\nparent = \"r\"\n[authority.b]\nparent = \"r\"\n[service.s]\ninstances = [\"s.x\"]\nauthority = \"a\"\n";
        assert_eq!(only(check(&good(text)), CODE).about, "f:5:12");
        let without = text.replace("[authority.b]\nparent = \"r\"\n", "");
        assert!(check(&good(&without)).is_empty());
    }
}
