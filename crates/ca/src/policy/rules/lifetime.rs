//! The lifetime, counted to the last second, is at most that of the profile (RFC 5280 section 4.1.2.5).

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-LIFETIME");

pub(super) const RULE: Rule = Rule { name: "lifetime", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let longest = proposal.profile.max_lifetime();
    let asked = proposal.validity.lifetime();
    if asked > longest {
        findings.push(
            Finding::error(
                CODE,
                proposal.subject.to_string(),
                format!("the lifetime is longer than profile `{}` allows", proposal.profile.name()),
            )
            .expected_found(format!("at most {longest}"), asked.to_string())
            .hint("ask for less, or write a longer `lifetime` in the section of the profile")
            .rfc("RFC 5280 section 4.1.2.5"),
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
        let longest = Lifetime::from_days(398);
        assert!(codes(&RULE, &ProposalBuilder::leaf().lifetime(longest).build()).is_empty());
        let longer = Lifetime::from_seconds(longest.seconds() + 1);
        let proposal = ProposalBuilder::leaf().lifetime(longer).build();
        assert_eq!(codes(&RULE, &proposal), ["HF-POLICY-LIFETIME"]);
    }
}
