//! No certificate outlives a certificate above it: the profile says whether it is shortened or refused.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};
use crate::profile::BeyondIssuer;

const REFUSED: FindingCode = FindingCode::new("HF-POLICY-OUTLIVES-ISSUER");
const SHORTENED: FindingCode = FindingCode::new("HF-POLICY-SHORTENED");

pub(super) const RULE: Rule = Rule { name: "outlives_issuer", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let end = proposal.validity.not_after();
    let first = proposal.issuer.parents().iter().min_by_key(|parent| parent.validity().not_after());
    let Some(parent) = first.filter(|parent| parent.validity().not_after() < end) else { return };
    let latest = parent.validity().not_after();
    let about = proposal.subject.to_string();
    let finding = match proposal.profile.beyond_issuer() {
        BeyondIssuer::Refuse => {
            Finding::error(REFUSED, about, format!("the certificate would outlive `{}`", parent.subject()))
                .hint("ask for a shorter lifetime, or renew the authority first")
        }
        BeyondIssuer::Shorten => Finding::notice(
            SHORTENED,
            about,
            format!("validity was shortened to that of `{}`", parent.subject()),
        )
        .hint("renew the authority before it ends"),
    };
    findings.push(finding.expected_found(format!("an end by {latest}"), end.to_string()));
}

#[cfg(test)]
mod tests {
    use hf_core::time::Lifetime;

    use super::*;
    use crate::policy::Policy;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn shortened_with_a_notice_or_refused() {
        let long =
            || ProposalBuilder::leaf().issuer_lifetimes(&[Lifetime::from_days(20), Lifetime::from_days(10)]);
        assert_eq!(codes(&RULE, &long().build()), ["HF-POLICY-SHORTENED"]);
        let refusing = long().beyond_issuer(BeyondIssuer::Refuse).build();
        assert_eq!(codes(&RULE, &refusing), ["HF-POLICY-OUTLIVES-ISSUER"]);
        let short = ProposalBuilder::leaf()
            .lifetime(Lifetime::from_days(9))
            .issuer_lifetimes(&[Lifetime::from_days(10)]);
        assert!(codes(&RULE, &short.build()).is_empty());
    }

    #[test]
    fn the_grant_ends_with_the_first_of_those_above() {
        let proposal = ProposalBuilder::leaf()
            .issuer_lifetimes(&[Lifetime::from_days(20), Lifetime::from_days(10)])
            .build();
        let earliest = proposal.issuer.earliest_end();
        let grant = Policy::default().decide(proposal).unwrap();
        assert_eq!(grant.validity().not_after(), earliest);
        assert_eq!(grant.notices().len(), 1);
    }

    proptest::proptest! {
        /// For whatever chain and wish: no second beyond any certificate above, never longer than asked for, and it holds
        /// now as long as everything above does.
        #[test]
        fn no_grant_outlives_anything_above(
            above in proptest::collection::vec(1_i64..400_000_000, 1..6),
            wish in 1_i64..34_387_200,
        ) {
            let above: Vec<Lifetime> = above.into_iter().map(Lifetime::from_seconds).collect();
            let wish = Lifetime::from_seconds(wish);
            let proposal = ProposalBuilder::leaf().issuer_lifetimes(&above).lifetime(wish).build();
            let (issuer, now) = (proposal.issuer.clone(), proposal.now);
            let validity = Policy::default().decide(proposal).unwrap().validity();
            for parent in issuer.parents() {
                proptest::prop_assert!(validity.not_after() <= parent.validity().not_after());
            }
            proptest::prop_assert!(validity.lifetime() <= wish);
            proptest::prop_assert!(validity.contains(now));
        }
    }
}
