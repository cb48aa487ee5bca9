//! What the file says of an authority that exists, and that shows in its certificate only when it is renewed.

use hf_core::finding::{Finding, FindingCode};

use super::Observation;
use crate::codes;
use crate::plan::{Step, differs};

const CODE: FindingCode = codes::PLAN_AUTHORITY_LATER;

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let Observation { topology, inventory, changes, .. } = observation;
    let renewed = |name: &str| {
        changes.iter().any(|step| matches!(step, Step::RenewAuthority { spec, .. } if spec.authority == name))
    };
    let mut findings = Vec::new();
    for authority in topology.authorities.iter().filter(|authority| !renewed(&authority.name)) {
        let Some(observed) = inventory.authorities.get(&authority.name) else { continue };
        if observed.made_from.is_none() {
            continue;
        }
        let (found, name) = (&observed.certificate, &authority.name);
        let ends = authority
            .parent
            .as_ref()
            .and_then(|parent| inventory.authorities.get(parent))
            .map(|parent| parent.ends);
        let lifetime = differs::lifetime(authority.lifetime, found.validity, ends);
        let addresses =
            !authority.is_root() && differs::addresses(topology.trust.url.as_ref(), &found.addresses);
        for (differs, what) in [(lifetime, "lifetime"), (addresses, "address of CRLs")] {
            if differs {
                let due = topology.trust.renew_at.of(found.validity);
                let summary = format!(
                    "the certificate of authority `{name}` has another {what} than declared until it is renewed"
                );
                findings.push(
                    Finding::notice(CODE, topology.at(authority.place), summary)
                        .evidence("renewed", due.to_string())
                        .hint("`handfast apply` renews it in time, with the same key; an earlier `renew_at` in `[trust]` makes that sooner"),
                );
            }
        }
    }
    findings
}
