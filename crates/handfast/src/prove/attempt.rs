//! One pair, tried: a handshake where both keys are ours to use, else the validation that each side would do.

use hf_core::causes::with_causes;
use hf_core::time::Timestamp;
use hf_topology::declared::Address;
use hf_topology::expect::{Expectation, Pair};
use hf_topology::report::{Attempt, Method};

use super::machine::Machine;
use super::{Reach, codes, validation};
use crate::tls::{self, EndpointError, Refusal};

/// Try it in memory, then over TCP where that was asked for and there is an address.
pub(super) fn pair(
    pair: &Pair<'_>,
    client: &Machine,
    server: &Machine,
    now: Timestamp,
    reach: Reach,
) -> (Method, Attempt) {
    let about = format!("{} → {}", client.name, server.name);
    if let Some(absent) = [client, server].into_iter().find(|machine| machine.chain.is_empty()) {
        let why = format!("`{}` has no certificate", absent.name);
        return (Method::Handshake, Attempt::Broken(vec![codes::not_tried(&about, &why)]));
    }
    let name = &pair.server.instance.identifier;
    if !client.has_key() || !server.has_key() {
        return (Method::PathValidation, validation::attempt(&about, pair, client, server, now));
    }
    let server_name = name.to_string();
    let tried = client
        .client(now)
        .and_then(|from| server.server(now).map(|to| (from, to)))
        .and_then(|(from, to)| tls::handshake(from, to, &server_name));
    let attempt = outcome(&about, tried);
    match (&pair.server.instance.address, reach, &pair.expectation, &attempt) {
        (Some(address), Reach::Live, Expectation::Link, Attempt::Accepted) => {
            (Method::Live, live(&about, client, address, &server_name, now))
        }
        _ => (Method::Handshake, attempt),
    }
}

/// What a handshake proves.
fn outcome(about: &str, tried: Result<Result<(), Refusal>, EndpointError>) -> Attempt {
    match tried {
        Ok(Ok(())) => Attempt::Accepted,
        Ok(Err(refusal)) if refusal.untrusted => {
            Attempt::Refused(vec![codes::refused(about, &refusal.reason)])
        }
        Ok(Err(refusal)) => Attempt::Broken(vec![codes::refused(about, &refusal.reason)]),
        Err(EndpointError::NoRoots) => Attempt::Refused(vec![codes::refused(
            about,
            "one side trusts nobody: its list of roots is empty",
        )]),
        Err(error) => Attempt::Broken(vec![codes::not_tried(about, &with_causes(&error))]),
    }
}

/// Connect to the server that runs.
fn live(about: &str, client: &Machine, address: &Address, name: &str, now: Timestamp) -> Attempt {
    let address = address.to_string();
    match client.client(now).and_then(|config| tls::connect(config, &address, name)) {
        Ok(Ok(())) => Attempt::Accepted,
        Ok(Err(refusal)) if refusal.by_tls => {
            Attempt::Broken(vec![codes::refused(about, &refusal.reason).evidence("address", address)])
        }
        Ok(Err(refusal)) => Attempt::Broken(vec![codes::no_connection(about, &address, &refusal.reason)]),
        Err(error) => Attempt::Broken(vec![codes::not_tried(about, &with_causes(&error))]),
    }
}
