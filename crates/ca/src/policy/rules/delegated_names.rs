//! An authority may be given only names that its issuer may certify itself.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{NamePattern, PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-DELEGATION");

pub(super) const RULE: Rule = Rule { name: "delegated_names", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let Some(wish) = &proposal.authority else { return };
    let own = proposal.issuer.permitted();
    for pattern in &wish.permitted {
        let by_list = own.is_empty() || own.iter().any(|wider| wider.contains(pattern));
        let by_constraints =
            proposal.issuer.parents().iter().find_map(|parent| sample_refused(parent.constraints(), pattern));
        if by_list && by_constraints.is_none() {
            continue;
        }
        let expected = by_constraints.unwrap_or_else(|| {
            format!("a part of {}", own.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        });
        findings.push(
            Finding::error(
                CODE,
                pattern.to_string(),
                format!(
                    "authority `{}` cannot pass on names that it may not certify",
                    proposal.issuer.name()
                ),
            )
            .expected_found(expected, pattern.to_string())
            .hint("narrow `permitted` of the authority, or widen that of its parent")
            .rfc("RFC 5280 section 4.2.1.10"),
        );
    }
}

/// Why constraints refuse the apex of the pattern, if they do.
fn sample_refused(constraints: &crate::issuer::Constraints, pattern: &NamePattern) -> Option<String> {
    pattern.apex().and_then(|apex| constraints.refuses(&apex))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuer::Constraints;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn by_the_issuers_list() {
        let builder = || ProposalBuilder::authority().permitted(&["shop.internal", "10.0.0.0/8"]);
        assert!(
            codes(&RULE, &builder().delegating(&["fin.shop.internal", "10.1.0.0/16"]).build()).is_empty()
        );
        assert!(codes(&RULE, &builder().build()).is_empty());
        let beyond = builder().delegating(&["internal", "10.0.0.0/7", "spiffe://x"]).build();
        assert_eq!(codes(&RULE, &beyond), ["HF-POLICY-DELEGATION"; 3]);
    }

    #[test]
    fn by_the_constraints_above() {
        let above = || {
            ProposalBuilder::authority()
                .issuer_constraints(&Constraints::for_tests(&["dns:shop.internal"], &[]))
        };
        assert!(codes(&RULE, &above().delegating(&["fin.shop.internal"]).build()).is_empty());
        let beside = above().delegating(&["bank.internal"]).build();
        assert_eq!(codes(&RULE, &beside), ["HF-POLICY-DELEGATION"]);
    }
}
