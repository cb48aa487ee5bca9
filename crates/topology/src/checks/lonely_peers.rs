//! `peers = true` with one instance links nothing.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::Topology;

const CODE: FindingCode = codes::PLAN_LONELY_PEERS;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let lonely = topology.services.iter().filter(|service| service.peers && service.instances.len() == 1);
    lonely
        .map(|service| {
            let summary = format!(
                "`{}` has `peers = true` and one instance, so there is nobody to talk to",
                service.name
            );
            Finding::notice(CODE, topology.at(service.place), summary)
                .hint("add the other instances, or remove `peers`")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, only};
    use super::*;

    #[test]
    fn a_lonely_peer_is_noticed() {
        let text = "[service.s]\ninstances = [\"s.x\"]\npeers = true\n";
        only(check(&good(text)), CODE);
        assert!(check(&good(&text.replace("\"s.x\"", "\"s.x\", \"t.x\""))).is_empty());
    }
}
