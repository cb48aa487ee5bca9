//! The common name of a leaf, if there is one, is one of its names: nothing that reads only the subject is told
//! anything that the names do not say. Where the requester chooses the subject, that holds for hosts and addresses; other
//! common names, such as a database user, are free.

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;

use crate::policy::{PolicySettings, Proposal, Rule};
use crate::profile::SubjectRule;

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
    if proposal.profile.subject_rule() == SubjectRule::Wanted && !reads_as_host(&common_name) {
        return;
    }
    let as_name = common_name.parse::<Identifier>().ok();
    if !proposal.names.iter().any(|name| Some(name) == as_name.as_ref() || name.to_string() == common_name) {
        findings.push(
            Finding::error(CODE, proposal.subject.to_string(), "the common name is not among the names")
                .expected_found("one of the names in subjectAltName", common_name)
                .rfc("RFC 9525 section 2"),
        );
    }
}

fn reads_as_host(common_name: &str) -> bool {
    common_name.contains(['.', ':'])
        && matches!(common_name.parse(), Ok(Identifier::Dns(_) | Identifier::Ip(_)))
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
    fn a_chosen_common_name_is_free_unless_it_is_a_host() {
        let mut leaf =
            ProposalBuilder::leaf().profile(|profile| profile.subject = SubjectRule::Wanted).build();
        for (common_name, good) in [
            ("postgres", true),
            ("A person", true),
            ("a.shop.internal", true),
            ("b.shop.internal", false),
            ("10.0.0.1", false),
            ("::1", false),
        ] {
            leaf.subject = DistinguishedName::common(common_name);
            assert_eq!(codes(&RULE, &leaf).is_empty(), good, "{common_name}");
        }
    }

    #[test]
    fn an_authority_has_a_subject() {
        let mut authority = ProposalBuilder::authority().build();
        assert!(codes(&RULE, &authority).is_empty());
        authority.subject = DistinguishedName::empty();
        assert_eq!(codes(&RULE, &authority), ["HF-POLICY-COMMON-NAME"]);
    }
}
