//! The credential of the requester allows the profile.

use hf_core::finding::{Finding, FindingCode};

use super::not_listed;
use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-REQUESTER-PROFILE");

pub(super) const RULE: Rule = Rule { name: "requester_profile", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let Some(allowed) = &proposal.limits.profiles else { return };
    let found = proposal.profile.name();
    if !allowed.iter().any(|name| name == found) {
        findings.push(
            not_listed(CODE, "profile", allowed, found)
                .hint("ask for another profile, or use a credential that allows this one"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn only_what_is_listed() {
        let under = |allowed: Option<&[&str]>| {
            let mut proposal = ProposalBuilder::leaf().build();
            proposal.limits.profiles =
                allowed.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
            codes(&RULE, &proposal)
        };
        assert!(under(None).is_empty(), "no limit");
        assert!(under(Some(&["other", "peer"])).is_empty());
        assert_eq!(under(Some(&["other"])), ["HF-POLICY-REQUESTER-PROFILE"]);
        assert_eq!(under(Some(&[])), ["HF-POLICY-REQUESTER-PROFILE"], "an empty list allows none");
        assert_eq!(under(Some(&["PEER"])), ["HF-POLICY-REQUESTER-PROFILE"]);
    }
}
