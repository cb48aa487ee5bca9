//! The certificates by which external parties are verified.

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;
use hf_core::time::Lifetime;

use super::Observation;
use crate::codes;
use crate::declared::External;
use crate::inventory::ObservedCertificate;

const UNREADABLE: FindingCode = codes::PLAN_EXTERNAL_UNREADABLE;
const EXPIRED: FindingCode = codes::PLAN_EXTERNAL_EXPIRED;
const ENDING: FindingCode = codes::PLAN_EXTERNAL_ENDING;
const NAME: FindingCode = codes::PLAN_EXTERNAL_NAME;

/// How long before its end somebody must ask for another: people are involved.
const WARN_BEFORE: Lifetime = Lifetime::from_days(30);

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let Observation { topology, inventory, .. } = observation;
    let mut findings = Vec::new();
    for external in &topology.externals {
        match inventory.externals.get(&external.name) {
            None => findings.push(unreadable(observation, external)),
            Some(certificates) => {
                let ending = |certificate| ending(observation, external, certificate);
                findings.extend(certificates.iter().filter_map(ending));
                findings.extend(names(observation, external, certificates));
            }
        }
    }
    findings
}

fn unreadable(observation: Observation<'_>, external: &External) -> Finding {
    let at = observation.topology.at(external.place);
    Finding::error(
        UNREADABLE,
        at,
        format!("the certificate of external party `{}` could not be read", external.name),
    )
    .evidence("file", external.certificate.clone())
    .hint(format!("put the certificate that `{}` gave you there, in PEM", external.name))
}

fn ending(
    observation: Observation<'_>,
    external: &External,
    certificate: &ObservedCertificate,
) -> Option<Finding> {
    let Observation { topology, now, .. } = observation;
    let (end, at, name) = (certificate.validity.not_after(), topology.at(external.place), &external.name);
    let finding = if now > end {
        Finding::error(EXPIRED, at, format!("the certificate of external party `{name}` has expired"))
    } else if now >= end.minus(WARN_BEFORE) {
        Finding::warning(ENDING, at, format!("the certificate of external party `{name}` ends soon"))
    } else {
        return None;
    };
    let hint = format!("ask `{name}` for another and put it into `{}`", external.certificate);
    Some(finding.evidence("not_after", end.to_string()).evidence("now", now.to_string()).hint(hint))
}

/// Clients verify the name that they connect to. An authority's certificate names no instance.
fn names(
    observation: Observation<'_>,
    external: &External,
    certificates: &[ObservedCertificate],
) -> Vec<Finding> {
    if certificates.iter().any(|certificate| certificate.authority) {
        return Vec::new();
    }
    let names = || certificates.iter().flat_map(|certificate| certificate.names.iter());
    let covered = |wanted: &Identifier| {
        names().any(|name| match (name, wanted) {
            (Identifier::Dns(name), Identifier::Dns(wanted)) => name.matches(wanted),
            (name, wanted) => name == wanted,
        })
    };
    let shown: Vec<String> = names().map(|name| format!("`{name}`")).collect();
    let missing = external.instances.iter().filter(|instance| !covered(&instance.identifier));
    missing
        .map(|instance| {
            let at = observation.topology.at(instance.place);
            let summary = format!(
                "the certificate of external party `{}` does not name `{}`",
                external.name, instance.name
            );
            Finding::error(NAME, at, summary)
                .expected_found(
                    format!("`{}`", instance.name),
                    if shown.is_empty() { "no name".to_owned() } else { shown.join(", ") },
                )
                .hint("name the instance as its certificate does, or ask for another certificate")
                .rfc("RFC 9525 section 6.3")
        })
        .collect()
}
