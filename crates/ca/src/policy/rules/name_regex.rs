//! The common name and every DNS name, e-mail address and URI match the profile's expression; IP addresses are not looked
//! at, as in CFSSL.

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-NAME-REGEX");

pub(super) const RULE: Rule = Rule { name: "name_regex", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let Some(regex) = proposal.profile.name_regex() else { return };
    let names = proposal.names.iter().filter(|name| !matches!(name, Identifier::Ip(_)));
    // Without the prefix that tells apart what reads as another kind of name.
    let texts = names.map(|name| {
        let text = name.to_string();
        text.strip_prefix("uri:").map(str::to_owned).unwrap_or(text)
    });
    let common_name = proposal
        .subject
        .common_name()
        .filter(|common| !proposal.names.iter().any(|name| name.to_string() == *common));
    for text in texts.chain(common_name).filter(|text| !regex.is_match(text)) {
        findings.push(
            Finding::error(
                CODE,
                text.as_str(),
                format!("the name does not match what profile `{}` allows", proposal.profile.name()),
            )
            .expected_found(format!("a match of `{regex}`"), text.as_str())
            .hint("ask for other names, or change `name_regex` (in CFSSL `name_whitelist`) of the profile"),
        );
    }
}

#[cfg(test)]
mod tests {
    use hf_x509::distinguished_name::DistinguishedName;

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn every_name_but_addresses_must_match() {
        let under = |names: &[&str]| {
            let builder = ProposalBuilder::leaf().profile(|profile| {
                profile.name_regex =
                    Some(r"^[a-z]+\.shop\.internal$|@shop\.internal$|^spiffe://shop/".to_owned());
            });
            codes(&RULE, &builder.names(names).build())
        };
        assert!(under(&["a.shop.internal", "10.0.0.1", "x@shop.internal", "spiffe://shop/a"]).is_empty());
        assert_eq!(
            under(&["a.shop.internal", "b.bank.internal", "x@bank.internal", "spiffe://bank/a"]),
            ["HF-POLICY-NAME-REGEX"; 3]
        );
    }

    #[test]
    fn a_common_name_beside_the_names_must_match_too() {
        let mut proposal = ProposalBuilder::leaf()
            .profile(|profile| profile.name_regex = Some("shop".to_owned()))
            .names(&["a.shop.internal"])
            .build();
        assert!(codes(&RULE, &proposal).is_empty());
        proposal.subject = DistinguishedName::common("postgres");
        assert_eq!(codes(&RULE, &proposal), ["HF-POLICY-NAME-REGEX"]);
    }

    #[test]
    fn it_is_not_anchored() {
        let loose = ProposalBuilder::leaf()
            .profile(|profile| profile.name_regex = Some("shop".to_owned()))
            .names(&["xshopx.internal"])
            .build();
        assert!(codes(&RULE, &loose).is_empty());
    }
}
