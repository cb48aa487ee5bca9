//! Accounts, RFC 8555 section 7.3.

use futures_util::future::join_all;
use hf_ca::registration::operator;
use hf_proto::acme::problem::ProblemType;
use serde_json::json;

use super::client::Client;
use super::house::{House, settings};

#[tokio::test]
async fn an_account_is_made_and_found_again_unchanged() {
    let house = House::new().await;
    let client = Client::stranger(&house);
    let payload = json!({"contact":["mailto:a@shop.internal"],"termsOfServiceAgreed":true,"more":1});
    let made = client.new_account(&payload).await;
    assert_eq!(made.status, 201);
    let object = made.json();
    assert_eq!(object["status"], "valid");
    assert_eq!(object["contact"], json!(["mailto:a@shop.internal"]));
    assert_eq!(object["orders"], format!("{}/orders", made.location()));
    assert!(object.get("externalAccountBinding").is_none());
    let found = client.new_account(&json!({"contact":["mailto:b@shop.internal"]})).await;
    assert_eq!((found.status, found.location()), (200, made.location()));
    assert_eq!(found.json(), object, "nothing of it is changed");
}

#[tokio::test]
async fn only_what_exists_is_returned_when_that_is_asked_for() {
    let house = House::new().await;
    let client = Client::stranger(&house);
    let only = json!({"onlyReturnExisting":true});
    assert_eq!(client.new_account(&only).await.refused(), (ProblemType::AccountDoesNotExist, 400));
    assert_eq!(client.new_account(&only).await.refused(), (ProblemType::AccountDoesNotExist, 400));
    let made = client.new_account(&json!({})).await;
    assert_eq!(made.status, 201, "asking made nothing");
    let found = client.new_account(&only).await;
    assert_eq!((found.status, found.location()), (200, made.location()));
}

#[tokio::test]
async fn one_key_is_one_account_however_many_register_at_once() {
    let house = House::new().await;
    let client = Client::stranger(&house);
    let payload = json!({});
    let answers = join_all((0..30).map(|_| client.new_account(&payload))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    assert!(answers.iter().all(|answer| answer.status == 201 || answer.status == 200));
    let first = answers[0].location();
    assert!(answers.iter().all(|answer| answer.location() == first));
}

#[tokio::test]
async fn contacts_are_judged() {
    let house = House::new().await;
    for (contact, kind) in [
        ("tel:+4912345", ProblemType::UnsupportedContact),
        ("a@shop.internal", ProblemType::UnsupportedContact),
        ("mailto:a@shop.internal?cc=b@shop.internal", ProblemType::InvalidContact),
        ("mailto:a@shop.internal,b@shop.internal", ProblemType::InvalidContact),
        ("mailto:", ProblemType::InvalidContact),
        ("mailto:a\u{e4}@shop.internal", ProblemType::InvalidContact),
    ] {
        let client = Client::stranger(&house);
        let answer = client.new_account(&json!({"contact":[contact]})).await;
        assert_eq!(answer.refused(), (kind, 400), "{contact}");
    }
}

#[tokio::test]
async fn terms_must_be_agreed_to() {
    let house = House::new().await;
    let mut settings = settings();
    settings.terms = Some("https://ca.test/terms".to_owned());
    house.serve(settings);
    let client = Client::stranger(&house);
    for payload in [json!({}), json!({"termsOfServiceAgreed":false})] {
        let answer = client.new_account(&payload).await;
        assert_eq!(answer.refused(), (ProblemType::UserActionRequired, 403));
        assert_eq!(answer.links("terms-of-service"), ["https://ca.test/terms"]);
        assert_eq!(answer.problem().instance.as_deref(), Some("https://ca.test/terms"));
    }
    let made = client.new_account(&json!({"termsOfServiceAgreed":true})).await;
    assert_eq!((made.status, made.json()["termsOfServiceAgreed"].clone()), (201, json!(true)));
}

#[tokio::test]
async fn contacts_can_be_changed_and_removed_and_nothing_else() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let object = client.read(&client.kid).await.json();
    let change = async |payload: serde_json::Value| client.post(&client.kid, &payload).await.json();
    assert_eq!(change(json!({})).await, object);
    let changed = change(json!({"contact":["mailto:c@shop.internal"],"orders":"x","status":"revoked"})).await;
    assert_eq!(changed["contact"], json!(["mailto:c@shop.internal"]));
    assert_eq!((&changed["orders"], &changed["status"]), (&object["orders"], &json!("valid")));
    assert!(change(json!({"contact":[]})).await.get("contact").is_none());
    let refused = client.post(&client.kid, &json!({"contact":["tel:1"]})).await.refused();
    assert_eq!(refused.0, ProblemType::UnsupportedContact);
}

#[tokio::test]
async fn an_account_that_was_given_up_gets_nothing_any_more() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let given_up = client.post(&client.kid, &json!({"status":"deactivated"})).await;
    assert_eq!(given_up.json()["status"], "deactivated");
    everything_is_refused(&client, &order).await;
    let again = client.new_account(&json!({})).await;
    assert_eq!(again.refused(), (ProblemType::Unauthorized, 401), "its key makes no new account");
}

#[tokio::test]
async fn an_account_that_the_operator_closed_gets_nothing_any_more() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let id = client.kid.rsplit('/').next().unwrap();
    operator::close_account(id, house.store.as_ref(), &house.origin()).await.unwrap();
    everything_is_refused(&client, &order).await;
    let again = client.new_account(&json!({})).await;
    assert_eq!(again.refused(), (ProblemType::Unauthorized, 401));
}

async fn everything_is_refused(client: &Client<'_>, order: &super::client::Placed) {
    let authorization = order.authorizations().remove(0);
    for (url, payload) in [
        (client.kid.clone(), ""),
        (format!("{}/orders", client.kid), ""),
        (order.url.clone(), ""),
        (authorization, ""),
        (client.url("new-order"), r#"{"identifiers":[{"type":"dns","value":"a.shop.internal"}]}"#),
        (client.url("new-authz"), r#"{"identifier":{"type":"dns","value":"a.shop.internal"}}"#),
        (order.finalize(), r#"{"csr":"AAAA"}"#),
        (client.url("key-change"), "{}"),
        (client.url("revoke-cert"), r#"{"certificate":"AAAA"}"#),
        (client.kid.clone(), r#"{"status":"valid"}"#),
    ] {
        let refused = client.post_text(&url, payload).await.refused();
        assert_eq!(refused, (ProblemType::Unauthorized, 401), "{url}");
    }
}

#[tokio::test]
async fn the_orders_of_an_account_are_listed_in_pages() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let list = format!("{}/orders", client.kid);
    assert_eq!(client.read(&list).await.json()["orders"], json!([]));
    let mut placed = Vec::new();
    for number in 0..120 {
        placed.push(client.order(&[&format!("n{number}.shop.internal")]).await.url);
    }
    let (mut next, mut found) = (Some(list), Vec::new());
    while let Some(url) = next {
        let answer = client.read(&url).await;
        let orders = answer.json()["orders"].clone();
        found.extend(orders.as_array().unwrap().iter().map(|url| url.as_str().unwrap().to_owned()));
        next = answer.links("next").pop();
    }
    placed.sort();
    found.sort();
    assert_eq!(found, placed);
}
