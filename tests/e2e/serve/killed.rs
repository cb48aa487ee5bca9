//! SIGKILL while certificates are being issued: every one that a client received is on record after the next start.

use std::collections::BTreeSet;
use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;
use tempfile::TempDir;

use super::{Served, TRUST};
use crate::domain::Domain;
use crate::exchange::exchange;

/// Clients that ask at the same time.
const CLIENTS: usize = 8;
/// So many acknowledged certificates in each life of the server before it is killed.
const LIVES: [usize; 4] = [1, 20, 100, 300];

fn request() -> String {
    let names = vec!["web.shop.internal".to_owned()];
    let csr =
        CertificateParams::new(names).unwrap().serialize_request(&KeyPair::generate().unwrap()).unwrap();
    serde_json::json!({ "csr": csr.pem().unwrap(), "authority": "services" }).to_string()
}

/// One request on a connection that stays open; the body of the answer, or nothing when the server is gone.
fn ask(connection: &mut BufReader<UnixStream>, body: &str) -> Option<Value> {
    let head = "POST /v1/certificates HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json";
    let (status, octets) = exchange(connection, head, body)?;
    assert!(status.starts_with("HTTP/1.1 20"), "{status}{}", String::from_utf8_lossy(&octets));
    serde_json::from_slice(&octets).ok()
}

/// Ask until the server is gone; tell the serial number of each certificate that came.
fn load(socket: &Path, acknowledged: &Sender<String>) {
    let body = request();
    let mut connection = BufReader::new(UnixStream::connect(socket).unwrap());
    while let Some(answer) = ask(&mut connection, &body) {
        if acknowledged.send(answer["serial"].as_str().unwrap().to_owned()).is_err() {
            return;
        }
    }
}

/// Serve, let clients have so many certificates, kill the server, and return every serial number that any of them got.
fn life(domain: Domain, socket: &Path, count: usize) -> (Domain, Vec<String>) {
    let mut served = Served::start(domain, |_| {});
    let (sender, acknowledged) = channel();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (socket, sender): (PathBuf, _) = (socket.to_owned(), sender.clone());
            std::thread::spawn(move || load(&socket, &sender))
        })
        .collect();
    drop(sender);
    let mut serials: Vec<String> = acknowledged.iter().take(count).collect();
    served.program.signal("KILL");
    served.program.ended();
    serials.extend(acknowledged.iter());
    for client in clients {
        client.join().unwrap();
    }
    assert!(serials.len() >= count, "the server ended by itself after {} certificates", serials.len());
    let Served { domain, program, .. } = served;
    drop(program);
    (domain, serials)
}

/// Serial numbers on record, as the server lists them.
fn listed(served: &Served) -> BTreeSet<String> {
    let (mut found, mut after) = (BTreeSet::new(), String::new());
    loop {
        let page: Value = serde_json::from_str(
            &served.good(&format!("list --state valid --limit 1000 --format json{after}")),
        )
        .unwrap();
        let rows = page["certificates"].as_array().unwrap();
        found.extend(rows.iter().map(|row| row["serial"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = format!(" --after {next}"),
            None => return found,
        }
    }
}

#[test]
fn what_was_acknowledged_is_there_after_kill_9() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("api.sock");
    let mut domain =
        Domain::declared(&format!("{TRUST}\n[server]\nlisten = [\"unix:{}\"]\n", socket.display()));
    let mut acknowledged = BTreeSet::new();
    for count in LIVES {
        let (same, serials) = life(domain, &socket, count);
        domain = same;
        let before = acknowledged.len();
        acknowledged.extend(serials.iter().cloned());
        assert_eq!(acknowledged.len(), before + serials.len(), "a serial number was given twice");
    }
    let served = Served::start(domain, |_| {});
    let found = listed(&served);
    let lost: Vec<&String> = acknowledged.difference(&found).collect();
    assert!(lost.is_empty(), "{} of {} acknowledged are lost: {lost:?}", lost.len(), acknowledged.len());
    assert!(served.good("audit verify").contains("intact"));
    println!(
        "{} certificates were acknowledged in {} lives, all of them are on record",
        acknowledged.len(),
        LIVES.len()
    );
}
