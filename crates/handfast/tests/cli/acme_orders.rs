//! Orders in the list: in the state that their clients are told, whatever was written last.

use std::time::UNIX_EPOCH;

use hf_core::name::Identifier;
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::random::SystemRandom;
use hf_proto::acme::id::Id;
use hf_proto::acme::order::{Order, OrderTerms};
use hf_store::AcmeOrderStore as _;
use hf_store::record::{AcmeAuthorizationRecord, AcmeAuthorizationStatus, AcmeOrderRecord, AcmeOrderStatus};
use hf_store::sqlite::{OpenOptions, SqliteStore};
use serde_json::{Value, json};

use crate::support::Place;

/// The time now, which is when the file of the domain was written.
fn now(place: &Place) -> Timestamp {
    let written = std::fs::metadata(place.path("handfast.toml")).unwrap().modified().unwrap();
    let seconds = written.duration_since(UNIX_EPOCH).unwrap().as_secs();
    Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap())
}

fn id() -> Id {
    Id::generate(&SystemRandom).unwrap()
}

/// Put an order on record that nobody has finalized, for a name whose authorization is in this state.
async fn put(store: &SqliteStore, name: &str, state: Value, made: Timestamp) {
    let (account, name, expires) =
        (id(), name.parse::<Identifier>().unwrap(), made.plus(Lifetime::from_hours(1)));
    let authorization = id();
    let terms = OrderTerms {
        id: id(),
        account: account.clone(),
        identifiers: vec![name.clone()],
        authorizations: vec![authorization.clone()],
        profile: Some("server".to_owned()),
        not_before: None,
        not_after: None,
        replaces: None,
        created_at: made,
        expires,
    };
    let mut body = json!({
        "id": authorization, "account": account, "identifier": name, "wildcard": false, "created_at": made,
        "expires": expires, "challenges": []
    });
    body.as_object_mut().unwrap().extend(state.as_object().unwrap().clone());
    let order = AcmeOrderRecord {
        id: terms.id.to_string(),
        authority: "services".to_owned(),
        account: account.to_string(),
        status: AcmeOrderStatus::Pending,
        created_at: made,
        updated_at: made,
        expires,
        keep_until: expires,
        names: std::iter::once(name.clone()).collect(),
        replaces: None,
        serial: None,
        revision: 1,
        body: serde_json::to_string(&Order::new(terms)).unwrap(),
    };
    let authorization = AcmeAuthorizationRecord {
        id: authorization.to_string(),
        authority: "services".to_owned(),
        account: account.to_string(),
        identifier: name,
        wildcard: false,
        status: AcmeAuthorizationStatus::Pending,
        expires,
        due: None,
        lease_until: None,
        revision: 1,
        body: body.to_string(),
    };
    store.create_order(order, vec![authorization]).await.unwrap();
}

fn domain() -> Place {
    let place = Place::empty();
    place.good("init . --domain shop.internal");
    place.good("apply");
    let store = SqliteStore::open(&place.path(".handfast/store"), OpenOptions::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (now, pending) = (now(&place), json!({"state": "pending"}));
        put(&store, "late.shop.internal", pending.clone(), now.minus(Lifetime::from_days(2))).await;
        put(&store, "open.shop.internal", pending, now).await;
        put(&store, "given-up.shop.internal", json!({"state": "deactivated"}), now).await;
    });
    place
}

/// Name and reason of each that is listed.
fn listed(place: &Place, words: &str) -> Vec<(String, String)> {
    let page = place.json(&format!("acme order list --format json {words}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    page["orders"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (text(&row["names"][0]), text(&row["error"])))
        .collect()
}

#[test]
fn an_order_is_listed_in_the_state_that_its_client_is_told() {
    let place = domain();
    let names =
        |words: &str| -> Vec<String> { listed(&place, words).into_iter().map(|(name, _)| name).collect() };
    assert_eq!(names("--status pending"), ["open.shop.internal"]);
    assert_eq!(names("--status ready"), [""; 0]);
    assert_eq!(names("--status invalid"), ["given-up.shop.internal", "late.shop.internal"]);
    let invalid = listed(&place, "--status invalid");
    assert_eq!(invalid[0].1, "given-up.shop.internal: unauthorized: the authorization is deactivated");
    assert!(invalid[1].1.contains("the order expired at"), "{}", invalid[1].1);
    let table = place.good("acme order list");
    assert!(table.contains("invalid") && table.contains("expired at"), "{table}");
}

#[test]
fn every_state_that_the_help_names_is_accepted_and_no_other() {
    let place = domain();
    let help = place.good("acme order list --help");
    for state in ["pending", "ready", "processing", "valid", "invalid"] {
        assert!(help.contains(&format!("`{state}`")), "{help}");
        place.good(&format!("acme order list --status {state}"));
    }
    assert!(!help.contains("expired"), "{help}");
    let refused = place.talk("acme order list --status expired");
    assert!(refused.contains("pending, ready, processing, valid, invalid"), "{refused}");
    assert!(refused.ends_with("--- exit 1\n"), "{refused}");
}
