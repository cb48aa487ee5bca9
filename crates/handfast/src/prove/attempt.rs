//! One pair, tried: a handshake where both keys are ours to use, else the validation that each side would do.

use hf_core::finding::Finding;
use hf_core::name::Identifier;
use hf_core::time::Timestamp;
use hf_topology::declared::{Address, Party};
use hf_topology::expect::{Expectation, Pair};
use hf_topology::report::{Attempt, Method};
use hf_verify::gate;
use hf_verify::request::{Purpose, RequestedName, VerifyRequest};
use hf_x509::certificate::Certificate;

use super::machine::Machine;
use super::{Reach, codes};
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
    let name = &pair.server.instance.identifier;
    let (Some(from), Some(to)) = (client.endpoint(), server.endpoint()) else {
        return (Method::PathValidation, validation(&about, pair, client, server, now));
    };
    let server_name = name.to_string();
    let tried = from
        .client(now)
        .and_then(|from| to.server(now).map(|to| (from, to)))
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
        Err(error) => Attempt::Broken(vec![codes::not_tried(about, &causes(&error))]),
    }
}

/// Connect to the server that runs.
fn live(about: &str, client: &Machine, address: &Address, name: &str, now: Timestamp) -> Attempt {
    let Some(endpoint) = client.endpoint() else { return Attempt::Broken(Vec::new()) };
    let address = address.to_string();
    match endpoint.client(now).and_then(|config| tls::connect(config, &address, name)) {
        Ok(Ok(())) => Attempt::Accepted,
        Ok(Err(refusal)) => Attempt::Broken(vec![codes::no_connection(about, &address, &refusal.reason)]),
        Err(error) => Attempt::Broken(vec![codes::not_tried(about, &causes(&error))]),
    }
}

/// A key is not ours to use, so no handshake: each side's chain is validated with what the other side trusts.
///
/// Of an external party that does not verify us by our roots nothing is known, so a link to it is half proven.
fn validation(about: &str, pair: &Pair<'_>, client: &Machine, server: &Machine, now: Timestamp) -> Attempt {
    let link = pair.expectation == Expectation::Link;
    let unknown =
        |party: Party<'_>| link && matches!(party, Party::External(external) if !external.trusts_us);
    let mut findings = Vec::new();
    if !unknown(pair.client.party) {
        let name = requested(&pair.server.instance.identifier);
        findings.extend(judge(about, server, client, Purpose::Server, name, now));
    }
    if !unknown(pair.server.party) {
        findings.extend(judge(about, client, server, Purpose::Client, None, now));
    }
    if findings.is_empty() { Attempt::Accepted } else { Attempt::Refused(findings) }
}

/// Would `verifier` accept the chain of `presenter`? `None` when it would.
fn judge(
    about: &str,
    presenter: &Machine,
    verifier: &Machine,
    purpose: Purpose,
    name: Option<RequestedName>,
    now: Timestamp,
) -> Option<Finding> {
    let side = match purpose {
        Purpose::Server => "the client would refuse the server's certificate",
        Purpose::Client | Purpose::Any => "the server would refuse the client's certificate",
    };
    let Some((leaf, intermediates)) = presenter.chain.split_first() else {
        return Some(codes::refused(about, side).evidence("found", "no certificate"));
    };
    if is_pinned(leaf, &verifier.roots) && leaf.is_ca() {
        // An authority of their own stands for all that it signs; its leaf is not known here.
        return None;
    }
    let mut request = VerifyRequest::new(leaf.clone(), verifier.roots.clone(), now);
    request.intermediates = intermediates.to_vec();
    request.purpose = purpose;
    request.names = name.into_iter().collect();
    let rejected = gate::accept(&request).err()?;
    Some(codes::refused(about, side).evidence("found", causes(&rejected)))
}

/// Whether this very certificate was imported.
fn is_pinned(leaf: &Certificate, roots: &[Certificate]) -> bool {
    roots.iter().any(|root| root.der() == leaf.der())
}

/// The name that a client asks a server for, where certificates can carry it.
fn requested(name: &Identifier) -> Option<RequestedName> {
    match name {
        Identifier::Dns(name) => Some(RequestedName::Dns(name.clone())),
        Identifier::Ip(address) => Some(RequestedName::Ip(*address)),
        Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => None,
    }
}

/// An error with its causes, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
