//! Which endpoints of a server answer whom, in a line of its log: nobody should find out by a script that fails.

use hf_http::cfssl::endpoint::{Gate, Row, TABLE};
use hf_http::cfssl::openings::Openings;

/// To whom an endpoint answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Everybody,
    Token,
    ClientCertificate,
    Nobody,
}

/// One line. `clients`: whether certificates of clients are asked for.
pub(super) fn line(openings: &Openings, clients: bool) -> String {
    let groups = [
        (Open::Everybody, "open to everybody"),
        (Open::Token, "with a token"),
        (Open::ClientCertificate, "with a client certificate"),
        (Open::Nobody, "closed, `-enable NAME` opens it to everybody"),
    ];
    let wanted: Vec<&Row> = TABLE.iter().filter(|row| !openings.disables(row.endpoint)).collect();
    let group = |(open, words): (Open, &str)| {
        let rows = wanted.iter().filter(|row| of(row, openings, clients) == open);
        let names = rows.map(|row| row.name).collect::<Vec<_>>().join(", ");
        (!names.is_empty()).then(|| format!("{words}: {names}"))
    };
    format!("endpoints {}", groups.into_iter().filter_map(group).collect::<Vec<_>>().join("; "))
}

fn of(row: &Row, openings: &Openings, clients: bool) -> Open {
    match row.gate {
        Gate::Open => Open::Everybody,
        Gate::Token => Open::Token,
        Gate::Proven(_) | Gate::ByName if openings.enables(row.endpoint) => Open::Everybody,
        Gate::Proven(_) if clients => Open::ClientCertificate,
        Gate::Proven(_) | Gate::ByName => Open::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_told_once_with_whom_it_answers() {
        let told = |enable, disable, clients| line(&Openings::parse(enable, disable).unwrap(), clients);
        assert_eq!(
            told("", "", false),
            "endpoints open to everybody: bundle, certinfo, crl, health, info, scaninfo; with a token: authsign; \
             closed, `-enable NAME` opens it to everybody: certadd, gencrl, init_ca, newcert, newkey, ocspsign, revoke, \
             scan, sign"
        );
        assert_eq!(
            told("newcert", "info,scan,authsign", true),
            "endpoints open to everybody: bundle, certinfo, crl, health, newcert, scaninfo; with a client certificate: \
             certadd, ocspsign, revoke, sign; closed, `-enable NAME` opens it to everybody: gencrl, init_ca, newkey"
        );
    }
}
