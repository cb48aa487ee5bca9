//! Chains longer than verifiers follow.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::Topology;

const CODE: FindingCode = codes::PLAN_CHAIN_TOO_LONG;

/// rustls-webpki follows six intermediates (`MAX_SUB_CA_COUNT`) and so do its users; OpenSSL and Go follow more.
const MAX_INTERMEDIATES: usize = 6;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let mut findings = Vec::new();
    for authority in &topology.authorities {
        let chain = topology.chain(&authority.name);
        let ends = chain.last().is_some_and(|last| last.is_root());
        let at = topology.at(authority.place);
        let cut = chain.len() == Topology::MAX_LEVELS && !ends;
        if cut && !is_cyclic(&chain) {
            findings.push(
                Finding::error(CODE, at, format!("`{}` lies too deep in the tree", authority.name))
                    .expected_found(format!("at most {} levels", Topology::MAX_LEVELS), "more")
                    .hint("put fewer authorities above each other"),
            );
        } else if ends && chain.len() == MAX_INTERMEDIATES + 2 {
            findings.push(
                Finding::warning(
                    CODE,
                    at,
                    format!("the chain of `{}` is longer than some verifiers follow", authority.name),
                )
                .expected_found(
                    format!("at most {MAX_INTERMEDIATES} authorities below the root"),
                    (chain.len() - 1).to_string(),
                )
                .hint("put fewer authorities above each other: programs built on rustls refuse this chain"),
            );
        }
    }
    findings
}

/// Circles are another check's.
fn is_cyclic(chain: &[&crate::declared::Authority]) -> bool {
    chain
        .iter()
        .enumerate()
        .any(|(index, one)| chain.iter().skip(index + 1).any(|other| other.name == one.name))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, only, refused};
    use super::*;

    fn tower(levels: usize) -> String {
        let section = |level: usize| match level {
            0 => "[authority.l0]\n".to_owned(),
            _ => format!("[authority.l{level}]\nparent = \"l{}\"\n", level - 1),
        };
        (0..levels).map(section).collect()
    }

    #[test]
    fn towers_are_noticed() {
        assert!(check(&good(&tower(7))).is_empty());
        assert_eq!(only(check(&good(&tower(9))), CODE).about, "f:15:12");
        refused(&tower(33), CODE);
    }
}
