//! A certificate about to be issued that would be cut, because its issuer ends before.

use std::collections::BTreeSet;

use hf_core::finding::{Finding, FindingCode};

use super::Observation;
use crate::codes;
use crate::plan::Step;

const CODE: FindingCode = codes::PLAN_ISSUER_ENDS_BEFORE;

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let Observation { topology, inventory, changes, now } = observation;
    let renewed: BTreeSet<&str> = changes
        .iter()
        .filter_map(|step| match step {
            Step::CreateAuthority(spec) | Step::RenewAuthority { spec, .. } => Some(spec.authority.as_str()),
            Step::IssueCertificate { .. } | Step::WriteFiles { .. } => None,
        })
        .collect();
    let mut findings = Vec::new();
    for step in changes {
        let Step::IssueCertificate { spec, .. } = step else { continue };
        let issuer =
            inventory.authorities.get(&spec.authority).filter(|_| !renewed.contains(spec.authority.as_str()));
        let Some(end) = issuer.map(|issuer| issuer.certificate.validity.not_after()) else { continue };
        if now.plus(spec.lifetime) <= end {
            continue;
        }
        let at =
            topology.service(&spec.service).map_or_else(String::new, |service| topology.at(service.place));
        let summary = format!(
            "the certificate of `{}` is cut: its issuer `{}` ends before",
            spec.instance, spec.authority
        );
        findings.push(
            Finding::warning(CODE, at, summary)
                .expected_found(spec.lifetime.to_string(), format!("until {end}"))
                .hint(format!("write a shorter `lifetime`, or an earlier `renew_at` in `[trust]`, so that `{}` is renewed in time", spec.authority)),
        );
    }
    findings
}
