//! The credential of the requester allows every name; of a subject that it chose, the common name and the e-mail addresses
//! too, and of an authority to be all that it could certify. And every name of the signing request, also where others are
//! wanted instead: requests are no secrets, and whoever could have another's key certified under a name of its own could then
//! have that key blocked.

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;
use hf_x509::oids;

use crate::policy::{NamePattern, PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-REQUESTER-NAME");

/// What is wrong with a name that is in the signing request alone.
const IN_REQUEST: &str = "the signing request has a name that the credential does not allow";

pub(super) const RULE: Rule = Rule { name: "requester_names", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let Some(allowed) = &proposal.limits.names else { return };
    let covered = |name: &Identifier| allowed.iter().any(|pattern| pattern.covers(name));
    for name in proposal.names.iter().filter(|name| !covered(name)) {
        findings.push(finding(&name.to_string(), allowed));
    }
    if let Some(wish) = &proposal.authority {
        findings.extend(delegated(&wish.permitted, allowed));
    }
    let unwanted = |name: &&Identifier| !proposal.names.contains(name);
    for name in proposal.wishes.requested.iter().filter(unwanted).filter(|name| !covered(name)) {
        let found = Finding { summary: IN_REQUEST.to_owned(), ..finding(&name.to_string(), allowed) };
        findings.push(found.hint("make a signing request for the wanted names alone"));
    }
    // A subject is read by peers as well: a database takes its user from the common name.
    let speaking = proposal
        .subject
        .attributes()
        .filter(|attribute| attribute.kind == oids::COMMON_NAME || attribute.kind == oids::EMAIL_ADDRESS);
    for attribute in speaking {
        let text = attribute.text().unwrap_or_default();
        let among_names = proposal.names.iter().any(|name| name.to_string() == text);
        if !among_names && !text.parse().is_ok_and(|name| covered(&name)) {
            findings.push(finding(&text, allowed));
        }
    }
}

/// What an authority could certify that the credential does not allow.
fn delegated(permitted: &[NamePattern], allowed: &[NamePattern]) -> Vec<Finding> {
    if permitted.is_empty() {
        return vec![finding("every name", allowed)];
    }
    let beyond = permitted.iter().filter(|pattern| !allowed.iter().any(|wider| wider.contains(pattern)));
    beyond.map(|pattern| finding(&pattern.to_string(), allowed)).collect()
}

fn finding(name: &str, allowed: &[NamePattern]) -> Finding {
    let expected = match allowed {
        [] => "no name at all".to_owned(),
        some => {
            format!("a name under {}", some.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
    };
    Finding::error(CODE, name, "the credential does not allow the name")
        .expected_found(expected, name)
        .hint("ask for other names, or use a credential that allows these")
}

#[cfg(test)]
mod tests {
    use hf_x509::distinguished_name::DistinguishedName;

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    fn limited(allowed: &[&str], names: &[&str]) -> Proposal {
        let mut proposal = ProposalBuilder::leaf().names(names).build();
        proposal.limits.names = Some(allowed.iter().map(|pattern| pattern.parse().unwrap()).collect());
        proposal
    }

    #[test]
    fn every_name_must_be_allowed() {
        assert!(codes(&RULE, &ProposalBuilder::leaf().build()).is_empty(), "no limit");
        let good = limited(
            &["a.shop.internal", "10.0.0.0/8"],
            &["a.shop.internal", "x.a.shop.internal", "10.1.1.1"],
        );
        assert!(codes(&RULE, &good).is_empty());
        let bad = limited(
            &["a.shop.internal"],
            &["a.shop.internal", "b.shop.internal", "*.shop.internal", "10.1.1.1"],
        );
        assert_eq!(codes(&RULE, &bad), ["HF-POLICY-REQUESTER-NAME"; 3]);
        assert!(!codes(&RULE, &limited(&[], &["a.shop.internal"])).is_empty(), "an empty list allows none");
    }

    #[test]
    fn an_authority_certifies_no_more_than_the_credential_may() {
        let delegating = |permitted: &[&str]| {
            let mut proposal = ProposalBuilder::authority().delegating(permitted).build();
            proposal.names = hf_core::name::SanSet::default();
            proposal.subject = DistinguishedName::empty();
            proposal.limits.names = Some(vec!["shop.internal".parse().unwrap()]);
            codes(&RULE, &proposal)
        };
        assert!(delegating(&["shop.internal"]).is_empty() && delegating(&["a.shop.internal"]).is_empty());
        assert_eq!(
            delegating(&[]),
            ["HF-POLICY-REQUESTER-NAME"],
            "without constraints it certifies everything"
        );
        assert_eq!(delegating(&["internal"]), ["HF-POLICY-REQUESTER-NAME"]);
        assert_eq!(delegating(&["a.shop.internal", "bank.internal"]), ["HF-POLICY-REQUESTER-NAME"]);
    }

    #[test]
    fn the_request_of_another_is_not_certified_under_an_own_name() {
        let mut proposal = limited(&["a.shop.internal"], &["a.shop.internal"]);
        for (requested, good) in
            [("a.shop.internal", true), ("x.a.shop.internal", true), ("bank.internal", false)]
        {
            proposal.wishes.requested = [requested.parse().unwrap()].into_iter().collect();
            assert_eq!(codes(&RULE, &proposal).is_empty(), good, "{requested}");
        }
        proposal.limits.names = None;
        assert!(codes(&RULE, &proposal).is_empty(), "no limit");
    }

    #[test]
    fn spelling_makes_no_difference() {
        assert!(codes(&RULE, &limited(&["a.shop.internal"], &["A.SHOP.internal"])).is_empty());
        assert_eq!(
            codes(&RULE, &limited(&["a.shop.internal"], &["xa.shop.internal"]))[..1],
            ["HF-POLICY-REQUESTER-NAME"]
        );
    }

    #[test]
    fn a_chosen_subject_says_no_more_than_the_names_may() {
        let mut proposal = limited(&["a.shop.internal"], &["a.shop.internal"]);
        for (subject, good) in [
            ("CN=a.shop.internal,O=Shop", true),
            ("CN=x.a.shop.internal", true),
            ("CN=postgres", false),
            ("CN=b.shop.internal", false),
            ("CN=a.shop.internal,CN=postgres", false),
            ("CN=Not a name", false),
            ("emailAddress=root@bank.internal,CN=a.shop.internal", false),
            ("O=Shop", true),
        ] {
            proposal.subject = subject.parse::<DistinguishedName>().unwrap();
            assert_eq!(codes(&RULE, &proposal).is_empty(), good, "{subject}");
        }
    }
}
