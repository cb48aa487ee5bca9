//! A service without links trusts nobody, and nobody trusts it.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::Topology;

const CODE: FindingCode = codes::PLAN_NO_LINKS;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let alone = topology.parties().filter(|party| topology.neighbours(*party).next().is_none());
    alone
        .filter_map(|party| {
            let (kind, place) = match party {
                crate::declared::Party::Service(service) if service.trusts.is_empty() => {
                    ("service", service.place)
                }
                crate::declared::Party::Service(_) => return None,
                crate::declared::Party::External(external) => ("external", external.place),
            };
            let name = party.name();
            let summary =
                format!("`{name}` has no link, so it imports nothing and nobody imports anything for it");
            let hint = format!(
                "name it in the `calls` of whoever connects to it, or write `calls` in `[{kind}.{name}]`"
            );
            Some(Finding::notice(CODE, topology.at(place), summary).hint(hint))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, only};
    use super::*;

    #[test]
    fn a_service_without_links_is_noticed() {
        let text =
            "[service.s]\ninstances = [\"s.x\"]\ncalls = [\"t\"]\n[service.t]\ninstances = [\"t.x\"]\n";
        assert!(check(&good(text)).is_empty());
        let alone = format!("{text}[service.u]\ninstances = [\"u.x\"]\n");
        assert_eq!(only(check(&good(&alone)), CODE).about, "f:7:10");
    }
}
