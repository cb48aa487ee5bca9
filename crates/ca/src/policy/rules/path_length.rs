//! Authorities only as deep as those above them allow (RFC 5280 section 4.2.1.9).

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};
use crate::profile::ProfileKind;

const TOO_DEEP: FindingCode = FindingCode::new("HF-POLICY-TOO-DEEP");
const TOO_LONG: FindingCode = FindingCode::new("HF-POLICY-PATH-LENGTH");

pub(super) const RULE: Rule = Rule { name: "path_length", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let ProfileKind::Authority { max_path_length } = proposal.profile.kind() else { return };
    let about = proposal.subject.to_string();
    let Some(left) = proposal.issuer.depth_left() else {
        findings.push(
            Finding::error(TOO_DEEP, about, "no authority may follow below this issuer")
                .expected_found("an issuer whose path length leaves room", "a path length that is used up")
                .hint("create the authority one level higher, or the issuer anew with a longer path length")
                .rfc("RFC 5280 section 4.2.1.9"),
        );
        return;
    };
    let most = [left, max_path_length].into_iter().flatten().min();
    let wanted = proposal.authority.as_ref().and_then(|authority| authority.path_length);
    if let (Some(most), Some(wanted)) = (most, wanted)
        && wanted > most
    {
        findings.push(
            Finding::error(TOO_LONG, about, "the path length is greater than what is left above")
                .expected_found(format!("at most {most}"), wanted.to_string())
                .rfc("RFC 5280 section 4.2.1.9"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn depth_is_counted_over_the_whole_chain() {
        let under = |lengths: &[Option<u8>], wanted| {
            codes(
                &RULE,
                &ProposalBuilder::authority().issuer_path_lengths(lengths).path_length(wanted).build(),
            )
        };
        assert!(under(&[None], Some(7)).is_empty());
        assert!(under(&[Some(1)], Some(0)).is_empty());
        assert!(under(&[Some(1)], None).is_empty());
        assert_eq!(under(&[Some(1)], Some(1)), ["HF-POLICY-PATH-LENGTH"]);
        assert_eq!(under(&[Some(0)], Some(0)), ["HF-POLICY-TOO-DEEP"]);
        assert!(under(&[None, Some(2)], Some(0)).is_empty());
        assert_eq!(under(&[None, Some(2)], Some(1)), ["HF-POLICY-PATH-LENGTH"]);
        assert_eq!(under(&[None, Some(1)], Some(0)), ["HF-POLICY-TOO-DEEP"]);
    }

    #[test]
    fn leaves_do_not_count() {
        assert!(codes(&RULE, &ProposalBuilder::leaf().issuer_path_lengths(&[Some(0)]).build()).is_empty());
    }
}
