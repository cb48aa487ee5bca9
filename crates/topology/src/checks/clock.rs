//! Certificates from the future: the clock jumped back, or that of whoever signed was ahead.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;

use super::Observation;

const CODE: FindingCode = codes::PLAN_CLOCK_BEHIND;

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let Observation { inventory, now, .. } = observation;
    let authorities = inventory.authorities.iter().map(|(name, observed)| (name, &observed.certificate));
    let instances =
        inventory.instances.iter().filter_map(|(name, o)| o.certificate.as_ref().map(|c| (name, c)));
    authorities
        .chain(instances)
        .filter(|(_, certificate)| certificate.validity.not_before() > now)
        .map(|(name, certificate)| {
            Finding::warning(
                CODE,
                name.clone(),
                "the certificate is not valid yet, by the clock of this machine",
            )
            .expected_found(format!("a time from {} on", certificate.validity.not_before()), now.to_string())
            .hint("set the clock of this machine")
            .rfc("RFC 5280 section 4.1.2.5")
        })
        .collect()
}
