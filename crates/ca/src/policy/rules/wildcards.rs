//! Wildcard names only where the profile allows them (RFC 9525 section 6.3).

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-WILDCARD");

pub(super) const RULE: Rule = Rule { name: "wildcards", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    if proposal.profile.allows_wildcards() {
        return;
    }
    for name in &proposal.names {
        let Identifier::Dns(dns) = name else { continue };
        if dns.is_wildcard() {
            findings.push(
                Finding::error(
                    CODE,
                    name.to_string(),
                    format!("profile `{}` does not allow wildcards", proposal.profile.name()),
                )
                .expected_found("the names of single hosts", name.to_string())
                .hint("name each host, or use a profile for servers alone (`usages = [\"server\"]`), such as `server`")
                .rfc("RFC 9525 section 6.3"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn by_profile() {
        let names = ["*.shop.internal", "a.shop.internal"];
        assert_eq!(codes(&RULE, &ProposalBuilder::leaf().names(&names).build()), ["HF-POLICY-WILDCARD"]);
        assert!(codes(&RULE, &ProposalBuilder::leaf().wildcards().names(&names).build()).is_empty());
    }
}
