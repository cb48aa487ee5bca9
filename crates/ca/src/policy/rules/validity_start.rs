//! Validity begins at most the profile's backdate before now, and never in the future.
//!
//! A profile with a fixed validity says itself when that is. A requester that names both ends may begin later, as long as
//! the end is one that it could have had now, and may round to minutes.

use hf_core::finding::{Finding, FindingCode};
use hf_core::time::Lifetime;

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-VALIDITY-START");
const NEVER: FindingCode = FindingCode::new("HF-POLICY-VALIDITY-NEVER");

/// Requesters may round times to minutes.
const ROUNDING: Lifetime = Lifetime::from_seconds(60);

pub(super) const RULE: Rule = Rule { name: "validity_start", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let (start, end) = (proposal.validity.not_before(), proposal.validity.not_after());
    let backdate = proposal.profile.backdate();
    if start > proposal.issuer.earliest_end() || end < proposal.now {
        findings.push(
            Finding::error(NEVER, proposal.subject.to_string(), "the certificate would never be valid")
                .expected_found(
                    format!("{} to {}", proposal.now, proposal.issuer.earliest_end()),
                    format!("{start} to {end}"),
                )
                .rfc("RFC 5280 section 4.1.2.5"),
        );
        return;
    }
    if proposal.profile.fixed_validity() == Some(proposal.validity) {
        return;
    }
    let slack = if proposal.wishes.validity { ROUNDING.seconds() } else { 0 };
    let too_late = if proposal.wishes.validity {
        end > proposal.now.plus(proposal.profile.max_lifetime())
    } else {
        start > proposal.now
    };
    if too_late || proposal.now.seconds_since(start) > backdate.seconds() + slack {
        findings.push(
            Finding::error(CODE, proposal.subject.to_string(), "validity begins at the wrong time")
                .expected_found(
                    format!("at most {backdate} before {}, not after it", proposal.now),
                    start.to_string(),
                )
                .rfc("RFC 5280 section 4.1.2.5"),
        );
    }
}

#[cfg(test)]
mod tests {
    use hf_core::time::Validity;

    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn backdate_to_now() {
        let mut proposal = ProposalBuilder::leaf().build();
        assert!(codes(&RULE, &proposal).is_empty());
        let (now, day, second) = (proposal.now, Lifetime::from_days(1), Lifetime::from_seconds(1));
        let earliest = now.minus(proposal.profile.backdate());
        for (start, good) in
            [(now, true), (now.plus(second), false), (earliest, true), (earliest.minus(second), false)]
        {
            proposal.validity = Validity::starting(start, day);
            assert_eq!(codes(&RULE, &proposal).is_empty(), good, "{start}");
        }
    }

    #[test]
    fn both_ends_named() {
        let mut proposal = ProposalBuilder::leaf().build();
        proposal.wishes.validity = true;
        let (now, longest) = (proposal.now, proposal.profile.max_lifetime());
        let (day, year) = (Lifetime::from_days(1), Lifetime::from_days(365));
        let rounded = now.minus(proposal.profile.backdate()).minus(ROUNDING);
        for (start, lifetime, good) in [
            (now, day, true),
            (rounded, day, true),
            (rounded.minus(Lifetime::from_seconds(1)), day, false),
            (now.plus(day), year, true),
            (now.plus(day), longest, false),
            (now.plus(Lifetime::from_days(3_651)), day, false),
            (now.minus(year), day, false),
        ] {
            proposal.validity = Validity::starting(start, lifetime);
            assert_eq!(codes(&RULE, &proposal).is_empty(), good, "{start} {lifetime}");
        }
    }

    #[test]
    fn fixed_by_the_profile() {
        let now = ProposalBuilder::leaf().build().now;
        let fixed = Validity::starting(now.minus(Lifetime::from_days(100)), Lifetime::from_days(200));
        let mut proposal = ProposalBuilder::leaf().profile(|profile| profile.validity = Some(fixed)).build();
        assert_eq!(proposal.validity, fixed);
        assert!(codes(&RULE, &proposal).is_empty());
        proposal.validity = Validity::starting(fixed.not_before(), Lifetime::from_days(199));
        assert_eq!(codes(&RULE, &proposal), ["HF-POLICY-VALIDITY-START"]);
        let over = Validity::starting(now.minus(Lifetime::from_days(100)), Lifetime::from_days(99));
        let proposal = ProposalBuilder::leaf().profile(|profile| profile.validity = Some(over)).build();
        assert_eq!(codes(&RULE, &proposal), ["HF-POLICY-VALIDITY-NEVER"]);
    }
}
