//! SIGKILL while ACME clients order, prove, finalize and revoke: what any of them received is on record after the next
//! start, what was revoked is revoked, and no order stays under way.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tempfile::TempDir;

use super::acme::{self, Client, Key, respond};
use super::{Served, TRUST};
use crate::domain::Domain;
use crate::port;

/// Clients that order at the same time.
const CLIENTS: usize = 6;
/// So many acknowledged changes in each life of the server before it is killed.
const LIVES: [usize; 4] = [1, 12, 60, 150];
/// So often is asked whether orders are under way: each time a command is started.
const PATIENCE: usize = 1_000;

/// What a client was told.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// The serial number of a certificate that it fetched.
    Issued(String),
    /// The serial number of one that it revoked.
    Revoked(String),
}

/// One client: its key and the orders that it has begun, over all lives of the server.
struct Party {
    key: Arc<Key>,
    name: String,
    begun: Mutex<Vec<String>>,
}

/// Order again and again until the server is gone; every fifth certificate is revoked.
fn load(party: &Party, socket: &Path, told: &Sender<Told>) -> Option<()> {
    let mut client = Client::open(socket, Arc::clone(&party.key))?;
    for number in 0_u32.. {
        let order = client.order(&party.name)?;
        party.begun.lock().unwrap().push(order.url.clone());
        client.prove(&order)?;
        let certificate = client.finish(&order, &party.name)?;
        let serial = certificate.serial.clone();
        told.send(Told::Issued(serial.clone())).ok()?;
        if number % 5 == 4 {
            client.revoke(&certificate)?;
            told.send(Told::Revoked(serial)).ok()?;
        }
    }
    None
}

/// Serve, let clients be told so much, kill the server, and return all that any of them was told.
fn life(domain: Domain, socket: &Path, parties: &[Arc<Party>], count: usize) -> (Domain, Vec<Told>) {
    let mut served = Served::start(domain, |_| {});
    let (sender, told) = channel();
    let clients: Vec<_> = parties
        .iter()
        .map(|party| {
            let (party, socket, sender): (_, PathBuf, _) =
                (Arc::clone(party), socket.to_owned(), sender.clone());
            std::thread::spawn(move || load(&party, &socket, &sender))
        })
        .collect();
    drop(sender);
    let mut all: Vec<Told> = told.iter().take(count).collect();
    served.program.signal("KILL");
    served.program.ended();
    all.extend(told.iter());
    for client in clients {
        client.join().unwrap();
    }
    assert!(all.len() >= count, "the server ended by itself after {} changes", all.len());
    let Served { domain, program, .. } = served;
    drop(program);
    (domain, all)
}

/// States of the certificates on record, by serial number.
pub(super) fn states(served: &Served) -> BTreeMap<String, String> {
    let (mut found, mut after) = (BTreeMap::new(), String::new());
    loop {
        let page: Value =
            serde_json::from_str(&served.good(&format!("list --limit 1000 --format json{after}"))).unwrap();
        for row in page["certificates"].as_array().unwrap() {
            found.insert(plain(row["serial"].as_str().unwrap()), row["state"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => after = format!(" --after {next}"),
            None => return found,
        }
    }
}

/// A serial number without separators and leading zeros, in lower case.
pub(super) fn plain(serial: &str) -> String {
    let digits: String = serial.chars().filter(char::is_ascii_hexdigit).collect();
    digits.trim_start_matches('0').to_lowercase()
}

/// Wait until no order is under way.
fn settle(served: &Served) {
    let mut page = Value::Null;
    for _ in 0..PATIENCE {
        let text = served.good("acme order list --status processing --format json");
        page = serde_json::from_str(&text).unwrap();
        if page["orders"].as_array().unwrap().is_empty() {
            return;
        }
    }
    panic!("orders are stuck: {page}");
}

/// Every order that was begun and acknowledged is there for its owner, and with a certificate or not, but not in between.
fn check_orders(parties: &[Arc<Party>], socket: &Path) -> usize {
    let mut orders = 0;
    for party in parties {
        let mut client = Client::open(socket, Arc::clone(&party.key)).unwrap();
        for url in party.begun.lock().unwrap().iter() {
            let order = client.fetch(url).unwrap();
            let status = order["status"].as_str().unwrap();
            assert!(["pending", "ready", "valid", "invalid"].contains(&status), "{url}: {order}");
            assert!(status != "valid" || client.fetch_text(order["certificate"].as_str().unwrap()).is_some());
            orders += 1;
        }
    }
    orders
}

#[test]
fn orders_come_to_an_end_after_kill_9() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("api.sock");
    let challenges = port::free();
    let parties: Vec<Arc<Party>> = (0..CLIENTS)
        .map(|number| {
            let name = format!("c{number}.shop.internal");
            Arc::new(Party { key: Arc::new(Key::generate()), name, begun: Mutex::default() })
        })
        .collect();
    let keys = parties.iter().map(|party| (party.name.clone(), party.key.thumbprint())).collect();
    respond(TcpListener::bind(challenges).unwrap(), keys);
    let hosts: Vec<String> =
        parties.iter().map(|party| format!("\"{}\" = [\"127.0.0.1\"]", party.name)).collect();
    let mut domain = Domain::declared(&format!(
        "{TRUST}\n[server]\nlisten = [\"unix:{}\"]\nurl = \"{}\"\n\n[server.limits]\nexempt = [\"127.0.0.0/8\"]\n\n\
         [acme.services]\nhttp_port = {}\nhosts = {{ {} }}\nallow = [\"127.0.0.0/8\"]\nreuse = \"1s\"\n\n\
         [acme.services.limits]\norders_per_hour = 1000000\n",
        socket.display(),
        acme::BASE,
        challenges.port(),
        hosts.join(", ")
    ));
    let mut told = BTreeSet::new();
    for count in LIVES {
        let (same, all) = life(domain, &socket, &parties, count);
        domain = same;
        let before = told.len();
        let heard = all.len();
        told.extend(all);
        assert_eq!(told.len(), before + heard, "something was told twice");
    }
    let served = Served::start(domain, |_| {});
    settle(&served);
    let states = states(&served);
    for one in &told {
        let (serial, expected): (_, &[&str]) = match one {
            Told::Issued(serial) => (serial, &["valid", "revoked"]),
            Told::Revoked(serial) => (serial, &["revoked"]),
        };
        let state = states.get(&plain(serial));
        assert!(state.is_some_and(|state| expected.contains(&state.as_str())), "{one:?}: found {state:?}");
    }
    let orders = check_orders(&parties, &socket);
    assert!(served.good("audit verify").contains("intact"));
    println!(
        "{} changes were acknowledged in {} lives, {orders} orders came to an end",
        told.len(),
        LIVES.len()
    );
}
