//! SIGKILL while certificates are being revoked: what was acknowledged is on the list after the next start, and the numbers of
//! lists go on rising.

use std::collections::BTreeSet;
use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::path::Path;

use rcgen::{CertificateParams, KeyPair};
use serde_json::Value;
use tempfile::TempDir;

use super::{Lab, TRIES, TRUST};
use crate::domain::Domain;
use crate::exchange::exchange;
use crate::port;
use crate::program::succeed;
use crate::serve::Served;

/// So many acknowledged revocations in each life of the server before it is killed.
const LIVES: [usize; 3] = [1, 7, 20];
/// More than are revoked.
const CERTIFICATES: usize = 60;

fn post(connection: &mut BufReader<UnixStream>, path: &str, body: &str) -> Option<Value> {
    let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json");
    let (status, octets) = exchange(connection, &head, body)?;
    assert!(status.starts_with("HTTP/1.1 20"), "{status}{}", String::from_utf8_lossy(&octets));
    serde_json::from_slice(&octets).ok()
}

fn issue(socket: &Path) -> Vec<String> {
    let names = vec!["web.shop.internal".to_owned()];
    let csr = CertificateParams::new(names).unwrap().serialize_request(&KeyPair::generate().unwrap());
    let body = serde_json::json!({ "csr": csr.unwrap().pem().unwrap(), "authority": "services" }).to_string();
    let mut connection = BufReader::new(UnixStream::connect(socket).unwrap());
    let one =
        |_| post(&mut connection, "/v1/certificates", &body).unwrap()["serial"].as_str().unwrap().to_owned();
    (0..CERTIFICATES).map(one).collect()
}

/// Revoke one after the other until the server is gone; tell which were acknowledged.
fn revoke(socket: &Path, serials: &[String], told: &std::sync::mpsc::Sender<String>) {
    let mut connection = BufReader::new(UnixStream::connect(socket).unwrap());
    for serial in serials {
        let path = format!("/v1/certificates/services/{serial}/revoke");
        if post(&mut connection, &path, "{\"reason\":\"superseded\"}").is_none() {
            return;
        }
        if told.send(serial.clone()).is_err() {
            return;
        }
    }
}

fn number(lab: &Lab) -> u128 {
    let list = lab.fetch("/crl/services.crl");
    let shown = succeed("openssl", |command| {
        command.args(["crl", "-inform", "DER", "-noout", "-crlnumber", "-in"]).arg(list);
    });
    let text = shown.trim().strip_prefix("crlNumber=").unwrap().trim_start_matches("0x").to_owned();
    u128::from_str_radix(&text, 16).unwrap()
}

/// The number of the list that comes after this one, because something was revoked; it never goes back.
fn number_after(lab: &Lab, last: u128) -> u128 {
    for _ in 0..TRIES {
        let now = number(lab);
        assert!(now >= last, "list {now} after {last}");
        if now > last {
            return now;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("no list came after {last}")
}

#[test]
fn what_was_acknowledged_is_listed_after_kill_9() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("api.sock");
    let plain = port::free();
    let mut domain = Domain::declared(&format!(
        "{TRUST}\n[server]\nlisten = [\"unix:{}\"]\nplain = [\"{plain}\"]\n",
        socket.display()
    ));
    let mut acknowledged: BTreeSet<String> = BTreeSet::new();
    let (mut serials, mut last) = (Vec::new(), 0);
    for count in LIVES {
        let mut lab = Lab { served: Served::start(domain, |_| {}), plain };
        if serials.is_empty() {
            serials = issue(&socket);
        }
        let left: Vec<String> = serials.iter().filter(|it| !acknowledged.contains(*it)).cloned().collect();
        let (sender, told) = std::sync::mpsc::channel();
        let client = std::thread::spawn({
            let socket = socket.clone();
            move || revoke(&socket, &left, &sender)
        });
        acknowledged.extend(told.iter().take(count));
        last = number_after(&lab, last);
        lab.served.program.signal("KILL");
        lab.served.program.ended();
        acknowledged.extend(told.iter());
        client.join().unwrap();
        let Lab { served: Served { domain: same, program, .. }, .. } = lab;
        drop(program);
        domain = same;
    }
    let lab = Lab { served: Served::start(domain, |_| {}), plain };
    // The server signs what is due before it listens.
    let shown = lab.published("services").to_lowercase();
    let missing: Vec<&String> = acknowledged.iter().filter(|serial| !shown.contains(*serial)).collect();
    assert!(
        missing.is_empty(),
        "{} of {} acknowledged are not listed: {missing:?}",
        missing.len(),
        acknowledged.len()
    );
    // Where the list from before the kill said everything, the next revocation is what brings a new one.
    let (sender, told) = std::sync::mpsc::channel();
    revoke(&socket, &issue(&socket)[..1], &sender);
    told.recv().unwrap();
    number_after(&lab, last);
    assert!(lab.served.good("audit verify").contains("intact"));
}
