//! A root with a new key: whoever imported the old one accepts nothing that the new one signs.

use hf_core::finding::{Finding, FindingCode};

use super::Observation;
use crate::codes;
use crate::plan::Step;

const CODE: FindingCode = codes::PLAN_ROOT_REPLACED;

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let Observation { topology, changes, .. } = observation;
    let replaced = changes.iter().filter_map(|step| match step {
        Step::RenewAuthority { spec, new_key: true, .. } if spec.parent.is_none() => Some(&spec.authority),
        Step::RenewAuthority { .. }
        | Step::CreateAuthority(_)
        | Step::IssueCertificate { .. }
        | Step::WriteFiles { .. } => None,
    });
    replaced
        .map(|name| {
            let place = topology.authority(name).map(|authority| authority.place).unwrap_or_default();
            Finding::warning(
                CODE,
                topology.at(place),
                format!("root `{name}` gets a new key: machines that have the old root accept nothing from the new one"),
            )
            .hint("carry the new files to every machine at the same time: there is no overlap")
            .hint(format!(
                "to keep the root, take back what changed in `[authority.{name}]`; for an overlap declare a second root beside it, and `trusts`"
            ))
        })
        .collect()
}
