//! Purposes: those of the profile, and only where the authorities above allow them.
//!
//! RFC 5280 section 4.2.1.12 does not say that an authority's purposes limit what is below it; every verifier that
//! matters (Windows, macOS, OpenSSL, webpki) treats them so, and a certificate they refuse is of no use.

use hf_core::finding::{Finding, FindingCode};

use crate::issuer::purpose_text;
use crate::policy::{PolicySettings, Proposal, Rule};

const NOT_BY_ISSUER: FindingCode = FindingCode::new("HF-POLICY-PURPOSE-NOT-BY-ISSUER");
const LEFT_OUT: FindingCode = FindingCode::new("HF-POLICY-PURPOSE-LEFT-OUT");

pub(super) const RULE: Rule = Rule { name: "extended_key_usage", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    for purpose in proposal.profile.extended_key_usage() {
        for parent in proposal.issuer.parents() {
            if !parent.allows_purpose(purpose) {
                findings.push(
                    Finding::error(
                        NOT_BY_ISSUER,
                        parent.subject(),
                        "the certificate of an authority above does not allow a purpose of the profile",
                    )
                    .expected_found(purpose_text(purpose), parent.purposes_text())
                    .hint("choose a profile or an authority with fitting purposes")
                    .rfc("RFC 5280 section 4.2.1.12"),
                );
            }
        }
    }
    for purpose in &proposal.csr_purposes_beyond_profile {
        findings.push(
            Finding::notice(
                LEFT_OUT,
                proposal.subject.to_string(),
                "a purpose that the signing request asks for is not in the profile and was left out",
            )
            .expected_found(
                proposal.profile.extended_key_usage().iter().map(purpose_text).collect::<Vec<_>>().join(", "),
                purpose,
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};
    use crate::profile::Purpose;

    #[test]
    fn purposes_above_limit_purposes_below() {
        assert!(codes(&RULE, &ProposalBuilder::leaf().build()).is_empty());
        let both =
            ProposalBuilder::leaf().issuer_purposes(&[Purpose::ServerAuth, Purpose::ClientAuth]).build();
        assert!(codes(&RULE, &both).is_empty());
        let server_only = ProposalBuilder::leaf().issuer_purposes(&[Purpose::ServerAuth]).build();
        assert_eq!(codes(&RULE, &server_only), ["HF-POLICY-PURPOSE-NOT-BY-ISSUER"]);
    }

    #[test]
    fn what_is_left_out_is_said() {
        let mut proposal = ProposalBuilder::leaf().build();
        proposal.csr_purposes_beyond_profile.push("1.3.6.1.5.5.7.3.3".to_owned());
        assert_eq!(codes(&RULE, &proposal), ["HF-POLICY-PURPOSE-LEFT-OUT"]);
    }
}
