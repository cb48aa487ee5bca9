//! Policy: may this request have this certificate?
//!
//! A table of named rules over the *final* proposal: the set of names that would be certified, the key, the validity,
//! the issuer. Every rule is evaluated and every refusal reported. Nothing here reads a clock, a file or the store.
//! [`Grant`] is the only way on to [`crate::prepared::Prepared`].

mod grant;
mod pattern;
mod proposal;
mod rules;
mod settings;
#[cfg(test)]
mod testing;

use hf_core::finding::{Finding, Severity, without_consequences};

pub use grant::Grant;
pub use pattern::{NamePattern, NamePatternError};
pub use proposal::{AuthorityWish, KeyFacts, Proposal, Wishes};
pub use settings::PolicySettings;

/// The policy of a trust domain: its settings and the table of rules.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    settings: PolicySettings,
}

impl Policy {
    /// A policy with these settings.
    pub fn new(settings: PolicySettings) -> Self {
        Self { settings }
    }

    /// The settings.
    pub fn settings(&self) -> &PolicySettings {
        &self.settings
    }

    /// The names of all rules, alphabetical.
    pub fn rules() -> impl Iterator<Item = &'static str> {
        rules::RULES.iter().map(|rule| rule.name)
    }

    /// Evaluate every rule. Either a [`Grant`], which carries the notices, or all findings of which at least one is an
    /// error.
    pub fn decide(&self, proposal: Proposal) -> Result<Grant, Vec<Finding>> {
        let mut findings = Vec::new();
        for rule in &rules::RULES {
            (rule.check)(&proposal, &self.settings, &mut findings);
        }
        let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
        match proposal.key.algorithm {
            Some(algorithm) if !refused => Ok(Grant::new(proposal, algorithm, findings)),
            _ => Err(without_consequences(findings)),
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy)]
pub(crate) struct Rule {
    /// What the rule is called: the name of its file.
    pub(crate) name: &'static str,
    /// Adds a finding for each thing that the rule refuses or wants to be known.
    pub(crate) check: fn(&Proposal, &PolicySettings, &mut Vec<Finding>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use testing::ProposalBuilder;

    #[test]
    fn a_good_proposal_is_granted_without_a_word() {
        let grant = Policy::default().decide(ProposalBuilder::leaf().build()).unwrap();
        assert_eq!(grant.notices(), &[]);
    }

    #[test]
    fn every_refusal_is_reported() {
        let proposal = ProposalBuilder::leaf()
            .names(&["*.shop.internal", "0.0.0.0"])
            .lifetime(hf_core::time::Lifetime::from_days(4_000))
            .build();
        let findings = Policy::default().decide(proposal).unwrap_err();
        let codes: Vec<&str> = findings.iter().map(|finding| finding.code.as_str()).collect();
        for code in ["HF-POLICY-WILDCARD", "HF-POLICY-NAME-DENIED", "HF-POLICY-LIFETIME"] {
            assert!(codes.contains(&code), "{code} is missing in {codes:?}");
        }
    }

    #[test]
    fn each_rule_has_a_name_of_its_own() {
        let mut names: Vec<&str> = Policy::rules().collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), rules::RULES.len());
    }
}
