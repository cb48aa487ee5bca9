//! What exists and is no longer declared. Nothing is removed in silence.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;

use super::Observation;

const INSTANCE: FindingCode = codes::PLAN_UNDECLARED_INSTANCE;
const AUTHORITY: FindingCode = codes::PLAN_UNDECLARED_AUTHORITY;

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let Observation { topology, inventory, now, .. } = observation;
    let declared = |name: &str| topology.members().any(|member| member.instance.name == name);
    let instances = inventory.instances.iter().filter(|(name, observed)| {
        let valid =
            observed.certificate.as_ref().is_some_and(|c| !c.revoked && now <= c.validity.not_after());
        valid && !declared(name)
    });
    let instances = instances.map(|(name, _)| {
        Finding::warning(
            INSTANCE,
            name.clone(),
            "the instance is not declared, but has a certificate that is valid",
        )
        .hint(format!("run `handfast revoke {name}` and remove `trust/{name}`, or declare it again"))
    });
    let authorities = inventory.authorities.keys().filter(|name| topology.authority(name).is_none());
    let authorities = authorities.map(|name| {
        Finding::notice(AUTHORITY, name.clone(), "the authority is not declared, but exists")
            .hint(format!("declare `[authority.{name}]` again, or leave it: it signs nothing by itself"))
    });
    instances.chain(authorities).collect()
}
