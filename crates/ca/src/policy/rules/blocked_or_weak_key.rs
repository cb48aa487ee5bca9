//! Keys that are known to others, or can be computed from what is public, are not certified.
//!
//! The findings come from the examination of the key in hf-keys; here they become refusals.

use hf_core::finding::Finding;

use crate::policy::{PolicySettings, Proposal, Rule};

pub(super) const RULE: Rule = Rule { name: "blocked_or_weak_key", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    findings.extend(proposal.key.weaknesses.iter().cloned());
}

#[cfg(test)]
mod tests {
    use hf_core::finding::FindingCode;

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn findings_about_the_key_become_refusals() {
        let mut proposal = ProposalBuilder::leaf().build();
        assert!(codes(&RULE, &proposal).is_empty());
        proposal.key.weaknesses.push(Finding::error(FindingCode::new("HF-KEY-BLOCKED"), "key", "blocked"));
        assert_eq!(codes(&RULE, &proposal), ["HF-KEY-BLOCKED"]);
    }
}
