//! A subject that the requester chooses: only where the profile lets it, and only text that a name can hold.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};
use crate::profile::SubjectRule;

const NOT_YOURS: FindingCode = FindingCode::new("HF-POLICY-SUBJECT");
const TEXT: FindingCode = FindingCode::new("HF-POLICY-SUBJECT-TEXT");

pub(super) const RULE: Rule = Rule { name: "wanted_subject", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let chosen = matches!(proposal.profile.subject_rule(), SubjectRule::Wanted | SubjectRule::Requested);
    if !chosen {
        if proposal.wishes.subject {
            findings.push(
                Finding::error(
                    NOT_YOURS,
                    proposal.subject.to_string(),
                    format!("profile `{}` makes the subject itself", proposal.profile.name()),
                )
                .expected_found("a request without a subject of its own", "a wish for a subject")
                .hint("leave the subject out, or use a profile with `subject = \"wanted\"`"),
            );
        }
        return;
    }
    for attribute in proposal.subject.attributes() {
        let Some(fault) = attribute.fault() else { continue };
        findings.push(
            Finding::error(TEXT, proposal.subject.to_string(), "an attribute of the subject is not usable")
                .expected_found("text without control characters, not too long for its type", fault)
                .rfc("RFC 5280 appendix A.1"),
        );
    }
}

#[cfg(test)]
mod tests {
    use hf_x509::distinguished_name::DistinguishedName;

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn only_where_the_profile_lets_the_requester_choose() {
        let mut fixed = ProposalBuilder::leaf().build();
        assert!(codes(&RULE, &fixed).is_empty());
        fixed.wishes.subject = true;
        assert_eq!(codes(&RULE, &fixed), ["HF-POLICY-SUBJECT"]);
        let mut open =
            ProposalBuilder::leaf().profile(|profile| profile.subject = SubjectRule::Wanted).build();
        open.wishes.subject = true;
        assert!(codes(&RULE, &open).is_empty());
        let mut authority = ProposalBuilder::authority().build();
        authority.wishes.subject = true;
        assert!(codes(&RULE, &authority).is_empty());
    }

    #[test]
    fn what_no_certificate_should_say_is_refused() {
        let subject = |value: &[u8], tag: u8| {
            let mut attribute = vec![0x06, 0x03, 0x55, 0x04, 0x03, tag, u8::try_from(value.len()).unwrap()];
            attribute.extend_from_slice(value);
            let mut der = attribute;
            for outer in [0x30, 0x31, 0x30] {
                der = [&[outer, u8::try_from(der.len()).unwrap()], der.as_slice()].concat();
            }
            DistinguishedName::from_der(&der).unwrap()
        };
        let mut open =
            ProposalBuilder::leaf().profile(|profile| profile.subject = SubjectRule::Wanted).build();
        for (name, good) in [
            (subject(b"a.shop.internal", 0x0c), true),
            (subject(b"a\0b", 0x0c), false),
            (subject(b"a\nb", 0x0c), false),
            (subject(&[b'x'; 65], 0x0c), false),
            (subject(&[0xff, 0xfe], 0x0c), false),
            (subject(b"", 0x0c), false),
            (subject(b"a*b", 0x13), false),
        ] {
            open.subject = name;
            assert_eq!(codes(&RULE, &open).is_empty(), good, "{}", open.subject);
        }
    }
}
