//! Wildcard names let one service pose as any other under the same name.

use std::collections::BTreeSet;

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;

use crate::codes;
use crate::declared::Topology;

const CODE: FindingCode = codes::PLAN_WILDCARD;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let mut findings = Vec::new();
    for service in &topology.services {
        let names = service.instances.iter().flat_map(|instance| &instance.names);
        let wildcards: BTreeSet<&Identifier> =
            names.filter(|name| matches!(name, Identifier::Dns(dns) if dns.is_wildcard())).collect();
        findings.extend(wildcards.into_iter().map(|name| {
            let summary = format!("`{name}` lets `{}` pose as every name that it covers", service.name);
            Finding::warning(CODE, topology.at(service.place), summary)
                .hint(format!("name what `{}` serves in `names`, one by one", service.name))
                .rfc("RFC 9525 section 7.1")
        }));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, only};
    use super::*;

    #[test]
    fn a_wildcard_is_noticed_once_for_a_service() {
        let text = "[service.s]\ninstances = [\"s.x\", \"t.x\"]\nnames = [\"*.x.internal\"]\n";
        only(check(&good(text)), CODE);
        assert!(check(&good(&text.replace("*.x", "s.x"))).is_empty());
    }
}
