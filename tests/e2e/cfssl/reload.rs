//! SIGHUP: `cfssl serve`, `multirootca` and `ocspserve` read their files again, all of them or none.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::programs::Programs;
use crate::domain::handfast;
use crate::port;
use crate::program::{Running, finish, succeed, text};

fn write(place: &Path, name: &str, content: &str) {
    fs::write(place.join(name), content).unwrap();
}

fn policy(expiry: &str) -> String {
    format!(r#"{{"signing":{{"default":{{"usages":["signing","server auth"],"expiry":"{expiry}"}}}}}}"#)
}

/// A folder with a root, another root and a request.
fn place() -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "ca.json", r#"{"CN":"Reload Root"}"#);
    write(folder.path(), "csr.json", r#"{"CN":"localhost","hosts":["localhost"]}"#);
    write(folder.path(), "policy.json", &policy("24h"));
    let ours = Programs::ours();
    for name in ["ca", "next"] {
        ours.split(folder.path(), "gencert -initca ca.json", name);
    }
    folder
}

/// What a server says of itself.
fn info(url: &str, words: &[&str], body: &str) -> Value {
    let output = finish("curl", |command| {
        command.args(["--silent", "--show-error", "--max-time", "20", "--data", body]).args(words);
        command.arg(format!("{url}/api/v1/cfssl/info"));
    });
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}{}", text(&output.stdout), text(&output.stderr)))
}

/// The line that says that the files were read again, or why not.
fn hangup(server: &mut Running, expected: &str) {
    server.signal("HUP");
    server.wait_for(expected);
}

const AGAIN: &str = "the files were read again";
const NOT: &str = "the server goes on with what it had";

#[test]
fn cfssl_serve_reads_policy_certificates_and_keys_again() {
    let (folder, address) = (place(), port::free());
    let at = folder.path();
    let ours = Programs::ours();
    let sign = |ca: &str, name: &str| {
        ours.split(at, &format!("gencert -ca {ca}.pem -ca-key {ca}-key.pem csr.json"), name);
    };
    sign("ca", "tls");
    fs::copy(at.join("ca.pem"), at.join("signer.pem")).unwrap();
    fs::copy(at.join("ca-key.pem"), at.join("signer-key.pem")).unwrap();
    let words = "-ca signer.pem -ca-key signer-key.pem -config policy.json -enable sign -tls-cert tls.pem -tls-key tls-key.pem";
    let mut server = ours.serve(at, address, words);
    let url = format!("https://localhost:{}", address.port());
    let told = |root: &str| {
        let root = at.join(root).display().to_string();
        info(&url, &["--cacert", &root], "{}")["result"].clone()
    };
    let before = told("ca.pem");
    assert_eq!(before["expiry"], "24h");

    write(at, "policy.json", &policy("12h"));
    hangup(&mut server, AGAIN);
    assert_eq!(told("ca.pem")["expiry"], "12h");

    // One file with a fault: nothing changes, neither this nor what is right.
    write(at, "policy.json", r#"{"signing":{"default":{"usages":["signing"],"expiry":"x"}}}"#);
    sign("next", "tls");
    hangup(&mut server, NOT);
    assert_eq!(told("ca.pem")["expiry"], "12h");
    write(at, "policy.json", &policy("6h"));
    fs::rename(at.join("tls-key.pem"), at.join("away.pem")).unwrap();
    hangup(&mut server, NOT);
    assert_eq!(told("ca.pem")["expiry"], "12h");

    // Another signer, and another certificate of the server itself.
    fs::rename(at.join("away.pem"), at.join("tls-key.pem")).unwrap();
    fs::copy(at.join("next.pem"), at.join("signer.pem")).unwrap();
    fs::copy(at.join("next-key.pem"), at.join("signer-key.pem")).unwrap();
    hangup(&mut server, AGAIN);
    let after = told("next.pem");
    assert_eq!(after["expiry"], "6h");
    assert_ne!(after["certificate"], before["certificate"]);
    let remote =
        format!("gencert -remote https://localhost:{} -tls-remote-ca next.pem csr.json", address.port());
    ours.split(at, &remote, "leaf");
    succeed("openssl", |command| {
        command.current_dir(at).args(["verify", "-CAfile", "next.pem", "leaf.pem"]);
    });
    // Each CA has its record, the first one too.
    assert_eq!(fs::read_dir(at.join(".handfast-cfssl")).unwrap().count(), 2);
    server.stop("TERM");
}

#[test]
fn multirootca_reads_its_labels_again() {
    let (folder, address) = (place(), port::free());
    let at = folder.path();
    write(at, "later.json", &policy("1h"));
    let root = |label: &str, ca: &str, config: &str| {
        format!("[ {label} ]\nprivate = file://{ca}-key.pem\ncertificate = {ca}.pem\nconfig = {config}\n")
    };
    write(at, "roots.ini", &root("one", "ca", "policy.json"));
    let mut command = Command::new(handfast());
    command.current_dir(at).args([
        "multirootca",
        "-roots",
        "roots.ini",
        "-l",
        "one",
        "-a",
        &address.to_string(),
    ]);
    let mut server = Running::start(&mut command);
    server.until_listening(address);
    let told = |label: &str| {
        let answer = info(&format!("http://{address}"), &[], &format!(r#"{{"label":"{label}"}}"#));
        answer["result"]["expiry"].as_str().map(str::to_owned)
    };
    assert_eq!((told("one").as_deref(), told("two")), (Some("24h"), None));
    write(at, "roots.ini", &(root("one", "ca", "policy.json") + &root("two", "next", "missing.json")));
    hangup(&mut server, NOT);
    assert_eq!((told("one").as_deref(), told("two")), (Some("24h"), None));
    write(at, "roots.ini", &(root("one", "ca", "later.json") + &root("two", "next", "policy.json")));
    hangup(&mut server, AGAIN);
    assert_eq!((told("one").as_deref(), told("two").as_deref()), (Some("1h"), Some("24h")));
    write(at, "roots.ini", &root("two", "next", "policy.json"));
    hangup(&mut server, NOT);
    assert_eq!(told("one").as_deref(), Some("1h"), "the default label is needed");
}

fn asked(place: &Path, address: SocketAddr) -> String {
    let output = finish("openssl", |command| {
        let url = format!("http://{address}");
        command.current_dir(place).args(["ocsp", "-issuer", "ca.pem", "-CAfile", "ca.pem", "-no_nonce"]);
        command.args(["-cert", "leaf.pem", "-url", &url]);
    });
    text(&output.stdout) + &text(&output.stderr)
}

#[test]
fn ocspserve_reads_its_responses_again() {
    let (folder, address) = (place(), port::free());
    let at = folder.path();
    let ours = Programs::ours();
    ours.split(at, "gencert -ca ca.pem -ca-key ca-key.pem csr.json", "leaf");
    let sign = |status: &str| {
        let words = format!(
            "ocspsign -ca ca.pem -responder ca.pem -responder-key ca-key.pem -cert leaf.pem -status {status}"
        );
        let signed: Value = serde_json::from_slice(&ours.good(at, &words)).unwrap();
        write(at, "responses", signed["ocspResponse"].as_str().unwrap());
    };
    sign("good");
    let mut command = Command::new(handfast());
    let port = address.port().to_string();
    command.current_dir(at).args(["cfssl", "ocspserve", "-responses", "responses", "-port", &port]);
    let mut server = Running::start(&mut command);
    server.until_listening(address);
    assert!(asked(at, address).contains("leaf.pem: good"));
    sign("revoked");
    hangup(&mut server, AGAIN);
    assert!(asked(at, address).contains("leaf.pem: revoked"));
    write(at, "responses", "nonsense");
    hangup(&mut server, NOT);
    assert!(asked(at, address).contains("leaf.pem: revoked"));
}
