//! Authorities that have others below them certify those and nothing else, where the operator keeps it so.
//!
//! Whoever gets a leaf from the root gets past every limit that the authorities below it have: their names, their
//! profiles, their lists.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use hf_core::finding::{Finding, FindingCode};

use crate::authority::Authority;
use crate::policy::Proposal;

const CODE: FindingCode = FindingCode::new("HF-POLICY-SIGNS-AUTHORITIES");

impl Authority {
    /// From now on an authority with others below it certifies nothing but authorities, and responders of its own; `except`
    /// are those that shall certify others all the same. Before this is called all certify what their profiles say.
    pub fn keep_parents_for_authorities(&self, except: BTreeSet<String>) {
        *self.certify_all.write().unwrap_or_else(PoisonError::into_inner) = Some(except);
    }

    /// The refusal, when the proposal is none that its issuer is kept for.
    pub(crate) fn beyond_its_task(&self, proposal: &Proposal) -> Option<Finding> {
        if proposal.profile.kind().is_authority() {
            return None;
        }
        let name = proposal.issuer.name();
        let except = self.certify_all.read().unwrap_or_else(PoisonError::into_inner);
        if except.as_ref().is_none_or(|except| except.contains(name)) {
            return None;
        }
        let all = self.issuers.all();
        let below: Vec<String> = all
            .iter()
            .filter(|other| other.record().parent.as_deref() == Some(name))
            .map(|other| format!("`{}`", other.name()))
            .collect();
        let first = below.first()?;
        let finding = Finding::error(
            CODE,
            proposal.subject.to_string(),
            format!("authority `{name}` signs authorities and nothing else"),
        );
        Some(finding.expected_found(format!("one of {}", below.join(", ")), format!("`{name}`")).hint(format!(
            "ask {first} for it; a service whose certificates `{name}` shall sign says so in handfast.toml: `authority = \"{name}\"`"
        )))
    }
}
