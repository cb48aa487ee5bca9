//! A name in the certificates of two services lets each pose as the other.

use std::collections::BTreeMap;

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;

use crate::codes;
use crate::declared::{Party, Service, Topology};

const CODE: FindingCode = codes::PLAN_SHARED_NAME;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let mut owners: BTreeMap<&Identifier, &Service> = BTreeMap::new();
    let mut findings = Vec::new();
    for member in topology.members() {
        let Party::Service(service) = member.party else { continue };
        for name in &member.instance.names {
            let owner = owners.entry(name).or_insert(service);
            // Two instances of one service may share a name; two with the same name of their own are another check's.
            if owner.name != service.name && *name != member.instance.identifier {
                let summary =
                    format!("`{name}` is in the certificates of `{}` and of `{}`", owner.name, service.name);
                findings
                    .push(Finding::warning(CODE, topology.at(member.instance.place), summary).hint(
                        "give each service names of its own: with this one each can pose as the other",
                    ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, only};
    use super::*;

    #[test]
    fn a_name_of_two_services_is_noticed() {
        let text = "[service.s]\ninstances = [\"s1.x\", \"s2.x\"]\nnames = [\"s.x\"]\n";
        assert!(check(&good(text)).is_empty());
        let both = format!("{text}[service.t]\ninstances = [{{ name = \"t.x\", names = [\"s.x\"] }}]\n");
        only(check(&good(&both)), CODE);
    }
}
