//! Serial numbers are random; a profile can make requesters bring them, and then they must.

use hf_core::finding::{Finding, FindingCode};

use crate::policy::{PolicySettings, Proposal, Rule};

const NOT_YOURS: FindingCode = FindingCode::new("HF-POLICY-SERIAL");
const MISSING: FindingCode = FindingCode::new("HF-POLICY-SERIAL-MISSING");

pub(super) const RULE: Rule = Rule { name: "wanted_serial", check };

fn check(proposal: &Proposal, _: &PolicySettings, findings: &mut Vec<Finding>) {
    let profile = proposal.profile.name();
    match (&proposal.wishes.serial, proposal.profile.client_serial()) {
        (Some(serial), false) => findings.push(
            Finding::error(
                NOT_YOURS,
                proposal.subject.to_string(),
                format!("profile `{profile}` makes serial numbers itself"),
            )
            .expected_found("a request without a serial number", serial.to_string())
            .rfc("RFC 5280 section 4.1.2.2"),
        ),
        (None, true) => findings.push(
            Finding::error(
                MISSING,
                proposal.subject.to_string(),
                format!("requests under profile `{profile}` bring their serial numbers"),
            )
            .expected_found("a serial number of 1 to 20 octets", "none")
            .rfc("RFC 5280 section 4.1.2.2"),
        ),
        (Some(_), true) | (None, false) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes};

    #[test]
    fn brought_exactly_where_the_profile_says_so() {
        let under = |client_serial, brought: bool| {
            let mut proposal =
                ProposalBuilder::leaf().profile(|profile| profile.client_serial = client_serial).build();
            proposal.wishes.serial = brought.then(|| "0102".parse().unwrap());
            codes(&RULE, &proposal)
        };
        assert!(under(false, false).is_empty());
        assert!(under(true, true).is_empty());
        assert_eq!(under(false, true), ["HF-POLICY-SERIAL"]);
        assert_eq!(under(true, false), ["HF-POLICY-SERIAL-MISSING"]);
    }
}
