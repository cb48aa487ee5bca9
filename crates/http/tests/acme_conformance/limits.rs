//! How much may be asked for, and what whoever asks for more is told.

use hf_ca::registration::{RegistrationLimits, RegistrationSettings};
use hf_core::time::Lifetime;
use hf_proto::acme::ari::CertId;
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::ValidationOutcome;
use serde_json::{Value, json};

use super::client::{Client, identifiers};
use super::house::{Answer, House, settings, unreachable};

const LIMITED: (ProblemType, u16) = (ProblemType::RateLimited, 429);

async fn house(change: impl FnOnce(&mut RegistrationLimits)) -> House {
    let mut limits = settings().limits;
    change(&mut limits);
    House::with(RegistrationSettings { limits, ..settings() }, 0).await
}

fn order(name: &str) -> Value {
    json!({"identifiers":identifiers(&[name])})
}

/// Turned away, with when to come back in the header and in words.
fn told_when(answer: &Answer) -> i64 {
    assert_eq!(answer.refused(), LIMITED);
    assert!(!answer.links("help").is_empty());
    assert!(answer.problem().detail.contains('T'), "until when: {}", answer.text());
    answer.header("retry-after").parse().unwrap()
}

#[tokio::test]
async fn orders_of_an_account_are_limited_and_come_back() {
    let house = house(|limits| limits.orders_per_hour = 3).await;
    let (client, other) = (Client::new(&house).await, Client::new(&house).await);
    for number in 0..3 {
        client.order(&[&format!("n{number}.shop.internal")]).await;
    }
    let seconds = told_when(&client.new_order(&order("a.shop.internal")).await);
    assert_eq!(other.new_order(&order("a.shop.internal")).await.status, 201, "others are not meant");
    house.clock.advance(Lifetime::from_seconds(seconds - 1));
    assert_eq!(client.new_order(&order("a.shop.internal")).await.refused(), LIMITED);
    house.clock.advance(Lifetime::from_seconds(1));
    assert_eq!(client.new_order(&order("a.shop.internal")).await.status, 201);
}

#[tokio::test]
async fn a_renewal_is_never_held_up() {
    let house = house(|limits| limits.orders_per_hour = 1).await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    assert_eq!(client.new_order(&order("b.shop.internal")).await.refused(), LIMITED);
    let extension = certificate.authority_key_identifier().unwrap().unwrap();
    let key = extension.key_identifier.unwrap().as_bytes().to_vec();
    let id = CertId::new(key, certificate.serial().unwrap()).to_string();
    let mut renewal = order("a.shop.internal");
    renewal["replaces"] = json!(id);
    assert_eq!(client.new_order(&renewal).await.status, 201);
}

#[tokio::test]
async fn accounts_of_an_address_are_limited_and_known_ones_are_not_counted() {
    let house = house(|limits| limits.accounts_per_hour = 2).await;
    let first = Client::new(&house).await;
    for _ in 0..5 {
        assert_eq!(first.new_account(&json!({})).await.status, 200);
    }
    Client::new(&house).await;
    told_when(&Client::stranger(&house).new_account(&json!({})).await);
}

#[tokio::test]
async fn proofs_of_a_name_that_fail_again_and_again_are_limited() {
    let house = house(|limits| limits.failures_per_hour = 2).await;
    let client = Client::new(&house).await;
    house.looker.finds("a.shop.internal", ValidationOutcome::Failed(unreachable()));
    for _ in 0..2 {
        let order = client.order(&["a.shop.internal"]).await;
        client.begin(&order).await;
        house.work().await;
    }
    told_when(&client.new_order(&order("a.shop.internal")).await);
    told_when(&client.new_order(&order("*.a.shop.internal")).await);
    assert_eq!(client.new_order(&order("b.shop.internal")).await.status, 201, "another name is not meant");
}

#[tokio::test]
async fn an_account_in_a_tight_failing_loop_is_paused_and_comes_back() {
    let house = house(|limits| limits.pause_after = 5).await;
    let (client, other) = (Client::new(&house).await, Client::new(&house).await);
    for number in 0..5 {
        let name = format!("n{number}.shop.internal");
        house.looker.finds(&name, ValidationOutcome::Failed(unreachable()));
        let order = client.order(&[&name]).await;
        client.begin(&order).await;
        house.work().await;
    }
    let seconds = told_when(&client.new_order(&order("z.shop.internal")).await);
    assert_eq!(seconds, 600);
    assert_eq!(other.new_order(&order("z.shop.internal")).await.status, 201);
    assert_eq!(client.read(&client.kid).await.status, 200, "what it has, it can read");
    house.clock.advance(Lifetime::from_seconds(600));
    assert_eq!(client.new_order(&order("z.shop.internal")).await.status, 201);
}
