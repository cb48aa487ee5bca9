//! A link in a role that a profile does not allow.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::{Party, Topology, Usage};

const CODE: FindingCode = codes::PLAN_USAGE_MISSING;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let mut findings = Vec::new();
    for service in &topology.services {
        let party = Party::Service(service);
        let Some(profile) = topology.profile(&service.profile) else { continue };
        let is_client = !service.calls.is_empty() || service.peers;
        let is_server = topology.parties().any(|other| topology.is_linked(other, party));
        for (needed, usage, reason) in [
            (is_client, Usage::Client, "opens connections"),
            (is_server, Usage::Server, "accepts connections"),
        ] {
            if needed && !profile.allows(usage) {
                let summary = format!(
                    "`{}` {reason}, but its profile `{}` does not allow it",
                    service.name, profile.name
                );
                findings.push(
                    Finding::error(CODE, topology.at(service.place), summary)
                        .expected_found(
                            format!("the usage `{usage}`"),
                            crate::declare::listed(&profile.usages),
                        )
                        .hint(format!(
                            "write another `profile` in `[service.{}]`; `service` allows both",
                            service.name
                        ))
                        .rfc("RFC 5280 section 4.2.1.12"),
                );
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, refused};
    use super::*;

    #[test]
    fn roles_must_fit_profiles() {
        let text = "[service.s]\ninstances = [\"s.x\"]\nprofile = \"client\"\ncalls = [\"t\"]\n[service.t]\ninstances = [\"t.x\"]\nprofile = \"server\"\n";
        assert!(check(&good(text)).is_empty());
        assert!(refused(&text.replace("\"client\"", "\"server\""), CODE).summary.contains("opens"));
        assert!(refused(&text.replace("\"server\"", "\"client\""), CODE).summary.contains("accepts"));
    }
}
