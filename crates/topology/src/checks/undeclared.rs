//! What exists and is no longer declared. Nothing is removed in silence.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::Party;
use crate::layout;

use super::Observation;

const INSTANCE: FindingCode = codes::PLAN_UNDECLARED_INSTANCE;
const AUTHORITY: FindingCode = codes::PLAN_UNDECLARED_AUTHORITY;

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let Observation { topology, inventory, now, .. } = observation;
    let is = |party: Party<'_>, name: &str| party.instances().iter().any(|instance| instance.name == name);
    let ours = |name: &str| topology.parties().any(|party| !party.is_external() && is(party, name));
    let theirs = |name: &str| topology.parties().any(|party| party.is_external() && is(party, name));
    let instances = inventory.instances.iter().filter(|(name, observed)| {
        let valid =
            observed.certificate.as_ref().is_some_and(|c| !c.revoked && now <= c.validity.not_after());
        valid && !ours(name)
    });
    let instances = instances.map(|(name, _)| {
        let revoke = format!(
            "handfast revoke {} --reason cessationOfOperation",
            layout::path(name, layout::CERTIFICATE)
        );
        if theirs(name) {
            let summary =
                "the instance is an external party's, but has a key and a valid certificate of ours";
            return Finding::warning(INSTANCE, name.clone(), summary)
                .hint(format!("run `{revoke}`, then `handfast apply`, which takes both away"));
        }
        let summary = "the instance is not declared, but has a certificate that is valid";
        Finding::warning(INSTANCE, name.clone(), summary)
            .hint(format!("run `{revoke}` and remove `{}`, or declare it again", layout::path(name, "")))
    });
    let authorities = inventory.authorities.keys().filter(|name| topology.authority(name).is_none());
    let authorities = authorities.map(|name| {
        Finding::notice(AUTHORITY, name.clone(), "the authority is not declared, but exists")
            .hint(format!("declare `[authority.{name}]` again, or leave it: it signs nothing by itself"))
    });
    instances.chain(authorities).collect()
}
