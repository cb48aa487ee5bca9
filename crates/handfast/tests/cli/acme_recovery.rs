//! Orders that a process left while it worked on them do not hold up the next start.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::UNIX_EPOCH;

use hf_ca::create::request_for;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::audit::AuditAction;
use hf_core::name::{Identifier, SanSet};
use hf_core::principal::{Channel, Principal};
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::private_key::PrivateKey;
use hf_keys::random::SystemRandom;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::acme::account::Account;
use hf_proto::acme::authorization::Authorization;
use hf_proto::acme::id::{Id, Token};
use hf_proto::acme::jwk::{Curve, Jwk};
use hf_proto::acme::order::{CsrDer, Finalize, Order, OrderTerms};
use hf_store::audit::{Origin, hex};
use hf_store::record::{
    AcmeAccountRecord, AcmeAccountStatus, AcmeAuthorizationRecord, AcmeAuthorizationStatus, AcmeOrderRecord,
    AcmeOrderStatus,
};
use hf_store::sqlite::{OpenOptions, SqliteStore};
use hf_store::{AcmeAccountStore as _, AcmeOrderStore as _, Store as _};
use hf_testkit::dns::{DnsServer, Manner};
use hf_x509::distinguished_name::DistinguishedName;
use serde_json::{Value, json};

use crate::support::{Place, SMALL};

/// More than are worked on at one time, and more than one page of them would be worth a wait.
const ORDERS: usize = 40;

/// So often is asked: each time a command is started.
const PATIENCE: usize = 1_000;

#[test]
fn a_start_does_not_wait_for_orders_that_were_left() {
    let dns = DnsServer::start().unwrap();
    dns.behave(Manner::Silent);
    let place = Place::with(&format!(
        "{SMALL}\n[server]\nlisten = [\"127.0.0.1:0\"]\n\n[acme.services]\ncaa = [\"ca.shop.internal\"]\nresolver = [\"{}\"]\n",
        dns.address()
    ));
    place.good("apply");
    leave_orders(&place);
    let mut child = place.command("serve").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.ends_with("ready")));
    assert_eq!(under_way(&place), ORDERS, "it serves, and none of them is over");
    until(&place, |_| !dns.asked().is_empty());
    dns.behave(Manner::Honest);
    // A line for each order: nobody else reads them.
    std::thread::spawn(move || lines.for_each(drop));
    until(&place, |left| left == 0);
    assert_eq!(place.good("list --limit 100").matches(".left.shop.internal").count(), ORDERS);
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    assert!(child.wait().unwrap().success());
}

fn under_way(place: &Place) -> usize {
    let page: Value = place.json("acme order list --status processing --limit 100 --format json");
    page["orders"].as_array().unwrap().len()
}

/// Look again and again, and how many orders are under way each time.
fn until(place: &Place, done: impl Fn(usize) -> bool) {
    assert!((0..PATIENCE).any(|_| done(under_way(place))), "it does not come");
}

/// Orders whose requests were accepted, as a process leaves them that ends before it has signed.
fn leave_orders(place: &Place) {
    let store = SqliteStore::open(&place.path(".handfast/store"), OpenOptions::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let written = std::fs::metadata(place.path("handfast.toml")).unwrap().modified().unwrap();
        let seconds = written.duration_since(UNIX_EPOCH).unwrap().as_secs();
        let now = Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap());
        let account = put_account(&store, now).await;
        for number in 0..ORDERS {
            put_order(&store, &account, &format!("n{number}.left.shop.internal"), now).await;
        }
        store.flush().await.unwrap();
    });
}

fn id() -> Id {
    Id::generate(&SystemRandom).unwrap()
}

async fn put_account(store: &SqliteStore, now: Timestamp) -> Id {
    let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let (_, point) = key.public_key().ec_point().unwrap();
    let account = Account::new(id(), Jwk::of_ec_point(Curve::P256, point).unwrap(), now);
    let record = AcmeAccountRecord {
        id: account.id.to_string(),
        authority: "services".to_owned(),
        thumbprint: account.key.thumbprint().0,
        status: AcmeAccountStatus::Valid,
        created_at: now,
        eab: None,
        revision: 1,
        body: serde_json::to_string(&account).unwrap(),
    };
    let origin = Origin { at: now, principal: Principal::Server, channel: Channel::Acme };
    let event = origin.event(AuditAction::AcmeAccountCreated {
        authority: record.authority.clone(),
        account: record.id.clone(),
        thumbprint: hex(&record.thumbprint),
        eab: None,
    });
    store.create_account(record, event).await.unwrap();
    account.id
}

async fn put_order(store: &SqliteStore, account: &Id, name: &str, now: Timestamp) {
    let name: Identifier = name.parse().unwrap();
    let expires = now.plus(Lifetime::from_hours(1));
    let proven = proven(account, &name, now, expires);
    let terms = OrderTerms {
        id: id(),
        account: account.clone(),
        identifiers: vec![name.clone()],
        authorizations: vec![proven.id.clone()],
        profile: Some("server".to_owned()),
        not_before: None,
        not_after: None,
        replaces: None,
        created_at: now,
        expires,
    };
    let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let names: SanSet = std::iter::once(name.clone()).collect();
    let csr = request_for(&DistinguishedName::empty(), &names, &key).unwrap();
    let accepted =
        Order::new(terms).finalize(CsrDer::new(csr.der().to_vec()), now, std::slice::from_ref(&proven));
    let Ok(Finalize::Begun(order)) = accepted else { panic!("not accepted: {accepted:?}") };
    let authorization = AcmeAuthorizationRecord {
        id: proven.id.to_string(),
        authority: "services".to_owned(),
        account: account.to_string(),
        identifier: name,
        wildcard: false,
        status: AcmeAuthorizationStatus::Valid,
        expires,
        due: None,
        lease_until: None,
        revision: 1,
        body: serde_json::to_string(&proven).unwrap(),
    };
    let order = AcmeOrderRecord {
        id: order.terms.id.to_string(),
        authority: "services".to_owned(),
        account: account.to_string(),
        status: AcmeOrderStatus::Processing,
        created_at: now,
        updated_at: now,
        expires,
        keep_until: expires,
        names,
        replaces: None,
        serial: None,
        revision: 1,
        body: serde_json::to_string(&order).unwrap(),
    };
    store.create_order(order, vec![authorization]).await.unwrap();
}

/// An authorization that is valid by http-01, from when nobody asked for CAA records.
fn proven(account: &Id, name: &Identifier, now: Timestamp, expires: Timestamp) -> Authorization {
    let token = Token::generate(&SystemRandom).unwrap();
    let challenge = json!({ "id": id(), "type": "http-01", "token": token, "state": { "status": "valid", "validated": now } });
    let proven = json!({
        "id": id(), "account": account, "identifier": name, "wildcard": false, "created_at": now,
        "expires": expires, "challenges": [challenge], "state": "valid"
    });
    serde_json::from_value(proven).unwrap()
}
