//! A leaf has at least one name, if only the common name that its requester chose, and no certificate has more than its profile allows.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};
use crate::profile::SubjectRule;

const NONE: FindingCode = FindingCode::new("HF-POLICY-NO-NAME");
const TOO_MANY: FindingCode = FindingCode::new("HF-POLICY-TOO-MANY-NAMES");

pub(super) const RULE: Rule = Rule { name: "name_count", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let count = proposal.names.len();
    let by_subject =
        proposal.profile.subject_rule() == SubjectRule::Wanted && proposal.subject.common_name().is_some();
    if count == 0 && !proposal.profile.kind().is_authority() && !by_subject {
        findings.push(
            Finding::error(NONE, proposal.subject.to_string(), "the certificate would name nobody")
                .expected_found("at least one name", "none in the request and none given")
                .hint("give names, for example `handfast issue a.shop.internal`")
                .rfc("RFC 5280 section 4.2.1.6"),
        );
    }
    let most = proposal.profile.max_names();
    if count > most {
        findings.push(
            Finding::error(TOO_MANY, proposal.subject.to_string(), "too many names for one certificate")
                .expected_found(format!("at most {most}"), count.to_string())
                .hint("split the names over several certificates"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn one_to_the_most() {
        let names: Vec<String> = (0..101).map(|index| format!("n{index}.shop.internal")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(codes(&RULE, &ProposalBuilder::leaf().names(&names[..1]).build()).is_empty());
        assert!(codes(&RULE, &ProposalBuilder::leaf().names(&names[..100]).build()).is_empty());
        assert_eq!(
            codes(&RULE, &ProposalBuilder::leaf().names(&names).build()),
            ["HF-POLICY-TOO-MANY-NAMES"]
        );
        assert_eq!(codes(&RULE, &ProposalBuilder::leaf().names(&[]).build()), ["HF-POLICY-NO-NAME"]);
        assert!(codes(&RULE, &ProposalBuilder::authority().names(&[]).build()).is_empty());
        let chosen =
            || ProposalBuilder::leaf().profile(|profile| profile.subject = SubjectRule::Wanted).names(&[]);
        assert!(codes(&RULE, &chosen().build()).is_empty());
        let mut nobody = chosen().build();
        nobody.subject = "O=Shop".parse().unwrap();
        assert_eq!(codes(&RULE, &nobody), ["HF-POLICY-NO-NAME"]);
    }
}
