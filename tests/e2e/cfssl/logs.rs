//! Certificates that a log of certificate transparency has seen, as OpenSSL and Debian's `cfssl` see them.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use hf_testkit::ManualClock;
use hf_testkit::log::{LogServer, Manner};
use tempfile::TempDir;

use super::programs::Programs;
use crate::domain::{Domain, handfast};
use crate::port;
use crate::program::{Running, finish, succeed, text};
use crate::serve::Served;

/// A log that lives in the past, so that no clock of a client is behind it.
pub(super) fn log() -> LogServer {
    let past = "2026-01-01T00:00:00Z".parse().unwrap();
    LogServer::start(Arc::new(ManualClock::at(past))).unwrap()
}

/// A root, a request and a policy whose profile `logged` names this log.
fn place(programs: &Programs, log: &LogServer) -> TempDir {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: String| fs::write(folder.path().join(name), text).unwrap();
    write("ca.json", r#"{"CN":"Logged Root"}"#.to_owned());
    write("csr.json", r#"{"CN":"db.internal","hosts":["db.internal"]}"#.to_owned());
    write("policy.json", policy(log));
    programs.split(folder.path(), "gencert -initca ca.json", "ca");
    folder
}

fn policy(log: &LogServer) -> String {
    let url = log.url();
    format!(
        r#"{{"signing":{{"default":{{"usages":["signing","server auth"],"expiry":"24h"}},"profiles":{{"logged":{{
            "usages":["signing","server auth"],"expiry":"24h","ct_log_servers":["{url}"]}}}}}}}}"#
    )
}

/// The log as OpenSSL is told of it.
fn list_of_logs(place: &Path, log: &LogServer) {
    let key = log.log().key_text();
    let text = format!("enabled_logs = test\n\n[test]\ndescription = The log of the test\nkey = {key}\n");
    fs::write(place.join("logs.cnf"), text).unwrap();
}

/// What `openssl s_client -ct` says of the timestamps of a server with the certificate `db.pem`.
fn validated(place: &Path) -> String {
    let address = port::free();
    let mut command = Command::new("openssl");
    command.current_dir(place).args(["s_server", "-accept", &address.to_string(), "-www"]);
    command.args(["-cert", "db.pem", "-key", "db-key.pem"]);
    let mut server = Running::start(&mut command);
    server.until_listening(address);
    let output = finish("openssl", |command| {
        command.current_dir(place).args(["s_client", "-connect", &address.to_string(), "-CAfile", "ca.pem"]);
        command.args(["-ct", "-ctlogfile", "logs.cnf", "-servername", "db.internal"]);
    });
    text(&output.stdout) + &text(&output.stderr)
}

const GENCERT: &str = "gencert -ca ca.pem -ca-key ca-key.pem -config policy.json -profile logged csr.json";

#[test]
fn openssl_finds_the_timestamps_of_ours_and_of_stock_valid() {
    let log = log();
    for programs in [Programs::ours(), Programs::stock()] {
        let place = place(&programs, &log);
        list_of_logs(place.path(), &log);
        programs.split(place.path(), GENCERT, "db");
        let said = validated(place.path());
        assert!(said.contains("SCT validation status: valid"), "{said}");
        assert!(said.contains("The log of the test"), "{said}");
        let shown = show(place.path(), "db.pem");
        assert!(shown.contains("CT Precertificate SCTs") && !shown.contains("Poison"), "{shown}");
    }
    let seen = log.seen();
    assert_eq!(seen.len(), 2, "each was submitted once");
    for chain in seen {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("pre.pem"), chain[0].to_pem()).unwrap();
        let shown = show(folder.path(), "pre.pem");
        assert!(shown.contains("CT Precertificate Poison: critical"), "{shown}");
        assert_eq!(chain.len(), 2, "the pre-certificate and its issuer");
    }
}

/// So that the test above can fail; and what it means that a policy names no keys of logs.
#[test]
fn openssl_finds_timestamps_of_an_unknown_log_and_of_a_liar_out() {
    let (honest, other) = (log(), log());
    let ours = Programs::ours();
    let place = place(&ours, &honest);
    list_of_logs(place.path(), &other);
    ours.split(place.path(), GENCERT, "db");
    let said = validated(place.path());
    assert!(said.contains("SCT validation status: unknown log"), "{said}");
    honest.behave(Manner::OtherEntry);
    list_of_logs(place.path(), &honest);
    ours.split(place.path(), GENCERT, "db");
    let said = validated(place.path());
    assert!(said.contains("SCT validation status: invalid"), "{said}");
}

fn show(place: &Path, file: &str) -> String {
    succeed("openssl", |command| {
        command.current_dir(place).args(["x509", "-noout", "-text", "-in", file]);
    })
}

#[test]
fn a_server_of_ours_submits_and_says_which_log_refused() {
    let log = log();
    let ours = Programs::ours();
    let place = place(&ours, &log);
    let address = port::free();
    let words = "-ca ca.pem -ca-key ca-key.pem -config policy.json -state state -enable sign";
    let _server = ours.serve(place.path(), address, words);
    ours.split(place.path(), "genkey csr.json", "db");
    let sign = format!("sign -remote {address} -profile logged db.csr");
    ours.split(place.path(), &sign, "db");
    assert!(show(place.path(), "db.pem").contains("CT Precertificate SCTs"));
    log.behave(Manner::Says("503 Service Unavailable", "later"));
    let refused = ours.cfssl(place.path(), &sign);
    assert!(!refused.status.success());
    let said = text(&refused.stderr);
    assert!(said.contains("10100") && said.contains(&log.url()) && said.contains("status 503"), "{said}");
}

const TRUST: &str = r#"[trust]
domain = "shop.internal"

[authority.root]
[authority.services]
parent = "root"

[service.web]
instances = ["web.shop.internal"]
calls     = ["orders"]
authority = "services"
profile   = "logged"

[service.orders]
instances = ["orders.shop.internal"]
authority = "services"

[server]
authority = "services"
listen = ["127.0.0.1:0"]

[server.cfssl]
listen = ["127.0.0.1:0"]
config = "policy.json"
enable = ["sign"]
"#;

/// A domain whose `web` is certified under a profile that names this log and a key.
fn declared(log: &LogServer, key: &str) -> String {
    let url = log.url();
    format!("{TRUST}\n[profile.logged]\ntransparency_logs = [\"{url}\"]\ntransparency_keys = [\"{key}\"]\n")
}

#[test]
fn a_trust_domain_has_certificates_seen_by_the_logs_of_its_profiles_and_policies() {
    let log = log();
    let domain = Domain::declared(&declared(&log, &log.log().key_text()));
    let cert = domain.trust("web.shop.internal").join("cert.pem");
    let shown = succeed(handfast(), |command| {
        command.arg("inspect").arg(&cert);
    });
    assert!(shown.contains("seen by a log"), "{shown}");
    let seen = log.seen();
    assert_eq!(seen.len(), 1, "the other service names no log");
    assert_eq!(seen[0].len(), 3, "the pre-certificate, the authority, the root");

    fs::write(domain.path().join("policy.json"), policy(&log)).unwrap();
    fs::write(domain.path().join("csr.json"), r#"{"CN":"a.shop.internal","hosts":["a.shop.internal"]}"#)
        .unwrap();
    let served = Served::start(domain, |_| {});
    let (address, place) = (served.address("cfssl"), served.domain.path());
    let words = format!("gencert -remote localhost:{} -profile logged csr.json", address.port());
    Programs::stock().split(place, &words, "leaf");
    assert!(show(place, "leaf.pem").contains("CT Precertificate SCTs"));
    assert_eq!(log.seen().len(), 2);
}

#[test]
fn a_log_with_another_key_has_nothing_issued_and_the_serial_number_can_be_revoked() {
    let (log, other) = (log(), log());
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("handfast.toml");
    fs::write(&file, declared(&log, &other.log().key_text())).unwrap();
    let refused = finish(handfast(), |command| {
        command.args(["apply", "-f"]).arg(&file);
    });
    let said = text(&refused.stderr);
    assert!(!refused.status.success(), "{said}");
    assert!(said.contains("is that of no key in `transparency_keys`"), "{said}");
    let serial = log.seen()[0][0].serial().unwrap().to_string();
    let listed = succeed(handfast(), |command| {
        command.args(["list", "-f"]).arg(&file);
    });
    assert!(listed.contains("possibly-signed"), "{listed}");
    let revoked = succeed(handfast(), |command| {
        command.args(["revoke", &serial, "-f"]).arg(&file);
    });
    assert!(revoked.contains(&serial), "{revoked}");
}
