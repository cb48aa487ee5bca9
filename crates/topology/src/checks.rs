//! Plan checks: pure functions from what is declared and observed to findings, one file each.
//!
//! What a file must have to be read at all (an instance for each service, a certificate for each external party, names that
//! exist) is checked by [`crate::declare`], which knows where in the file it is missing.

mod authority_cycle;
mod authority_key;
mod authority_later;
mod authority_levels;
mod authority_unused;
mod clock;
mod duplicate_instance;
mod external_certificate;
mod issuer_remaining;
mod lifetime_order;
mod lonely_peers;
mod no_links;
mod offline_signer;
mod outside_permitted;
mod path_length;
mod record_lost;
mod root_replaced;
mod shared_key;
mod shared_name;
mod undeclared;
mod usage_missing;
mod wildcard;

use hf_core::finding::Finding;
use hf_core::time::Timestamp;

use crate::declared::Topology;
use crate::inventory::Inventory;
use crate::plan::Step;

type DeclaredCheck = fn(&Topology) -> Vec<Finding>;

const DECLARED: &[DeclaredCheck] = &[
    authority_cycle::check,
    authority_levels::check,
    authority_unused::check,
    duplicate_instance::check,
    lifetime_order::check,
    lonely_peers::check,
    no_links::check,
    offline_signer::check,
    outside_permitted::check,
    path_length::check,
    shared_name::check,
    usage_missing::check,
    wildcard::check,
];

/// What exists, laid beside what is declared and what is about to be done.
#[derive(Clone, Copy)]
struct Observation<'a> {
    topology: &'a Topology,
    inventory: &'a Inventory,
    changes: &'a [Step],
    now: Timestamp,
}

type ObservedCheck = fn(Observation<'_>) -> Vec<Finding>;

const OBSERVED: &[ObservedCheck] = &[
    authority_key::check,
    authority_later::check,
    clock::check,
    external_certificate::check,
    issuer_remaining::check,
    record_lost::check,
    root_replaced::check,
    shared_key::check,
    undeclared::check,
];

/// What the declaration alone shows. The parser refuses a file for which there is an error among them.
pub fn declared(topology: &Topology) -> Vec<Finding> {
    DECLARED.iter().flat_map(|check| check(topology)).collect()
}

/// What shows when what exists is laid beside the declaration, with the warnings and notices of [`declared`]. `changes` are
/// the steps of the plan.
pub fn observed(
    topology: &Topology,
    inventory: &Inventory,
    changes: &[Step],
    now: Timestamp,
) -> Vec<Finding> {
    let observation = Observation { topology, inventory, changes, now };
    let observed = OBSERVED.iter().flat_map(|check| check(observation));
    observed.chain(declared(topology)).collect()
}

#[cfg(test)]
mod testing {
    //! Small files for the tests of the checks.

    use hf_core::finding::{Finding, FindingCode};

    use crate::declared::Topology;

    /// A file that must be good.
    pub(super) fn good(text: &str) -> Topology {
        crate::declare::parse(&with_trust(text), "f").unwrap_or_else(|faults| panic!("{faults:#?}"))
    }

    /// The one fault of that code in a file that must be refused.
    pub(super) fn refused(text: &str, code: FindingCode) -> Finding {
        let faults = crate::declare::parse(&with_trust(text), "f").expect_err("refused");
        only(faults, code)
    }

    /// The one finding of that code.
    pub(super) fn only(findings: Vec<Finding>, code: FindingCode) -> Finding {
        let mut found: Vec<Finding> = findings.into_iter().filter(|finding| finding.code == code).collect();
        assert_eq!(found.len(), 1, "{found:#?}");
        found.remove(0)
    }

    /// `[trust]` on the first line, so that the text begins on the second.
    fn with_trust(text: &str) -> String {
        if text.contains("[trust]") {
            text.to_owned()
        } else {
            format!("trust.domain = \"x.internal\"\n{text}")
        }
    }
}
