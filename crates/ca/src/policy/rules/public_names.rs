//! Where the trust domain says so, DNS names of the public internet are certified only when they are permitted.

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::{DnsName, Identifier};

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-PUBLIC-NAME");

/// Top-level domains that are not, or never will be, delegated on the public internet: RFC 6761, RFC 6762 appendix G,
/// RFC 8375, and `internal` as reserved by ICANN.
const PRIVATE: [&str; 12] = [
    "internal",
    "local",
    "localhost",
    "test",
    "example",
    "invalid",
    "home.arpa",
    "lan",
    "intranet",
    "private",
    "corp",
    "home",
];

pub(super) const RULE: Rule = Rule { name: "public_names", check };

fn check(proposal: &Proposal, settings: &PolicySettings, findings: &mut Vec<Finding>) {
    if settings.public_names {
        return;
    }
    for name in &proposal.names {
        let Identifier::Dns(dns) = name else { continue };
        let permitted = proposal.issuer.permitted().iter().any(|pattern| pattern.covers(name));
        if !permitted && is_public(dns) {
            findings.push(
                Finding::error(CODE, name.to_string(), "the name belongs to the public internet")
                    .expected_found("a name under a private domain such as `internal`", name.to_string())
                    .hint(format!("add its domain to `permitted` of `authority.{}`", proposal.issuer.name()))
                    .rfc("RFC 6761 section 6"),
            );
        }
    }
}

/// Whether the name could be delegated in the public DNS; a single label cannot.
fn is_public(name: &DnsName) -> bool {
    name.as_str().contains('.') && !PRIVATE.iter().any(|private| name.is_within(private))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes, codes_with};

    #[test]
    fn public_names_only_where_set_or_permitted() {
        let strict = PolicySettings { public_names: false, ..PolicySettings::default() };
        let private = ProposalBuilder::leaf().names(&["a.shop.internal", "localhost", "*.x.test"]).build();
        assert!(codes_with(&RULE, &private, &strict).is_empty());
        let public = ProposalBuilder::leaf().names(&["www.bank.com"]).build();
        assert_eq!(codes_with(&RULE, &public, &strict), ["HF-POLICY-PUBLIC-NAME"]);
        assert!(codes(&RULE, &public).is_empty(), "allowed unless set otherwise");
        let own = ProposalBuilder::leaf().permitted(&["shop.com"]).names(&["a.shop.com"]).build();
        assert!(codes_with(&RULE, &own, &strict).is_empty());
    }
}
