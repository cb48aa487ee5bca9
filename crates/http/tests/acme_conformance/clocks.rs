//! Time: what expires, and clocks that are off.

use hf_core::time::Lifetime;
use hf_proto::acme::problem::ProblemType;
use serde_json::json;

use super::client::{Client, Key, csr};
use super::house::House;

#[tokio::test]
async fn an_order_that_nobody_finalized_expires() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let pending = client.order(&["a.shop.internal"]).await;
    let ready = client.ready(&["b.shop.internal"]).await;
    let (_, _, valid) = client.certificate(&["c.shop.internal"]).await;
    house.clock.advance(Lifetime::from_days(1));
    assert_eq!(client.look(&pending).await.object["status"], "pending", "its last second counts");
    assert_eq!(client.look(&ready).await.object["status"], "ready");
    house.clock.advance(Lifetime::from_seconds(1));
    for order in [&pending, &ready] {
        let object = client.look(order).await.object;
        assert_eq!(object["status"], "invalid");
        assert!(object["error"]["detail"].as_str().unwrap().contains("expired"), "{object}");
    }
    let answer = client.finalize(&ready, &csr(&Key::p256().0, &["b.shop.internal"])).await;
    assert_eq!(answer.refused(), (ProblemType::OrderNotReady, 403));
    assert_eq!(client.look(&valid).await.object["status"], "valid");
}

#[tokio::test]
async fn an_authorization_expires_and_its_challenge_with_it() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    let authorization = order.authorizations().remove(0);
    let challenge =
        client.read(&authorization).await.json()["challenges"][0]["url"].as_str().unwrap().to_owned();
    client.post(&challenge, &json!({})).await;
    house.clock.advance(Lifetime::from_days(2));
    house.work().await;
    assert_eq!(house.looker.count(), 0, "nobody looks for what is over");
    assert_eq!(client.read(&authorization).await.json()["status"], "expired");
    assert_eq!(client.post(&challenge, &json!({})).await.status, 200);
    house.work().await;
    assert_eq!(house.looker.count(), 0);
    let (_, _, proven) = client.certificate(&["b.shop.internal"]).await;
    let authorization = proven.authorizations().remove(0);
    assert_eq!(client.read(&authorization).await.json()["status"], "valid");
    house.clock.advance(Lifetime::from_days(3));
    assert_eq!(client.read(&authorization).await.json()["status"], "expired");
}

#[tokio::test]
async fn a_clock_that_is_set_back_or_forth_a_little_does_no_harm() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    house.clock.set(house.now().minus(Lifetime::from_seconds(300)));
    client.begin(&order).await;
    house.work().await;
    house.clock.advance(Lifetime::from_seconds(600));
    let order = client.look(&order).await;
    assert_eq!(order.object["status"], "ready");
    house.clock.set(house.now().minus(Lifetime::from_seconds(200)));
    let answer = client.finalize(&order, &csr(&Key::p256().0, &["a.shop.internal"])).await;
    assert_eq!(answer.json()["status"], "valid", "{}", answer.text());
    assert_eq!(client.order(&["b.shop.internal"]).await.object["status"], "pending");
}
