//! Downloading certificates, RFC 8555 section 7.4.2.

use hf_proto::acme::problem::ProblemType;

use super::client::{Client, chain};
use super::house::House;

#[tokio::test]
async fn the_chain_leads_from_the_certificate_upwards_without_the_root() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (_, _, order) = client.certificate(&["a.shop.internal"]).await;
    let answer = client.read(&order.certificate()).await;
    let chain = chain(&answer);
    assert_eq!(chain.len(), 2);
    for pair in chain.windows(2) {
        assert_eq!(pair[0].issuer(), pair[1].subject());
    }
    assert_ne!(chain[1].issuer(), chain[1].subject(), "no root");
    assert!(chain[0].authority_key_identifier().unwrap().unwrap().key_identifier.is_some(), "for ARI");
}

#[tokio::test]
async fn every_alternate_that_is_named_can_be_fetched() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (_, _, order) = client.certificate(&["a.shop.internal"]).await;
    let answer = client.read(&order.certificate()).await;
    let leaf = chain(&answer).remove(0);
    for url in answer.links("alternate") {
        let other = chain(&client.read(&url).await);
        assert_eq!(other[0].der(), leaf.der());
    }
    for number in ["99", "x", "-1", "0"] {
        let refused = client.read(&format!("{}/{number}", order.certificate())).await.refused();
        assert_eq!(refused, (ProblemType::Malformed, 404), "{number}");
    }
}

#[tokio::test]
async fn what_is_not_issued_is_not_there() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let id = order.url.rsplit('/').next().unwrap();
    let refused = client.read(&client.url(&format!("cert/{id}"))).await.refused();
    assert_eq!(refused, (ProblemType::Malformed, 404));
}
