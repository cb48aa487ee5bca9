//! SIGKILL of `cfssl serve -state` while it signs for holders of a token: what a client received is on record afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::io::BufReader;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Sender, channel};

use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;

use super::programs::Programs;
use crate::domain::{Domain, handfast};
use crate::exchange::exchange;
use crate::port;
use crate::program::{succeed, text};

const KEY: &str = "0123456789abcdef0123456789abcdef";
/// Clients that ask at the same time.
const CLIENTS: usize = 8;
/// So many acknowledged certificates in each life of the server before it is killed.
const LIVES: [usize; 4] = [1, 20, 100, 200];
const TRUST: &str =
    "[trust]\ndomain = \"shop.internal\"\n\n[service.web]\ninstances = [\"web.shop.internal\"]\n";

/// The files of a CFSSL server beside a trust domain, in whose store it keeps its record.
fn files(place: &Path) {
    let policy = format!(
        r#"{{"signing":{{"default":{{"usages":["signing","server auth"],"expiry":"24h","auth_key":"k"}}}},
            "auth_keys":{{"k":{{"type":"standard","key":"{KEY}"}}}}}}"#
    );
    fs::write(place.join("policy.json"), policy).unwrap();
    fs::write(place.join("ca.json"), r#"{"CN":"Door Root"}"#).unwrap();
    Programs::ours().split(place, "gencert -initca ca.json", "ca");
}

fn openssl(place: &Path, words: &[&str]) -> String {
    succeed("openssl", |command| {
        command.current_dir(place).args(words);
    })
}

/// A request with CFSSL's token, the way a script would make it.
fn message(place: &Path) -> String {
    let names = vec!["db.internal".to_owned()];
    let csr =
        CertificateParams::new(names).unwrap().serialize_request(&KeyPair::generate().unwrap()).unwrap();
    let request = serde_json::json!({ "certificate_request": csr.pem().unwrap() }).to_string();
    fs::write(place.join("request"), request).unwrap();
    let key = format!("hexkey:{KEY}");
    let mac =
        ["dgst", "-sha256", "-mac", "HMAC", "-macopt", &key, "-binary", "-out", "request.mac", "request"];
    openssl(place, &mac);
    let base64 = |file: &str| openssl(place, &["base64", "-A", "-in", file]).trim().to_owned();
    serde_json::json!({ "token": base64("request.mac"), "request": base64("request") }).to_string()
}

/// One request on a connection that stays open; the certificate, or nothing when the server is gone.
fn ask(connection: &mut BufReader<TcpStream>, message: &str) -> Option<String> {
    let head = "POST /api/v1/cfssl/authsign HTTP/1.1\r\nHost: ca";
    let (status, octets) = exchange(connection, head, message)?;
    assert!(status.starts_with("HTTP/1.1 200"), "{status}{}", text(&octets));
    let answer: Value = serde_json::from_slice(&octets).unwrap();
    Some(answer["result"]["certificate"].as_str().unwrap().to_owned())
}

fn load(address: SocketAddr, message: &str, acknowledged: &Sender<String>) {
    let mut connection = BufReader::new(TcpStream::connect(address).unwrap());
    while let Some(certificate) = ask(&mut connection, message) {
        if acknowledged.send(certificate).is_err() {
            return;
        }
    }
}

/// Serve, let clients have so many certificates, kill the server; every certificate that any of them got.
fn life(place: &Path, message: &str, count: usize) -> Vec<String> {
    let address = port::free();
    let words = "-ca ca.pem -ca-key ca-key.pem -config policy.json -state .handfast/store";
    let mut server = Programs::ours().serve(place, address, words);
    let (sender, acknowledged) = channel();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (message, sender) = (message.to_owned(), sender.clone());
            std::thread::spawn(move || load(address, &message, &sender))
        })
        .collect();
    drop(sender);
    let mut certificates: Vec<String> = acknowledged.iter().take(count).collect();
    server.signal("KILL");
    server.ended();
    certificates.extend(acknowledged.iter());
    for client in clients {
        client.join().unwrap();
    }
    assert!(certificates.len() >= count, "the server ended by itself after {}", certificates.len());
    certificates
}

/// A serial number in lower-case hexadecimal digits alone.
fn digits(serial: &str) -> String {
    let digits: String = serial.to_ascii_lowercase().chars().filter(char::is_ascii_hexdigit).collect();
    digits.trim_start_matches('0').to_owned()
}

fn serial(place: &Path, certificate: &str) -> String {
    fs::write(place.join("one.pem"), certificate).unwrap();
    let told = openssl(place, &["x509", "-in", "one.pem", "-noout", "-serial"]);
    digits(told.trim().strip_prefix("serial=").unwrap())
}

/// What the next command that opens the store finds in it.
fn listed(place: &Path) -> BTreeSet<String> {
    let (mut found, mut after) = (BTreeSet::new(), String::new());
    loop {
        let page = succeed(handfast(), |command| {
            let words = format!("list --state valid --limit 1000 --format json{after}");
            command.current_dir(place).args(words.split_whitespace());
        });
        let page: Value = serde_json::from_str(&page).unwrap();
        let rows = page["certificates"].as_array().unwrap();
        found.extend(rows.iter().map(|row| digits(row["serial"].as_str().unwrap())));
        match page["next"].as_str() {
            Some(next) => after = format!(" --after {next}"),
            None => return found,
        }
    }
}

#[test]
fn what_a_token_got_is_on_record_after_kill_9() {
    let domain = Domain::declared(TRUST);
    let place = domain.path();
    files(place);
    let message = message(place);
    let mut acknowledged = BTreeSet::new();
    for count in LIVES {
        let certificates = life(place, &message, count);
        let before = acknowledged.len();
        acknowledged.extend(certificates.iter().map(|certificate| serial(place, certificate)));
        assert_eq!(acknowledged.len(), before + certificates.len(), "a serial number was given twice");
    }
    let found = listed(place);
    let lost: Vec<&String> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged are lost: {lost:?}", lost.len(), acknowledged.len());
    let verified = succeed(handfast(), |command| {
        command.current_dir(place).args(["audit", "verify"]);
    });
    assert!(verified.contains("intact"), "{verified}");
    println!(
        "{} certificates were acknowledged in {} lives, all of them are on record",
        acknowledged.len(),
        LIVES.len()
    );
}
