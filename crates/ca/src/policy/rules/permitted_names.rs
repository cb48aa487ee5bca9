//! An authority with a list of permitted names certifies only names on it, of whatever kind.
//!
//! This is stricter than the name constraints in its certificate: those leave kinds of names alone that they do not
//! mention (RFC 5280 section 4.2.1.10).

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-NAME-NOT-PERMITTED");

pub(super) const RULE: Rule = Rule { name: "permitted_names", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let permitted = proposal.issuer.permitted();
    if permitted.is_empty() {
        return;
    }
    let list = permitted.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    for name in &proposal.names {
        if !permitted.iter().any(|pattern| pattern.covers(name)) {
            let authority = proposal.issuer.name();
            findings.push(
                Finding::error(
                    CODE,
                    name.to_string(),
                    format!("authority `{authority}` may not certify the name"),
                )
                .expected_found(format!("a name under {list}"), name.to_string())
                .hint(format!(
                    "add {} to `permitted` of `authority.{authority}`, or choose another authority",
                    to_add(name)
                )),
            );
        }
    }
}

/// What to write. A SPIFFE ID is under its trust domain, and not under `uri:`, which stands for other URIs.
fn to_add(name: &Identifier) -> String {
    match name {
        Identifier::Spiffe(id) => format!("`spiffe://{}`", id.trust_domain()),
        Identifier::Dns(_) | Identifier::Ip(_) | Identifier::Email(_) | Identifier::Uri(_) => "it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn without_a_list_everything_is_permitted() {
        assert!(codes(&RULE, &ProposalBuilder::leaf().names(&["anything.example"]).build()).is_empty());
    }

    #[test]
    fn with_a_list_only_what_is_on_it() {
        let builder = || ProposalBuilder::leaf().permitted(&["shop.internal", "10.0.0.0/8"]);
        let good = builder().names(&["a.shop.internal", "*.shop.internal", "10.1.2.3"]).build();
        assert!(codes(&RULE, &good).is_empty());
        let bad =
            builder().names(&["a.shop.internal", "b.other.internal", "11.0.0.1", "a@shop.internal"]).build();
        assert_eq!(codes(&RULE, &bad), ["HF-POLICY-NAME-NOT-PERMITTED"; 3]);
    }
}
