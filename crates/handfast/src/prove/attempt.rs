//! One pair, tried: a handshake where both keys are ours to use, else the validation that each side would do; then, where that
//! was asked for, over TCP.

use hf_core::causes::with_causes;
use hf_core::finding::Finding;
use hf_core::time::Timestamp;
use hf_topology::expect::{Expectation, Pair};
use hf_topology::report::{Attempt, Method};

use super::live::Connections;
use super::machine::Machine;
use super::{codes, validation};
use crate::tls::{self, EndpointError, Refusal};

/// How a pair was looked at, and what came of it.
pub(super) struct Look {
    pub(super) method: Method,
    pub(super) attempt: Attempt,
    /// What could not be found out.
    pub(super) notice: Option<Finding>,
}

impl Look {
    /// With nothing left open.
    pub(super) fn of(method: Method, attempt: Attempt) -> Self {
        Self { method, attempt, notice: None }
    }
}

/// Try it in memory, then over TCP where there are `connections` and an address.
pub(super) fn pair(
    pair: &Pair<'_>,
    client: &Machine,
    server: &Machine,
    now: Timestamp,
    connections: Option<&mut Connections>,
) -> Look {
    let about = format!("{} → {}", client.name, server.name);
    let lacks =
        |why: String| Look::of(Method::Handshake, Attempt::Broken(vec![codes::not_tried(&about, &why)]));
    if let Some(absent) = [client, server].into_iter().find(|machine| machine.chain.is_empty()) {
        return lacks(format!("`{}` has no certificate", absent.name));
    }
    if let Some(absent) = [client, server].into_iter().find(|machine| machine.ours && !machine.has_key()) {
        return lacks(format!("`{}` has no private key", absent.name));
    }
    if !client.has_key() || !server.has_key() {
        let attempt = validation::attempt(&about, pair, client, server, now);
        return Look::of(Method::PathValidation, attempt);
    }
    let server_name = pair.server.instance.identifier.to_string();
    let tried = client
        .client(now)
        .and_then(|from| server.server(now).map(|to| (from, to)))
        .and_then(|(from, to)| tls::handshake(from, to, &server_name));
    let attempt = outcome(&about, tried);
    let holds = match (&pair.expectation, &attempt) {
        (Expectation::Link, Attempt::Accepted) | (Expectation::Refusal { .. }, Attempt::Refused(_)) => true,
        (Expectation::Link | Expectation::Refusal { .. } | Expectation::NotSeparated, _) => false,
    };
    let address = pair.server.instance.address.as_ref().filter(|_| holds);
    let live = connections
        .zip(address)
        .and_then(|(connections, address)| connections.look(pair, &about, client, address, now));
    live.unwrap_or_else(|| Look::of(Method::Handshake, attempt))
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
