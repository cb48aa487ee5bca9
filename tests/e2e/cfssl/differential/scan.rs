//! Scans of real servers on this machine: one that speaks TLS 1.2, one that speaks 1.3 alone, and nobody.

use std::net::SocketAddr;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::super::programs::Programs;
use super::observe::Observation;
use crate::port;
use crate::program::{Running, text};

/// Two suites and three groups, of which CFSSL knows two.
const TLS12: &str = "-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA -groups P-256:P-384:X25519";

/// Name, words of `openssl s_server` (none for nobody), words of the scan.
const CASES: &[(&str, &str, &str)] = &[
    ("scan of TLS 1.2", TLS12, ""),
    ("scan of TLS 1.3", "-tls1_3 -ciphersuites TLS_AES_128_GCM_SHA256 -groups P-256", ""),
    ("scan of one family", TLS12, "-family PKI"),
    ("scan of one scanner", TLS12, "-scanner ECCurves"),
    ("scan of nobody", "", "-family Connectivity|PKI"),
];

/// A server with the fixture's certificate for `localhost`.
fn server(fixture: &TempDir, words: &str) -> (Running, SocketAddr) {
    let address = port::free();
    let mut command = Command::new("openssl");
    command.current_dir(fixture.path()).args(["s_server", "-accept", &address.to_string(), "-www", "-quiet"]);
    command.args(["-cert", "tls.pem", "-key", "tls-key.pem"]).args(words.split(' '));
    let mut server = Running::start(&mut command);
    server.until_listening(address);
    (server, address)
}

/// Every case, scanned by these programs.
pub(super) fn run(programs: &Programs, fixture: &TempDir) -> Vec<(&'static str, Observation)> {
    let scan = |(name, words, flags): &(&'static str, &str, &str)| {
        let served = (!words.is_empty()).then(|| server(fixture, words));
        let port = served.as_ref().map_or(1, |(_, address)| address.port());
        let mut command = programs.command("cfssl", fixture.path());
        command.args(["scan", "-ip", "127.0.0.1", "-timeout", "60s"]).args(flags.split_whitespace());
        let output = command.arg(format!("localhost:{port}")).output().unwrap();
        let mut seen = Observation::new();
        seen.insert("exit".into(), output.status.code().unwrap().to_string());
        told(&text(&output.stdout), port, &mut seen);
        (*name, seen)
    };
    CASES.iter().map(scan).collect()
}

/// The banner, and of each scanner its grade, its output in a fixed order, and whether it has an error to tell.
fn told(said: &str, port: u16, seen: &mut Observation) {
    let (banner, json) = said.split_at(said.find("\n{").map_or(said.len(), |at| at + 1));
    seen.insert("banner".into(), banner.replace(&port.to_string(), "PORT"));
    let Ok(Value::Object(families)) = serde_json::from_str::<Value>(json.trim()) else {
        seen.insert("json".into(), "none".into());
        return;
    };
    for (family, scanners) in &families {
        for (scanner, result) in scanners.as_object().unwrap() {
            let path = format!("{family}.{scanner}");
            seen.insert(format!("{path} grade"), result["grade"].to_string());
            let output = match result.get("output") {
                Some(Value::String(time)) => time.replace(|digit: char| digit.is_ascii_digit(), "9"),
                output => sorted(output.unwrap_or(&Value::Null)).to_string(),
            };
            seen.insert(format!("{path} output"), output);
            seen.insert(
                format!("{path} error"),
                if result["error"].is_string() { "said" } else { "none" }.into(),
            );
        }
    }
}

/// With every list in order: CFSSL prints them as its maps happen to lie.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), sorted(field))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
