//! A key is not ours to use, so no handshake: each side's chain is validated with what the other side trusts.

use hf_core::finding::Finding;
use hf_core::name::Identifier;
use hf_core::time::Timestamp;
use hf_topology::declared::Party;
use hf_topology::expect::{Expectation, Pair};
use hf_topology::report::Attempt;
use hf_verify::request::{Purpose, RequestedName, VerifyRequest};
use hf_verify::{explain, gate};
use hf_x509::certificate::Certificate;
use hf_x509::oids;

use super::codes;
use super::machine::Machine;

/// Would each side accept the other?
///
/// Of an external party that does not verify us by our roots nothing is known, so a link to it is half proven.
pub(super) fn attempt(
    about: &str,
    pair: &Pair<'_>,
    client: &Machine,
    server: &Machine,
    now: Timestamp,
) -> Attempt {
    let link = pair.expectation == Expectation::Link;
    let unknown =
        |party: Party<'_>| link && matches!(party, Party::External(external) if !external.trusts_us);
    let mut findings = Vec::new();
    if !unknown(pair.client.party) {
        let name = &pair.server.instance.identifier;
        findings.extend(judge(about, server, client, Purpose::Server, Some(name), now));
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
    name: Option<&Identifier>,
    now: Timestamp,
) -> Option<Finding> {
    let (leaf, intermediates) = presenter.chain.split_first()?;
    let faults = if is_pinned(leaf, &verifier.roots) {
        pinned(leaf, purpose, name, now)
    } else {
        by_path(leaf, intermediates, verifier, purpose, name, now)
    };
    let side = match purpose {
        Purpose::Server => "the client would refuse the server's certificate",
        Purpose::Client | Purpose::Any => "the server would refuse the client's certificate",
    };
    (!faults.is_empty()).then(|| codes::refused(about, side).evidence("found", faults.join("; ")))
}

/// What the gate has against the path, in the explainer's words.
fn by_path(
    leaf: &Certificate,
    intermediates: &[Certificate],
    verifier: &Machine,
    purpose: Purpose,
    name: Option<&Identifier>,
    now: Timestamp,
) -> Vec<String> {
    let mut request = VerifyRequest::new(leaf.clone(), verifier.roots.clone(), now);
    request.intermediates = intermediates.to_vec();
    request.purpose = purpose;
    request.names = name.and_then(requested).into_iter().collect();
    let Err(rejected) = gate::accept(&request) else { return Vec::new() };
    let words: Vec<String> =
        explain::explain(&request).findings.into_iter().map(|finding| finding.summary).collect();
    if words.is_empty() { vec![rejected.to_string()] } else { words }
}

/// Whether this very certificate was imported.
fn is_pinned(leaf: &Certificate, roots: &[Certificate]) -> bool {
    roots.iter().any(|root| root.der() == leaf.der())
}

/// What TLS stacks still look at in a self-signed certificate that was imported itself: time, name, usage. A path there is
/// none, so the rules for paths do not apply. An authority of their own stands for all that it signs; its leaf is not
/// known here.
fn pinned(leaf: &Certificate, purpose: Purpose, name: Option<&Identifier>, now: Timestamp) -> Vec<String> {
    let mut faults = Vec::new();
    if !leaf.is_valid_at(now) {
        faults.push(format!("it is valid from {} to {} only", leaf.not_before(), leaf.not_after()));
    }
    if leaf.is_ca() {
        return faults;
    }
    if let Some(name) = name.filter(|name| !carries(leaf, name)) {
        faults.push(format!("it does not carry the name `{name}`"));
    }
    let usage = match purpose {
        Purpose::Server => oids::SERVER_AUTH,
        Purpose::Client | Purpose::Any => oids::CLIENT_AUTH,
    };
    if leaf.extended_key_usage().ok().flatten().is_some_and(|allowed| !allowed.contains(&usage)) {
        faults.push(String::from("its extended key usage does not allow this role"));
    }
    faults
}

fn carries(leaf: &Certificate, wanted: &Identifier) -> bool {
    let names = leaf.san_set().unwrap_or_default();
    names.iter().any(|name| match (name, wanted) {
        (Identifier::Dns(name), Identifier::Dns(wanted)) => name.matches(wanted),
        (name, wanted) => name == wanted,
    })
}

/// The name that a client asks a server for, where certificates can carry it.
fn requested(name: &Identifier) -> Option<RequestedName> {
    match name {
        Identifier::Dns(name) => Some(RequestedName::Dns(name.clone())),
        Identifier::Ip(address) => Some(RequestedName::Ip(*address)),
        Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => None,
    }
}
