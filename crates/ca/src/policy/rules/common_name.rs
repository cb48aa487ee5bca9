//! The common name of a leaf, if there is one, is one of its names: nothing that reads only the subject is told
//! anything that the names do not say.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-COMMON-NAME");

pub(super) const RULE: Rule = Rule { name: "common_name", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    if proposal.profile.kind().is_authority() {
        if proposal.subject.is_empty() {
            findings.push(
                Finding::error(CODE, "authority", "an authority needs a subject")
                    .rfc("RFC 5280 section 4.1.2.6"),
            );
        }
        return;
    }
    let Some(common_name) = proposal.subject.common_name() else { return };
    if !proposal.names.iter().any(|name| name.to_string() == common_name) {
        findings.push(
            Finding::error(CODE, proposal.subject.to_string(), "the common name is not among the names")
                .expected_found("one of the names in subjectAltName", common_name)
                .rfc("RFC 9525 section 2"),
        );
    }
}

#[cfg(test)]
mod tests {
    use hf_x509::distinguished_name::DistinguishedName;

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn the_common_name_is_a_name() {
        let mut leaf = ProposalBuilder::leaf().build();
        assert!(codes(&RULE, &leaf).is_empty());
        leaf.subject = DistinguishedName::common("other.shop.internal");
        assert_eq!(codes(&RULE, &leaf), ["HF-POLICY-COMMON-NAME"]);
    }

    #[test]
    fn an_authority_has_a_subject() {
        let mut authority = ProposalBuilder::authority().build();
        assert!(codes(&RULE, &authority).is_empty());
        authority.subject = DistinguishedName::empty();
        assert_eq!(codes(&RULE, &authority), ["HF-POLICY-COMMON-NAME"]);
    }
}
