//! A name in the certificates of two services lets each pose as the other.

use std::collections::BTreeMap;

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;

use crate::codes;
use crate::declared::{Instance, Service, Topology};

const CODE: FindingCode = codes::PLAN_SHARED_NAME;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let mut owners: BTreeMap<&Identifier, Bearer<'_>> = BTreeMap::new();
    let mut findings = Vec::new();
    // What is an instance's own name is its before anybody else has it.
    for bearer in bearers(topology).filter(Bearer::is_own) {
        owners.entry(bearer.name).or_insert(bearer);
    }
    for bearer in bearers(topology) {
        let owner = *owners.entry(bearer.name).or_insert(bearer);
        // Two instances of one service may share a name; two with the same name of their own are another check's.
        if owner.service.name != bearer.service.name && !bearer.is_own() {
            findings.push(finding(topology, owner, bearer));
        }
    }
    findings
}

/// A name in the certificate of an instance.
#[derive(Clone, Copy)]
struct Bearer<'a> {
    name: &'a Identifier,
    service: &'a Service,
    instance: &'a Instance,
}

impl Bearer<'_> {
    fn is_own(&self) -> bool {
        *self.name == self.instance.identifier
    }
}

fn bearers(topology: &Topology) -> impl Iterator<Item = Bearer<'_>> {
    topology.services.iter().flat_map(|service| {
        service.instances.iter().flat_map(move |instance| {
            instance.names.iter().map(move |name| Bearer { name, service, instance })
        })
    })
}

fn finding(topology: &Topology, owner: Bearer<'_>, bearer: Bearer<'_>) -> Finding {
    let (name, at) = (bearer.name, topology.at(bearer.instance.place));
    let (first, second) = (&owner.service.name, &bearer.service.name);
    if owner.is_own() {
        return Finding::warning(
            CODE,
            at,
            format!("`{name}` is an instance of `{first}`, and in the certificate of `{second}`"),
        )
        .hint(format!("remove it from `names` of `{second}`: with it `{second}` can pose as `{first}`"));
    }
    Finding::warning(CODE, at, format!("`{name}` is in the certificates of `{first}` and of `{second}`"))
        .hint("give each service names of its own: with this one each can pose as the other")
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

    #[test]
    fn a_name_of_anothers_instance_is_noticed_wherever_it_is_declared() {
        let a = "[service.a]\ninstances = [\"a.x\"]\nnames = [\"b.x\"]\n";
        let b = "[service.b]\ninstances = [\"b.x\"]\n";
        for (text, line) in [(format!("{a}{b}"), 3), (format!("{b}{a}"), 5)] {
            let finding = only(check(&good(&text)), CODE);
            assert_eq!(finding.about, format!("f:{line}:14"));
            assert!(finding.hints[0].contains("`a` can pose as `b`"), "{finding:?}");
        }
        assert!(check(&good(&format!("{b}{}", a.replace("b.x", "c.x")))).is_empty());
    }
}
