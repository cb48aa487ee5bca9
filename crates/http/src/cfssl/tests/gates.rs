//! Every endpoint, for a stranger: what is open answers, what is closed says which switch opens it.

use http::Method;

use super::house::{House, Wish, csr, wanted};
use crate::cfssl::endpoint::{Gate, TABLE};

#[tokio::test]
async fn a_stranger_is_told_which_switch_opens_what_is_closed() {
    let house = House::new(Wish::default()).await;
    for row in &TABLE {
        let told = house.ask(row.method.clone(), row.name, "{}").await;
        let closed = matches!(row.gate, Gate::Proven(_) | Gate::ByName);
        assert_eq!(told.status.as_u16() == 403, closed, "{}: {}", row.name, told.body);
        if closed {
            assert!(told.message().contains(&format!("`-enable {}`", row.name)), "{}", told.message());
        }
        let wrong = if row.method == Method::GET { Method::POST } else { Method::GET };
        let wrong = house.ask(wrong, row.name, "{}").await;
        assert_eq!((wrong.status.as_u16(), wrong.code()), (405, 405), "{}", row.name);
    }
}

#[tokio::test]
async fn what_is_switched_on_by_name_works_and_nothing_else_does() {
    let house = House::new(Wish { enable: "sign,newkey", ..Wish::default() }).await;
    let request = wanted("", "", &csr(&["db.internal"]));
    house.post("sign", request).await.certificate();
    let made = house.post("newkey", r#"{"hosts":["db.internal"]}"#).await;
    assert!(made.body["result"]["private_key"].as_str().unwrap().contains("PRIVATE KEY"));
    assert_eq!(made.kind, "application/json");
    assert_eq!(house.post("newcert", r#"{"request":{"hosts":["db.internal"]}}"#).await.status.as_u16(), 403);
    assert_eq!(house.post("init_ca", r#"{"CN":"x"}"#).await.status.as_u16(), 403);
    let held = house.post("sign", wanted("held", "", &csr(&["db.internal"]))).await;
    assert!(held.message().starts_with("authentication required"), "{}", held.message());
}

#[tokio::test]
async fn what_makes_the_server_connect_elsewhere_is_closed_in_open_endpoints_too() {
    let house = House::new(Wish::default()).await;
    for (endpoint, body) in [
        ("certinfo", r#"{"domain":"127.0.0.1:1"}"#),
        ("bundle", r#"{"domain":"127.0.0.1:1"}"#),
        ("scan?host=127.0.0.1:1", ""),
    ] {
        let method = if body.is_empty() { Method::GET } else { Method::POST };
        let told = house.ask(method, endpoint, body).await;
        assert_eq!(told.status.as_u16(), 403, "{endpoint}: {}", told.body);
    }
}

#[tokio::test]
async fn what_was_not_set_up_says_what_is_missing() {
    let house = House::new(Wish { enable: "revoke,certadd,ocspsign", ..Wish::default() }).await;
    let revoke =
        house.post("revoke", r#"{"serial":"1","authority_key_id":"aa","reason":"superseded"}"#).await;
    assert!(revoke.status.as_u16() == 404 && revoke.message().contains("-db-config"), "{}", revoke.body);
    // A certificate that nobody here issued, and no responder that answers for others.
    let elsewhere = House::new(Wish::default()).await.post("info", r#"{"profile":"held"}"#).await;
    let foreign = serde_json::json!({"certificate": elsewhere.certificate(), "status": "good"});
    let status = house.post("ocspsign", foreign.to_string()).await;
    assert!(status.status.as_u16() == 404 && status.message().contains("-responder"), "{}", status.body);
}

#[tokio::test]
async fn info_tells_the_profile_and_unknown_paths_are_no_pages() {
    let house = House::new(Wish::default()).await;
    let told = house.post("info", r#"{"profile":"held"}"#).await;
    assert_eq!(told.body["result"]["expiry"], "24h");
    assert!(!told.certificate().ends_with('\n'));
    assert_eq!(house.post("info", r#"{"profile":"nobody"}"#).await.code(), 5400);
    assert_eq!(house.post("no-such", "{}").await.status.as_u16(), 404);
}
