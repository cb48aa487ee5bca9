//! Nonces, RFC 8555 sections 6.5 and 7.2.

use std::collections::HashSet;

use hf_proto::acme::problem::ProblemType;
use serde_json::json;

use super::client::{Client, JOSE};
use super::house::{House, send};

const BAD_NONCE: (ProblemType, u16) = (ProblemType::BadNonce, 400);

#[tokio::test]
async fn a_new_nonce_is_given_by_head_and_get() {
    let house = House::new().await;
    let client = Client::stranger(&house);
    let url = client.url("new-nonce");
    let mut seen = HashSet::new();
    for (method, status) in [("HEAD", 200), ("GET", 204)] {
        let answer = house.plain(method, &url).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.links("index"), [client.url("directory")]);
        assert!(answer.body.is_empty());
        let nonce = answer.header("replay-nonce").to_owned();
        assert!(nonce.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_'));
        assert!(seen.insert(nonce));
    }
}

#[tokio::test]
async fn a_nonce_is_good_once_and_the_refusal_brings_a_new_one() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let url = client.url("new-order");
    let order = json!({"identifiers":[{"type":"dns","value":"a.shop.internal"}]}).to_string();
    let mut header = client.header(&url).await;
    let jws = client.key.jws(&header, &order);
    assert_eq!(client.send(&url, &jws).await.status, 201);
    let again = client.send(&url, &jws).await;
    assert_eq!(again.refused(), BAD_NONCE);
    // acme.sh asks again when it finds these words.
    assert!(again.problem().detail.contains("JWS has an invalid anti-replay nonce"));
    header["nonce"] = json!(again.header("replay-nonce"));
    assert_eq!(client.send(&url, &client.key.jws(&header, &order)).await.status, 201);
}

#[tokio::test]
async fn a_nonce_is_used_up_by_whatever_was_signed_well() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let url = client.url("new-order");
    // A request for another place.
    let mut header = client.header(&url).await;
    let right = header["url"].clone();
    header["url"] = json!(client.url("new-authz"));
    assert_eq!(
        client.send(&url, &client.key.jws(&header, "{}")).await.refused().0,
        ProblemType::Unauthorized
    );
    header["url"] = right;
    assert_eq!(client.send(&url, &client.key.jws(&header, "{}")).await.refused(), BAD_NONCE);
    // A request that means nothing.
    let header = client.header(&url).await;
    assert_eq!(client.send(&url, &client.key.jws(&header, "[]")).await.refused().0, ProblemType::Malformed);
    assert_eq!(client.send(&url, &client.key.jws(&header, "{}")).await.refused(), BAD_NONCE);
}

#[tokio::test]
async fn nobody_uses_up_the_nonce_of_another_without_a_key() {
    let house = House::new().await;
    let (client, other) = (Client::new(&house).await, Client::stranger(&house));
    let url = client.url("new-order");
    let order = json!({"identifiers":[{"type":"dns","value":"a.shop.internal"}]}).to_string();
    let header = client.header(&url).await;
    let forged = other.key.jws(&header, &order);
    assert_eq!(client.send(&url, &forged).await.refused().0, ProblemType::Malformed);
    assert_eq!(client.send(&url, &client.key.jws(&header, &order)).await.status, 201);
}

#[tokio::test]
async fn a_nonce_of_another_process_is_refused_with_one_that_is_good() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let replica = house.replica();
    let url = client.url("new-order");
    let order = json!({"identifiers":[{"type":"dns","value":"a.shop.internal"}]}).to_string();
    let mut header = client.header(&url).await;
    let ask = |header: &serde_json::Value| {
        let body = client.key.jws(header, &order).to_string().into_bytes();
        let (replica, url) = (&replica, &url);
        async move { send(replica, "POST", url, &[("content-type", JOSE)], body).await }
    };
    let refused = ask(&header).await;
    assert_eq!(refused.refused(), BAD_NONCE);
    header["nonce"] = json!(refused.header("replay-nonce"));
    assert_eq!(ask(&header).await.status, 201);
    // And the other way round: what the replica gave is nothing here.
    header["nonce"] = json!(ask(&header).await.header("replay-nonce"));
    assert_eq!(client.send(&url, &client.key.jws(&header, &order)).await.refused(), BAD_NONCE);
}

#[tokio::test]
async fn of_one_request_sent_many_times_at_once_one_is_let_in() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let url = client.url("new-order");
    let order = json!({"identifiers":[{"type":"dns","value":"a.shop.internal"}]}).to_string();
    let jws = client.key.jws(&client.header(&url).await, &order);
    let answers = futures_util::future::join_all((0..50).map(|_| client.send(&url, &jws))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!(refused.refused(), BAD_NONCE);
    }
}

#[tokio::test]
async fn every_answer_to_a_post_and_every_error_has_a_nonce_and_no_other_get_has() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    assert!(client.read(&order.url).await.headers.contains_key("replay-nonce"));
    for url in [client.url("nothing"), "/acme/nobody/directory".to_owned(), client.url("order/x")] {
        house.get(&url).await.problem();
    }
    assert!(!house.get(&client.url("directory")).await.headers.contains_key("replay-nonce"));
}
