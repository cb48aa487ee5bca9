//! Validity begins at most the profile's backdate before now, and never in the future.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-VALIDITY-START");

pub(super) const RULE: Rule = Rule { name: "validity_start", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let start = proposal.validity.not_before();
    let backdate = proposal.profile.backdate();
    if start > proposal.now || proposal.now.seconds_since(start) > backdate.seconds() {
        findings.push(
            Finding::error(CODE, proposal.subject.to_string(), "validity begins at the wrong time")
                .expected_found(
                    format!("at most {backdate} before {}, not after it", proposal.now),
                    start.to_string(),
                )
                .rfc("RFC 5280 section 4.1.2.5"),
        );
    }
}

#[cfg(test)]
mod tests {
    use hf_core::time::{Lifetime, Validity};

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn backdate_to_now() {
        let mut proposal = ProposalBuilder::leaf().build();
        assert!(codes(&RULE, &proposal).is_empty());
        let (now, day, second) = (proposal.now, Lifetime::from_days(1), Lifetime::from_seconds(1));
        let earliest = now.minus(proposal.profile.backdate());
        for (start, good) in
            [(now, true), (now.plus(second), false), (earliest, true), (earliest.minus(second), false)]
        {
            proposal.validity = Validity::starting(start, day);
            assert_eq!(codes(&RULE, &proposal).is_empty(), good, "{start}");
        }
    }
}
