//! `multirootca`: the same requests by label to both.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;

use super::super::programs::Programs;
use super::endpoints;
use super::observe::Observation;
use crate::port;
use crate::program::{Running, succeed};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const OTHER_KEY: &str = "fedcba9876543210fedcba9876543210";

/// Name, method, endpoint, body; of `authsign` the request inside, `@leaf@` for the signing request, and the key that seals it.
const CASES: &[(&str, &str, &str, &str, &str)] = &[
    ("multirootca info", "POST", "info", "{}", ""),
    ("multirootca info label", "POST", "info", r#"{"label":"second"}"#, ""),
    ("multirootca info profile", "POST", "info", r#"{"label":"primary","profile":"open"}"#, ""),
    ("multirootca info unknown label", "POST", "info", r#"{"label":"nobody"}"#, ""),
    ("multirootca info unknown profile", "POST", "info", r#"{"profile":"nothing"}"#, ""),
    ("multirootca info get", "GET", "info", "", ""),
    ("multirootca info no JSON", "POST", "info", "x", ""),
    ("multirootca authsign", "POST", "authsign", r#"{"certificate_request":"@leaf@"}"#, KEY),
    (
        "multirootca authsign label",
        "POST",
        "authsign",
        r#"{"certificate_request":"@leaf@","label":"second"}"#,
        KEY,
    ),
    (
        "multirootca authsign hosts",
        "POST",
        "authsign",
        r#"{"certificate_request":"@leaf@","hosts":["h.example.net"],"subject":{"CN":"s.example.net"}}"#,
        KEY,
    ),
    (
        "multirootca authsign pre-certificate",
        "POST",
        "authsign",
        r#"{"certificate_request":"@leaf@","ReturnPrecert":true}"#,
        KEY,
    ),
    ("multirootca authsign wrong key", "POST", "authsign", r#"{"certificate_request":"@leaf@"}"#, OTHER_KEY),
    (
        "multirootca authsign unknown label",
        "POST",
        "authsign",
        r#"{"certificate_request":"@leaf@","label":"nobody"}"#,
        KEY,
    ),
    (
        "multirootca authsign unknown profile",
        "POST",
        "authsign",
        r#"{"certificate_request":"@leaf@","profile":"nothing"}"#,
        KEY,
    ),
    (
        "multirootca authsign open profile",
        "POST",
        "authsign",
        r#"{"certificate_request":"@leaf@","profile":"open"}"#,
        KEY,
    ),
    (
        "multirootca authsign network",
        "POST",
        "authsign",
        r#"{"certificate_request":"@leaf@","label":"far"}"#,
        KEY,
    ),
    ("multirootca authsign without request", "POST", "authsign", r#"{"certificate_request":""}"#, KEY),
    ("multirootca authsign no request", "POST", "authsign", r#"{"certificate_request":"x"}"#, KEY),
    ("multirootca authsign inner no JSON", "POST", "authsign", "x", KEY),
    ("multirootca authsign no JSON", "POST", "authsign", "x", ""),
    ("multirootca authsign get", "GET", "authsign", "", ""),
    ("multirootca sign", "POST", "sign", "{}", ""),
];

/// Start the program with the fixture's files and ask everything.
pub(super) fn run(programs: &Programs, fixture: &TempDir) -> Vec<(&'static str, Observation)> {
    let (address, place) = (port::free(), fixture.path());
    let mut command: Command = programs.command("multirootca", place);
    let mut server =
        Running::start(command.args(["-roots", "roots.ini", "-l", "primary", "-a", &address.to_string()]));
    server.until_listening(address);
    let ask = |(name, method, endpoint, body, key): &(&'static str, &str, &str, &str, &str)| {
        let body = if key.is_empty() { (*body).to_owned() } else { sealed(place, body, key) };
        (*name, endpoints::ask(address, method, endpoint, &body))
    };
    CASES.iter().map(ask).collect()
}

/// The request with CFSSL's token of this key.
fn sealed(place: &Path, request: &str, key: &str) -> String {
    let csr = serde_json::to_string(&fs::read_to_string(place.join("leaf.csr")).unwrap()).unwrap();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("request"), request.replace("@leaf@", csr.trim_matches('"'))).unwrap();
    let openssl = |words: &[&str]| {
        succeed("openssl", |command| {
            command.current_dir(folder.path()).args(words);
        })
    };
    let key = format!("hexkey:{key}");
    openssl(&["dgst", "-sha256", "-mac", "HMAC", "-macopt", &key, "-binary", "-out", "mac", "request"]);
    let base64 = |file: &str| openssl(&["base64", "-A", "-in", file]).trim().to_owned();
    json!({ "token": base64("mac"), "request": base64("request") }).to_string()
}
