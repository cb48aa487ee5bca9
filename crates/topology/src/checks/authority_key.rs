//! Keys of authorities that are needed and not at hand.

use hf_core::finding::{Finding, FindingCode};

use super::Observation;
use crate::codes;
use crate::inventory::KeyState;
use crate::plan::Step;

const MISSING: FindingCode = codes::PLAN_AUTHORITY_KEY_MISSING;
const MISMATCHED: FindingCode = codes::PLAN_AUTHORITY_KEY_MISMATCHED;
const OFFLINE: FindingCode = codes::PLAN_AUTHORITY_KEY_OFFLINE;

pub(super) fn check(observation: Observation<'_>) -> Vec<Finding> {
    let Observation { topology, inventory, changes, .. } = observation;
    let mut findings = Vec::new();
    for authority in &topology.authorities {
        let Some(observed) = inventory.authorities.get(&authority.name) else { continue };
        let (name, at) = (&authority.name, topology.at(authority.place));
        let waiting: Vec<&str> = changes.iter().filter_map(|step| signed_by(step, name)).collect();
        findings.extend(match observed.key {
            KeyState::Present => None,
            KeyState::Missing => Some(
                Finding::error(MISSING, at, format!("the key of authority `{name}` is missing"))
                    .hint("put the key file back from its backup; if it is kept elsewhere on purpose, write `offline = true`"),
            ),
            KeyState::Mismatched => Some(
                Finding::error(MISMATCHED, at, format!("the key of authority `{name}` is not the key of its certificate"))
                    .hint("put the right key file back from its backup"),
            ),
            KeyState::Elsewhere if waiting.is_empty() => None,
            KeyState::Elsewhere => Some(
                Finding::error(OFFLINE, at, format!("authority `{name}` must sign, and its key is offline"))
                    .evidence("waiting", waiting.join(", "))
                    .hint(format!("bring the key of `{name}` and run `handfast apply` again, or sign where the key is with `handfast ca sign-intermediate`")),
            ),
        });
    }
    findings
}

/// What a step asks the named authority to sign. A new key of its own needs no old one.
fn signed_by<'a>(step: &'a Step, authority: &str) -> Option<&'a str> {
    match step {
        Step::CreateAuthority(spec) => (spec.parent.as_deref() == Some(authority)).then_some(&spec.authority),
        Step::RenewAuthority { spec, new_key, .. } => {
            let by_itself = spec.parent.is_none() && spec.authority == authority && !new_key;
            (by_itself || spec.parent.as_deref() == Some(authority)).then_some(&spec.authority)
        }
        Step::IssueCertificate { spec, .. } => (spec.authority == authority).then_some(&spec.instance),
        Step::WriteFiles { .. } => None,
    }
}
