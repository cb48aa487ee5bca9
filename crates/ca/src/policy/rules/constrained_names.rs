//! Name constraints of every certificate above hold for the names and for the subject (RFC 5280 section 4.2.1.10):
//! what verifiers would refuse is not issued.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-NAME-CONSTRAINED");

pub(super) const RULE: Rule = Rule { name: "constrained_names", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    for parent in proposal.issuer.parents() {
        let constraints = parent.constraints();
        let of_names = proposal
            .names
            .iter()
            .filter_map(|name| constraints.refuses(name).map(|why| (name.to_string(), why)));
        let of_subject =
            constraints.refuses_subject(&proposal.subject).map(|why| (proposal.subject.to_string(), why));
        for (found, why) in of_names.chain(of_subject) {
            findings.push(
                Finding::error(
                    CODE,
                    found.as_str(),
                    format!("the name constraints of `{}` forbid the name", parent.subject()),
                )
                .expected_found(why, found)
                .hint("choose another name, or an authority that may certify it")
                .rfc("RFC 5280 section 4.2.1.10"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::Constraints;
    use crate::policy::testing::{ProposalBuilder, codes};

    fn under(permitted: &[&str], excluded: &[&str], names: &[&str]) -> Vec<&'static str> {
        let constraints = Constraints::for_tests(permitted, excluded);
        codes(&RULE, &ProposalBuilder::leaf().issuer_constraints(&constraints).names(names).build())
    }

    #[test]
    fn permitted_subtrees() {
        assert!(under(&["dns:shop.internal"], &[], &["a.shop.internal", "shop.internal"]).is_empty());
        assert_eq!(under(&["dns:shop.internal"], &[], &["a.other.internal"]), ["HF-POLICY-NAME-CONSTRAINED"]);
        assert!(under(&["dns:shop.internal"], &[], &["10.0.0.1"]).is_empty(), "other kinds are left alone");
        assert!(under(&["ip:10.0.0.0/8"], &[], &["10.0.0.1"]).is_empty());
        assert_eq!(under(&["ip:10.0.0.0/8"], &[], &["11.0.0.1"]), ["HF-POLICY-NAME-CONSTRAINED"]);
        assert_eq!(under(&["ip:10.0.0.0/8"], &[], &["fd00::1"]), ["HF-POLICY-NAME-CONSTRAINED"]);
        assert!(under(&["email:shop.internal"], &[], &["a@shop.internal"]).is_empty());
        assert_eq!(
            under(&["email:shop.internal"], &[], &["a@b.shop.internal"]),
            ["HF-POLICY-NAME-CONSTRAINED"]
        );
        assert!(under(&["uri:.shop.internal"], &[], &["https://a.shop.internal/"]).is_empty());
        assert_eq!(
            under(&["uri:.shop.internal"], &[], &["https://shop.internal/"]),
            ["HF-POLICY-NAME-CONSTRAINED"]
        );
        assert_eq!(under(&["uri:.shop.internal"], &[], &["uri:urn:x:y"]), ["HF-POLICY-NAME-CONSTRAINED"]);
    }

    #[test]
    fn excluded_subtrees() {
        assert!(under(&[], &["dns:bad.internal"], &["a.shop.internal"]).is_empty());
        assert_eq!(under(&[], &["dns:bad.internal"], &["a.bad.internal"]), ["HF-POLICY-NAME-CONSTRAINED"]);
        assert_eq!(
            under(&["dns:internal"], &["dns:vault.internal"], &["*.internal"]),
            ["HF-POLICY-NAME-CONSTRAINED"],
            "the wildcard stands for an excluded name"
        );
    }
}
