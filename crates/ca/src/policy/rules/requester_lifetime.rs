//! The lifetime is at most that which the credential of the requester allows.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-REQUESTER-LIFETIME");

pub(super) const RULE: Rule = Rule { name: "requester_lifetime", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let Some(longest) = proposal.limits.max_lifetime else { return };
    let asked = proposal.validity.lifetime();
    if asked > longest {
        findings.push(
            Finding::error(
                CODE,
                proposal.subject.to_string(),
                "the lifetime is longer than the credential allows",
            )
            .expected_found(format!("at most {longest}"), asked.to_string())
            .hint("ask for less, or use a credential that allows more"),
        );
    }
}

#[cfg(test)]
mod tests {
    use hf_core::time::Lifetime;

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn one_second_too_long_is_too_long() {
        let day = Lifetime::from_days(1);
        let mut proposal = ProposalBuilder::leaf().lifetime(day).build();
        assert!(codes(&RULE, &proposal).is_empty());
        proposal.limits.max_lifetime = Some(day);
        assert!(codes(&RULE, &proposal).is_empty());
        proposal.limits.max_lifetime = Some(Lifetime::from_seconds(day.seconds() - 1));
        assert_eq!(codes(&RULE, &proposal), ["HF-POLICY-REQUESTER-LIFETIME"]);
    }
}
