//! What the host takes in a handshake.

mod certs_by_ciphers;
mod certs_by_sig_algs;
mod cipher_suite;
mod ec_curves;
mod sig_algs;

use std::io;

use hf_x509::certificate::Certificate;

use super::hello::{Choice, Offer, Version, ask};
use super::signatures::{self, SCHEMES};
use super::{Family, Target, groups, suites};

pub(super) static FAMILY: Family = Family {
    name: "TLSHandshake",
    description: "Scans for host's SSL/TLS version and cipher suite negotiation",
    scanners: &[
        &certs_by_ciphers::SCANNER,
        &certs_by_sig_algs::SCANNER,
        &cipher_suite::SCANNER,
        &ec_curves::SCANNER,
        &sig_algs::SCANNER,
    ],
};

/// Said when no certificate was seen: TLS 1.3 encrypts them, so the question can only be put in TLS 1.2.
const NO_CERTIFICATES: &str =
    "the host speaks no TLS 1.2, and TLS 1.3 does not show which certificate goes with an offer";

fn all_suites(version: Version) -> Vec<u16> {
    let suites = if version == Version::Tls13 { suites::TLS13 } else { suites::LEGACY };
    suites.iter().map(|suite| suite.id).collect()
}

fn all_groups(version: Version) -> Vec<u16> {
    if version == Version::Tls13 { groups::groups() } else { groups::curves() }
}

fn every_scheme() -> Vec<u16> {
    SCHEMES.iter().map(|scheme| scheme.id).collect()
}

/// What the host chooses when it may sign with one scheme only.
async fn one_scheme(target: &Target, version: Version, scheme: u16) -> io::Result<Option<Choice>> {
    let mut groups = all_groups(version);
    // With a share for it a host of TLS 1.3 answers at once, and only if it can sign.
    groups.sort_by_key(|group| *group != 29);
    ask(target, &Offer { version, suites: all_suites(version), groups, schemes: vec![scheme] }).await
}

/// The groups that the host takes with these suites, in its order.
async fn accepted_groups(target: &Target, version: Version, suites: &[u16]) -> io::Result<Vec<u16>> {
    let mut left = all_groups(version);
    let mut found = Vec::new();
    // Each answer takes one group away, so this ends.
    while !left.is_empty() {
        let offer = Offer { version, suites: suites.to_vec(), groups: left.clone(), schemes: every_scheme() };
        let chosen = ask(target, &offer).await?.and_then(|choice| choice.group);
        let Some(group) = chosen.filter(|group| left.contains(group)) else { break };
        left.retain(|other| *other != group);
        found.push(group);
    }
    Ok(found)
}

/// What the certificate that came with a choice is signed with.
fn signed_with(choice: &Choice) -> io::Result<String> {
    let der = choice.chain.first().ok_or_else(|| io::Error::other("no certs returned"))?;
    let certificate =
        Certificate::from_der(der).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(signatures::of_certificate(&certificate).to_owned())
}
