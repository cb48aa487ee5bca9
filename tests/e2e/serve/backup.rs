//! The copy of a running server, made as the guide says, serves elsewhere with all that was acknowledged.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::acme::{BASE, Client, Key, provable};
use super::acme_killed::{plain, states};
use super::{Served, TRUST};
use crate::docs::{shell, steps_of};
use crate::domain::Domain;
use crate::program::text;

const NAME: &str = "a.shop.internal";

/// The commands under `## Backup`.
fn commands() -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/operations.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("## Backup").unwrap();
    let section = section.split("\n## ").next().unwrap();
    steps_of(section).into_iter().map(|step| step.command).collect()
}

/// Make the copy of the domain in `safe`, and return it as a domain.
fn copied(safe: &Path) -> Domain {
    let place = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(safe, place.path().join("safe")).unwrap();
    for command in commands() {
        let output = shell(&command, place.path()).output().unwrap();
        assert!(output.status.success(), "{command}: {}", text(&output.stderr));
    }
    Domain::copied(&place.path().join("copy"))
}

/// Order until told to stop; the serial numbers of the certificates that were fetched.
fn load(socket: &Path, key: Arc<Key>, stop: &AtomicBool) -> Vec<String> {
    let mut client = Client::open(socket, key).unwrap();
    let mut serials = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let order = client.order(NAME).unwrap();
        client.prove(&order).unwrap();
        serials.push(client.finish(&order, NAME).unwrap().serial);
    }
    serials
}

#[test]
fn the_copy_of_a_running_server_serves_elsewhere() {
    let (key, acme) = provable(NAME);
    let domain = Domain::declared(&format!(
        "{TRUST}\n[server]\nlisten = [\"unix:api.sock\"]\nplain = [\"127.0.0.1:0\"]\nurl = \"{BASE}\"\n\n\
         {acme}\n[acme.services.limits]\norders_per_hour = 1000000\n",
    ));
    let socket = domain.path().join("api.sock");
    let served = Served::start(domain, |_| {});
    // What is acknowledged before the copy is begun must be in it, and an order may be half done.
    let mut client = Client::open(&socket, Arc::clone(&key)).unwrap();
    let begun = client.order(NAME).unwrap();
    let before = {
        client.prove(&begun).unwrap();
        let order = client.order(NAME).unwrap();
        client.prove(&order).unwrap();
        client.finish(&order, NAME).unwrap()
    };
    let stop = AtomicBool::new(false);
    let copy = std::thread::scope(|scope| {
        let loads = [(); 2].map(|()| scope.spawn(|| load(&socket, Arc::clone(&key), &stop)));
        let copy = scope.spawn(|| copied(served.domain.path())).join();
        stop.store(true, Ordering::Relaxed);
        assert!(loads.into_iter().all(|load| !load.join().unwrap().is_empty()));
        copy.unwrap()
    });
    drop(served);

    let socket = copy.path().join("api.sock");
    let served = Served::start(copy, |_| {});
    let known = states(&served);
    assert_eq!(known.get(&plain(&before.serial)).map(String::as_str), Some("valid"), "{}", before.serial);
    for order in orders(&served) {
        assert_ne!(order["status"], "processing", "{order}");
        if order["status"] == "valid" {
            assert!(known.contains_key(&plain(order["serial"].as_str().unwrap())), "{order}");
        }
    }
    let mut client = Client::open(&socket, key).unwrap();
    client.finish(&begun, NAME).unwrap();
    client.revoke(&before).unwrap();
    assert!(served.good("audit verify").contains("intact"));
}

fn orders(served: &Served) -> Vec<Value> {
    let page: Value =
        serde_json::from_str(&served.good("acme order list --limit 1000 --format json")).unwrap();
    page["orders"].as_array().unwrap().clone()
}
