//! Client certificates at `cfssl serve`: `-mutual-tls-ca` lets in whoever has one, as in CFSSL, and says so; `-mutual-tls-cn`
//! narrows it down.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use super::programs::Programs;
use crate::port;
use crate::program::{finish, succeed, text};

const WARNING: &str = "without -mutual-tls-cn";

/// Two authorities: `ca` signs, `people` has given certificates to `agent` and `admin`; `server` is the server's own.
fn place() -> TempDir {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let profile = r#""usages":["signing","server auth","client auth"],"expiry":"24h""#;
    fs::write(at.join("policy.json"), format!(r#"{{"signing":{{"default":{{{profile}}}}}}}"#)).unwrap();
    let ours = Programs::ours();
    for name in ["ca", "people"] {
        fs::write(at.join("root.json"), format!(r#"{{"CN":"{name} root"}}"#)).unwrap();
        ours.split(at, "gencert -initca root.json", name);
    }
    for (ca, name) in [("ca", "localhost"), ("people", "agent"), ("people", "admin"), ("ca", "stranger")] {
        fs::write(at.join("csr.json"), format!(r#"{{"CN":"{name}","hosts":["{name}"]}}"#)).unwrap();
        let words = format!("gencert -ca {ca}.pem -ca-key {ca}-key.pem -config policy.json csr.json");
        ours.split(at, &words, name);
    }
    folder
}

/// Status and body of a POST with the certificate of `who`; status 000 where the handshake fails.
fn post(at: &Path, address: SocketAddr, who: Option<&str>, endpoint: &str, body: &str) -> (String, String) {
    let output = finish("curl", |command| {
        command.current_dir(at).args(["--silent", "--max-time", "20", "--cacert", "ca.pem"]);
        if let Some(who) = who {
            command.args(["--cert", &format!("{who}.pem"), "--key", &format!("{who}-key.pem")]);
        }
        let url = format!("https://localhost:{}/api/v1/cfssl/{endpoint}", address.port());
        command.args(["--write-out", "\n%{http_code}", "--data", body, &url]);
    });
    let said = text(&output.stdout);
    let (body, status) = said.rsplit_once('\n').unwrap();
    (status.to_owned(), body.to_owned())
}

/// Serial number and key identifier of a certificate's issuer, as `revoke` takes them.
fn revocation(at: &Path, certificate: &str) -> String {
    let told = succeed(crate::domain::handfast(), |command| {
        command.current_dir(at).args(["cfssl", "certinfo", "-cert", certificate]);
    });
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let key = told["authority_key_id"].as_str().unwrap().replace(':', "").to_lowercase();
    json!({ "serial": told["serial_number"], "authority_key_id": key, "reason": "superseded" }).to_string()
}

#[test]
fn a_ca_for_clients_without_a_name_opens_everything_and_the_log_warns() {
    let folder = place();
    let at = folder.path();
    let ours = Programs::ours();
    ours.split(at, "genkey csr.json", "leaf");
    let csr = json!({ "certificate_request": fs::read_to_string(at.join("leaf.csr")).unwrap() }).to_string();
    let words = "-ca ca.pem -ca-key ca-key.pem -config policy.json -tls-cert localhost.pem -tls-key localhost-key.pem";

    let address = port::free();
    let mut command = ours.command("cfssl", at);
    command.args(["serve", "-port", &address.port().to_string(), "-mutual-tls-ca", "people.pem"]);
    let mut server = crate::program::Running::start(command.args(words.split(' ')));
    let warned = server.wait_for(WARNING);
    assert!(warned.contains("[WARNING]") && warned.contains("people.pem"), "{warned}");
    assert!(!warned.contains("this server issues"), "{warned}");
    server.until_listening(address);
    let (status, body) = post(at, address, Some("agent"), "sign", &csr);
    assert_eq!(status, "200", "{body}");
    let signed: serde_json::Value = serde_json::from_str(&body).unwrap();
    fs::write(at.join("leaf.pem"), signed["result"]["certificate"].as_str().unwrap()).unwrap();
    assert_eq!(post(at, address, Some("agent"), "revoke", &revocation(at, "leaf.pem")).0, "200");
    for nobody in [None, Some("stranger")] {
        assert_eq!(post(at, address, nobody, "info", "{}").0, "000", "{nobody:?}");
    }
    server.stop("TERM");

    // The CA that signs is the one whose certificates open the door: then each holder rules over the others.
    let mut command = ours.command("cfssl", at);
    command.args(["serve", "-port", &port::free().port().to_string(), "-mutual-tls-ca", "ca.pem"]);
    let mut server = crate::program::Running::start(command.args(words.split(' ')));
    assert!(server.wait_for(WARNING).contains("also one that this server issues"));
    server.stop("TERM");
}

#[test]
fn a_name_for_clients_keeps_the_others_out() {
    let folder = place();
    let at = folder.path();
    let ours = Programs::ours();
    ours.split(at, "genkey csr.json", "leaf");
    let csr = json!({ "certificate_request": fs::read_to_string(at.join("leaf.csr")).unwrap() }).to_string();
    let address = port::free();
    let words = "-ca ca.pem -ca-key ca-key.pem -config policy.json -tls-cert localhost.pem -tls-key localhost-key.pem \
                 -mutual-tls-ca people.pem -mutual-tls-cn ^admin$";
    let mut server = ours.serve(at, address, words);
    let (status, body) = post(at, address, Some("agent"), "sign", &csr);
    assert!(status == "403" && body.contains("Invalid CN"), "{status} {body}");
    assert_eq!(post(at, address, Some("admin"), "sign", &csr).0, "200");
    server.stop("TERM");
    let said = server.rest();
    assert!(!said.iter().any(|line| line.contains(WARNING)), "{said:?}");
}
