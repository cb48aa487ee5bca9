//! Whether a request may come in: one judgement for all endpoints, from the table and what the operator switched on.

use std::collections::BTreeSet;

use hf_core::right::Right;
use hf_proto::cfssl::envelope::Failure;

use super::endpoint::{Gate, Row};
use super::openings::Openings;
use super::reply::Refusal;

/// How an endpoint was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// It is open to everybody.
    Always,
    /// Only the token in the request can open it; whoever reads the request checks that.
    Token,
    /// The caller proved to have the right.
    Proof,
    /// The operator switched it on by name.
    Switch,
}

/// What opens this endpoint for a caller who proved to have these rights, or why nothing does.
pub(super) fn open(row: &Row, openings: &Openings, proven: &BTreeSet<Right>) -> Result<Opened, Refusal> {
    if openings.disables(row.endpoint) {
        let text =
            format!("`{0}` is switched off: take it out of `-disable` (`[server.cfssl] disable`)", row.name);
        return Err(Refusal::new("disabled", Failure::with_status(404, text)));
    }
    match row.gate {
        Gate::Open => Ok(Opened::Always),
        Gate::Token => Ok(Opened::Token),
        Gate::Proven(right) if proven.contains(&right) => Ok(Opened::Proof),
        Gate::Proven(_) | Gate::ByName if openings.enables(row.endpoint) => Ok(Opened::Switch),
        Gate::Proven(right) => Err(closed(row.name, &proof_wanted(right), row.name)),
        Gate::ByName => Err(closed(row.name, KEY_TRAVELS, row.name)),
    }
}

/// A part of an endpoint that needs more than the rest of it: `what` it does, allowed by proof of `right` or by name.
pub(super) fn open_part(
    row: &Row,
    openings: &Openings,
    proven: &BTreeSet<Right>,
    right: Right,
    what: &str,
) -> Result<(), Refusal> {
    if proven.contains(&right) || openings.enables(row.endpoint) {
        return Ok(());
    }
    Err(closed(&format!("{}: {what}", row.name), &proof_wanted(right), row.name))
}

/// A part of an endpoint through which a private key travels.
pub(super) fn by_name(row: &Row, openings: &Openings, what: &str) -> Result<(), Refusal> {
    if openings.enables(row.endpoint) {
        return Ok(());
    }
    Err(closed(&format!("{}: {what}", row.name), KEY_TRAVELS, row.name))
}

/// Why an endpoint, or a part of one, is off.
const KEY_TRAVELS: &str = "it is off, because a private key travels through it";

fn proof_wanted(right: Right) -> String {
    format!("it needs a caller with the right `{right}`, proven by a client certificate or a credential")
}

fn closed(what: &str, why: &str, name: &str) -> Refusal {
    let text = format!(
        "`{what}` is not open: {why}; `-enable {name}` (`[server.cfssl] enable = [\"{name}\"]`) opens it to everybody \
         who reaches this port"
    );
    Refusal::new("closed", Failure::with_status(403, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cfssl::endpoint::{Endpoint, TABLE};

    /// Who may come in, for the six kinds of callers that differ.
    fn opened(endpoint: Endpoint, enable: &str, proven: &[Right]) -> Option<Opened> {
        open(endpoint.row(), &Openings::parse(enable, "").unwrap(), &proven.iter().copied().collect()).ok()
    }

    #[test]
    fn nothing_that_issues_revokes_records_or_signs_opens_by_itself() {
        let open_by_itself: Vec<&str> = TABLE
            .iter()
            .filter(|row| opened(row.endpoint, "", &[]) == Some(Opened::Always))
            .map(|row| row.name)
            .collect();
        assert_eq!(open_by_itself, ["bundle", "certinfo", "crl", "health", "info", "scaninfo"]);
        assert_eq!(opened(Endpoint::Authsign, "", &[]), Some(Opened::Token));
    }

    #[test]
    fn a_proven_right_opens_what_it_is_for_and_nothing_else() {
        assert_eq!(opened(Endpoint::Sign, "", &[Right::Issue]), Some(Opened::Proof));
        assert_eq!(opened(Endpoint::Revoke, "", &[Right::Issue]), None);
        assert_eq!(opened(Endpoint::Revoke, "", &[Right::Revoke]), Some(Opened::Proof));
        assert_eq!(opened(Endpoint::Certadd, "", &[Right::Revoke, Right::Issue]), None);
    }

    #[test]
    fn no_right_opens_what_lets_a_private_key_travel() {
        for endpoint in [Endpoint::Newkey, Endpoint::Newcert, Endpoint::InitCa, Endpoint::Gencrl] {
            assert_eq!(opened(endpoint, "", &Right::ALL), None, "{endpoint}");
            assert_eq!(opened(endpoint, endpoint.name(), &[]), Some(Opened::Switch), "{endpoint}");
        }
    }

    #[test]
    fn a_refusal_names_the_switch_and_the_switch_opens() {
        for row in TABLE.iter().filter(|row| opened(row.endpoint, "", &[]).is_none()) {
            let refusal = open(row, &Openings::none(), &BTreeSet::new()).unwrap_err();
            let switch = format!("`-enable {}`", row.name);
            assert!(refusal.failure.error.message.contains(&switch), "{}", refusal.failure.error.message);
            assert_eq!(opened(row.endpoint, row.name, &[]), Some(Opened::Switch));
        }
    }

    #[test]
    fn what_is_switched_off_stays_off_for_everybody() {
        let off = Openings::parse("sign", "sign,info").unwrap();
        for endpoint in [Endpoint::Sign, Endpoint::Info] {
            let refusal = open(endpoint.row(), &off, &Right::ALL.into()).unwrap_err();
            assert_eq!((refusal.failure.status, refusal.reason), (404, "disabled"));
        }
        assert!(Openings::parse("sing", "").is_err());
    }

    #[test]
    fn every_endpoint_has_a_row_of_its_own() {
        assert!(TABLE.iter().all(|row| row.endpoint.row().name == row.name));
        assert!(TABLE.iter().all(|row| row.name.parse() == Ok(row.endpoint)));
    }
}
