//! Names on the deny list are certified for nobody. A wildcard that stands for a denied name is denied too.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-NAME-DENIED");

pub(super) const RULE: Rule = Rule { name: "denied_names", check };

fn check(proposal: &Proposal, settings: &PolicySettings, findings: &mut Vec<Finding>) {
    for name in &proposal.names {
        if let Some(denied) = settings.denied.iter().find(|denied| denied.touches(name)) {
            findings.push(
                Finding::error(CODE, name.to_string(), "the name is on the deny list")
                    .expected_found(format!("nothing under `{denied}`"), name.to_string())
                    .hint("choose another name: no host can have this one"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes, codes_with};

    #[test]
    fn denied_names_are_refused_each_by_itself() {
        let good = ProposalBuilder::leaf().names(&["a.shop.internal", "10.0.0.1"]).build();
        assert!(codes(&RULE, &good).is_empty());
        let bad =
            ProposalBuilder::leaf().names(&["x.onion", "a.shop.internal", "224.0.0.1", "0.0.0.0"]).build();
        assert_eq!(codes(&RULE, &bad).len(), 3);
    }

    #[test]
    fn a_wildcard_over_a_denied_name_is_refused() {
        let settings = PolicySettings {
            denied: vec!["vault.shop.internal".parse().unwrap()],
            ..PolicySettings::default()
        };
        let wildcard = ProposalBuilder::leaf().names(&["*.shop.internal"]).build();
        assert_eq!(codes_with(&RULE, &wildcard, &settings), ["HF-POLICY-NAME-DENIED"]);
        let beside = ProposalBuilder::leaf().names(&["*.team.shop.internal"]).build();
        assert!(codes_with(&RULE, &beside, &settings).is_empty());
    }
}
