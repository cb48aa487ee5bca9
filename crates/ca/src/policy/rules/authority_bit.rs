//! `cA` TRUE comes from a profile for authorities, and from nowhere else (RFC 5280 section 4.2.1.9).

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-NO-AUTHORITY");

pub(super) const RULE: Rule = Rule { name: "authority_bit", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let profile = proposal.profile.name();
    let by_profile = proposal.profile.kind().is_authority();
    if proposal.csr_asks_for_authority && !by_profile {
        findings.push(
            Finding::error(
                CODE,
                proposal.subject.to_string(),
                "the signing request asks to become an authority",
            )
            .expected_found(format!("a leaf, as profile `{profile}` makes them"), "`cA` TRUE in the request")
            .hint("for an authority, use `handfast ca sign-intermediate`")
            .rfc("RFC 5280 section 4.2.1.9"),
        );
    }
    if proposal.authority.is_some() != by_profile {
        let found = if by_profile { "a request for a leaf" } else { "a request for an authority" };
        findings.push(
            Finding::error(CODE, proposal.subject.to_string(), "the profile does not fit what is asked for")
                .expected_found(format!("what profile `{profile}` makes"), found)
                .rfc("RFC 5280 section 4.2.1.9"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn leaves_and_authorities_as_their_profiles_say() {
        assert!(codes(&RULE, &ProposalBuilder::leaf().build()).is_empty());
        assert!(codes(&RULE, &ProposalBuilder::authority().build()).is_empty());
    }

    #[test]
    fn a_leaf_profile_makes_no_authority() {
        let mut asking = ProposalBuilder::leaf().build();
        asking.csr_asks_for_authority = true;
        assert_eq!(codes(&RULE, &asking), ["HF-POLICY-NO-AUTHORITY"]);
        let mut wishing = ProposalBuilder::leaf().build();
        wishing.authority = Some(crate::policy::AuthorityWish::default());
        assert_eq!(codes(&RULE, &wishing), ["HF-POLICY-NO-AUTHORITY"]);
        let mut leaf_by_authority_profile = ProposalBuilder::authority().build();
        leaf_by_authority_profile.authority = None;
        assert_eq!(codes(&RULE, &leaf_by_authority_profile), ["HF-POLICY-NO-AUTHORITY"]);
    }
}
