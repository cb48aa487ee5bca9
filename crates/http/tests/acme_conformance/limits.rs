//! How much may be asked for, and what whoever asks for more is told.

use hf_ca::registration::{RegistrationLimits, RegistrationSettings};
use hf_core::time::Lifetime;
use hf_proto::acme::ari::CertId;
use hf_proto::acme::problem::ProblemType;
use hf_proto::acme::validation::ValidationOutcome;
use hf_x509::certificate::Certificate;
use serde_json::{Value, json};

use super::client::{Client, Placed, identifiers};
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

/// An order that replaces a certificate.
fn renewal(names: &[&str], certificate: &Certificate) -> Value {
    let extension = certificate.authority_key_identifier().unwrap().unwrap();
    let key = extension.key_identifier.unwrap().as_bytes().to_vec();
    let id = CertId::new(key, certificate.serial().unwrap()).to_string();
    json!({"identifiers":identifiers(names),"replaces":id})
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
async fn a_renewal_is_not_held_up_by_other_orders() {
    let house = house(|limits| limits.orders_per_hour = 1).await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    assert_eq!(client.new_order(&order("b.shop.internal")).await.refused(), LIMITED);
    assert_eq!(client.new_order(&renewal(&["a.shop.internal"], &certificate)).await.status, 201);
}

/// certbot renews so when it does not know RFC 9773: the same names once more.
#[tokio::test]
async fn the_same_names_once_more_are_a_renewal_of_who_had_them_before() {
    let house = house(|limits| (limits.orders_per_hour, limits.failures_per_hour) = (1, 3)).await;
    let client = Client::new(&house).await;
    client.certificate(&["a.shop.internal", "*.b.shop.internal"]).await;
    let asking = async |client: &Client<'_>, names: &[&str]| {
        client.new_order(&json!({"identifiers":identifiers(names)})).await
    };
    for other in [
        &["a.shop.internal"][..],
        &["a.shop.internal", "*.b.shop.internal", "c.shop.internal"],
        &["a.shop.internal", "b.shop.internal"],
    ] {
        assert_eq!(asking(&client, other).await.refused(), LIMITED, "{other:?}");
    }
    let stranger = Client::new(&house).await;
    assert_eq!(asking(&stranger, &["c.shop.internal"]).await.status, 201);
    let same = ["*.b.shop.internal", "A.shop.internal"];
    assert_eq!(asking(&stranger, &same).await.refused(), LIMITED, "that of another account");
    for _ in 0..3 {
        assert_eq!(asking(&client, &same).await.status, 201);
    }
    told_when(&asking(&client, &same).await);
    house.clock.advance(Lifetime::from_seconds(1_200));
    assert_eq!(asking(&client, &same).await.status, 201);
}

/// An order that fails frees the certificate that it was to replace: the next try is admitted by that, not by the limits.
#[tokio::test]
async fn renewals_whose_proofs_fail_again_and_again_are_limited() {
    let house = house(|limits| (limits.orders_per_hour, limits.failures_per_hour) = (1, 3)).await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    house.clock.advance(Lifetime::from_seconds(60));
    house.looker.finds("a.shop.internal", ValidationOutcome::Failed(unreachable()));
    let again = renewal(&["a.shop.internal"], &certificate);
    for _ in 0..3 {
        let answer = client.new_order(&again).await;
        client.begin(&Placed { url: answer.location(), object: answer.json() }).await;
        house.work().await;
    }
    let seconds = told_when(&client.new_order(&again).await);
    house.clock.advance(Lifetime::from_seconds(seconds));
    house.looker.finds("a.shop.internal", ValidationOutcome::Valid);
    assert_eq!(client.new_order(&again).await.status, 201, "what stops to fail is renewed");
}

#[tokio::test]
async fn a_loop_of_renewals_that_fail_with_another_name_each_time_is_paused() {
    let house = house(|limits| limits.pause_after = 4).await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    for number in 0..4 {
        let name = format!("n{number}.shop.internal");
        house.looker.finds(&name, ValidationOutcome::Failed(unreachable()));
        let answer = client.new_order(&renewal(&["a.shop.internal", &name], &certificate)).await;
        let order = Placed { url: answer.location(), object: answer.json() };
        for authorization in order.authorizations() {
            let object = client.read(&authorization).await.json();
            if object["identifier"]["value"] == name.as_str() {
                client.post(object["challenges"][0]["url"].as_str().unwrap(), &json!({})).await;
            }
        }
        house.work().await;
    }
    let seconds = told_when(&client.new_order(&renewal(&["a.shop.internal"], &certificate)).await);
    assert_eq!(seconds, 600);
    told_when(&client.new_authz(&json!({"identifier":{"type":"dns","value":"b.shop.internal"}})).await);
    house.clock.advance(Lifetime::from_seconds(600));
    assert_eq!(client.new_order(&renewal(&["a.shop.internal"], &certificate)).await.status, 201);
}

/// No proof fails: each order is given up by its authorization, and the certificate can be replaced again.
#[tokio::test]
async fn a_loop_of_renewals_that_are_given_up_is_limited() {
    let house = house(|limits| limits.failures_per_hour = 3).await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    house.clock.advance(Lifetime::from_seconds(60));
    let again = renewal(&["a.shop.internal"], &certificate);
    for _ in 0..3 {
        let answer = client.new_order(&again).await;
        let order = Placed { url: answer.location(), object: answer.json() };
        assert_eq!(client.new_order(&again).await.refused(), (ProblemType::AlreadyReplaced, 409));
        let given_up = client.post(&order.authorizations()[0], &json!({"status":"deactivated"})).await;
        assert_eq!(given_up.status, 200);
    }
    told_when(&client.new_order(&again).await);
    let (other, _, _) = client.certificate(&["b.shop.internal"]).await;
    let another = renewal(&["b.shop.internal"], &other);
    assert_eq!(client.new_order(&another).await.status, 201, "another certificate is not meant");
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

#[tokio::test]
async fn whoever_has_much_ready_takes_no_turns_from_others() {
    let house = house(|limits| limits.validations = 1).await;
    let greedy = Client::new(&house).await;
    let list: Vec<String> = (0..20).map(|number| format!("n{number}.shop.internal")).collect();
    let order = greedy.order(&list.iter().map(String::as_str).collect::<Vec<_>>()).await;
    greedy.begin(&order).await;
    house.work().await;
    let ids: Vec<String> =
        order.authorizations().iter().map(|url| url.rsplit('/').next().unwrap().to_owned()).collect();
    let records = house.store.authorizations(&ids).await.unwrap();
    let mut turns: Vec<i64> =
        records.iter().filter_map(|one| one.due).map(|due| due.seconds_since(house.now())).collect();
    turns.sort_unstable();
    // One looks, and the others come back one by one.
    assert_eq!(turns, (1..20).collect::<Vec<i64>>());
}

#[tokio::test]
async fn a_challenge_that_becomes_ready_while_another_waits_for_its_turn_waits_no_longer() {
    let house = house(|limits| limits.validations = 1).await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal", "b.shop.internal"]).await;
    client.begin(&order).await;
    // Whoever looks at the first challenge has the lease of this one as well.
    let second = client.read(&order.authorizations()[1]).await.json();
    let other = second["challenges"][1]["url"].as_str().unwrap();
    assert_eq!(client.post(other, &json!({})).await.status, 200);
    house.work().await;
    let id = order.authorizations()[1].rsplit('/').next().unwrap().to_owned();
    let record = house.store.authorization(&id).await.unwrap().unwrap();
    assert_eq!((record.lease_until, record.due), (None, Some(house.now().plus(Lifetime::from_seconds(1)))));
}
