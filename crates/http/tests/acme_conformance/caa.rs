//! CAA, RFC 8659 and RFC 8657: records are asked for when a name is proven, and again before its certificate when that was
//! long ago. What they mean is the table of hf-proto; here is when they are asked for, and what the client is told.

use hf_ca::registration::RegistrationSettings;
use hf_core::time::Lifetime;
use hf_proto::acme::caa::{CaaRecord, RelevantSet};
use hf_proto::acme::problem::{Problem, ProblemType};
use serde_json::json;

use super::client::{Client, Key, Placed, csr, first};
use super::house::{House, settings};

const NAME: &str = "a.shop.internal";

async fn house() -> House {
    House::with(asking(), 0).await
}

/// With CAA, and proofs that count for two days.
fn asking() -> RegistrationSettings {
    let caa = vec!["ca.shop.internal".parse().unwrap()];
    RegistrationSettings { caa, reuse: Lifetime::from_days(2), ..settings() }
}

fn records(tag: &str, value: &str) -> RelevantSet {
    let record = CaaRecord { critical: false, tag: tag.to_owned(), value: value.as_bytes().to_vec() };
    RelevantSet { owner: "shop.internal".to_owned(), records: vec![record] }
}

fn servfail() -> Problem {
    Problem::new(ProblemType::Dns, "the name server answers: SERVFAIL")
}

fn questions(house: &House) -> usize {
    house.looker.asked.lock().unwrap().len()
}

/// The state of an order, and the error of the first challenge of its first authorization.
async fn proven(client: &Client<'_>, names: &[&str]) -> (Placed, String) {
    let order = client.order(names).await;
    client.begin(&order).await;
    client.house.work().await;
    let order = client.look(&order).await;
    let state = order.object["status"].as_str().unwrap().to_owned();
    (order, state)
}

#[tokio::test]
async fn the_directory_says_the_names_that_records_know_the_authority_by() {
    let house = house().await;
    let directory = house.get(&Client::stranger(&house).url("directory")).await.json();
    assert_eq!(directory["meta"]["caaIdentities"], json!(["ca.shop.internal"]));
    house.serve(settings());
    let directory = house.get(&Client::stranger(&house).url("directory")).await.json();
    assert!(directory["meta"].get("caaIdentities").is_none());
}

#[tokio::test]
async fn nobody_is_asked_unless_the_authority_wants_it() {
    let house = House::new().await;
    house.looker.has_records(NAME, Ok(records("issue", ";")));
    Client::new(&house).await.certificate(&[NAME]).await;
    assert_eq!(questions(&house), 0);
}

#[tokio::test]
async fn records_that_allow_it_or_none_lead_to_a_certificate_with_one_question_a_name() {
    let house = house().await;
    let client = Client::new(&house).await;
    house.looker.has_records(NAME, Ok(records("issue", "ca.shop.internal")));
    client.certificate(&[NAME, "b.shop.internal", "*.c.shop.internal", "10.0.0.1"]).await;
    let mut asked: Vec<String> = house.looker.asked.lock().unwrap().concat();
    asked.sort();
    assert_eq!(asked, [NAME, "b.shop.internal", "c.shop.internal"], "none for the address, none at finalize");
}

#[tokio::test]
async fn records_that_forbid_it_end_the_proof() {
    let house = house().await;
    let client = Client::new(&house).await;
    for value in [
        ";",
        "other.test",
        "ca.shop.internal; validationmethods=tls-alpn-01",
        "ca.shop.internal; accounturi=x",
    ] {
        house.looker.has_records(NAME, Ok(records("issue", value)));
        let (order, state) = proven(&client, &[NAME]).await;
        assert_eq!(state, "invalid", "{value}");
        let object = client.read(&order.authorizations()[0]).await.json();
        let error = &object["challenges"][0]["error"];
        assert_eq!(error["type"], "urn:ietf:params:acme:error:caa", "{object}");
        assert!(error["detail"].as_str().unwrap().contains("CAA records of shop.internal"), "{object}");
        assert!(error.get("subproblems").is_none(), "{object}");
    }
}

#[tokio::test]
async fn account_and_method_of_the_proof_are_those_that_records_name() {
    let house = house().await;
    let client = Client::new(&house).await;
    let value = format!("ca.shop.internal; accounturi={}; validationmethods=http-01", client.kid);
    house.looker.has_records(NAME, Ok(records("issue", &value)));
    client.certificate(&[NAME]).await;
    let other = Client::new(&house).await;
    assert_eq!(proven(&other, &[NAME]).await.1, "invalid", "another account");
    assert_eq!(proven(&client, &["*.a.shop.internal"]).await.1, "invalid", "proven by dns-01");
}

#[tokio::test]
async fn wildcards_have_a_property_of_their_own() {
    let house = house().await;
    let client = Client::new(&house).await;
    house.looker.has_records(NAME, Ok(records("issuewild", ";")));
    assert_eq!(proven(&client, &["*.a.shop.internal"]).await.1, "invalid");
    assert_eq!(proven(&client, &[NAME]).await.1, "ready");
}

#[tokio::test]
async fn a_name_server_that_fails_is_asked_again_and_then_denies() {
    let house = house().await;
    let client = Client::new(&house).await;
    house.looker.has_records(NAME, Err(servfail()));
    let (order, state) = proven(&client, &[NAME]).await;
    assert_eq!(state, "pending", "there will be another look");
    for _ in 0..2 {
        house.clock.advance(Lifetime::from_seconds(5));
        house.work().await;
    }
    let object = client.read(&order.authorizations()[0]).await.json();
    assert_eq!(object["status"], "invalid");
    assert_eq!(object["challenges"][0]["error"]["type"], "urn:ietf:params:acme:error:caa");
    assert_eq!(questions(&house), 3);

    let (order, _) = proven(&client, &[NAME]).await;
    house.looker.has_records(NAME, Ok(RelevantSet::default()));
    house.clock.advance(Lifetime::from_seconds(5));
    house.work().await;
    assert_eq!(client.look(&order).await.object["status"], "ready", "what comes back is taken");
}

#[tokio::test]
async fn before_the_certificate_old_answers_are_asked_for_again() {
    let house = house().await;
    let client = Client::new(&house).await;
    let names = [NAME, "b.shop.internal"];
    let order = client.ready(&names).await;
    assert_eq!(questions(&house), 2);
    house.clock.advance(Lifetime::from_hours(7));
    house.clock.advance(Lifetime::from_seconds(1));
    house.looker.has_records(NAME, Ok(records("issue", ";")));
    let request = csr(&Key::p256().0, &names);
    let refused = client.finalize(&order, &request).await;
    assert_eq!(refused.refused(), (ProblemType::Caa, 403));
    let problem = refused.problem();
    let at_fault: Vec<_> =
        problem.subproblems.iter().map(|one| one.identifier.clone().unwrap().value).collect();
    assert_eq!(at_fault, [NAME], "{}", problem.detail);
    assert_eq!(house.looker.asked.lock().unwrap()[2], names, "all of them in one question");

    house.looker.has_records(NAME, Err(servfail()));
    assert_eq!(client.finalize(&order, &request).await.refused(), (ProblemType::Caa, 403));
    assert_eq!(client.look(&order).await.object["status"], "ready");
    house.looker.has_records(NAME, Ok(records("issue", "ca.shop.internal")));
    let issued = client.finalize(&order, &request).await.json();
    assert_eq!(issued["status"], "valid");
    first(&client.read(issued["certificate"].as_str().unwrap()).await);
}

#[tokio::test]
async fn a_proof_that_is_used_again_is_as_old_as_it_is() {
    let house = house().await;
    let client = Client::new(&house).await;
    client.ready(&[NAME]).await;
    house.clock.advance(Lifetime::from_hours(6));
    client.certificate(&[NAME]).await;
    assert_eq!(questions(&house), 1, "six hours are not too old");
    house.clock.advance(Lifetime::from_hours(6));
    house.looker.has_records(NAME, Ok(records("issue", ";")));
    let order = client.order(&[NAME]).await;
    assert_eq!(order.object["status"], "ready");
    let refused = client.finalize(&order, &csr(&Key::p256().0, &[NAME])).await;
    assert_eq!(refused.refused(), (ProblemType::Caa, 403));
}

#[tokio::test]
async fn what_was_proven_before_the_authority_wanted_it_is_asked_for_then() {
    let house = House::with(RegistrationSettings { caa: Vec::new(), ..asking() }, 0).await;
    let client = Client::new(&house).await;
    house.looker.has_records(NAME, Ok(records("issue", "other.test")));
    let order = client.ready(&[NAME]).await;
    house.serve(asking());
    let refused = client.finalize(&order, &csr(&Key::p256().0, &[NAME])).await;
    assert_eq!(refused.refused(), (ProblemType::Caa, 403));
}

/// Each finalize asks name servers: whoever goes on although records forbid it is stopped by the limit of failures.
#[tokio::test]
async fn a_loop_of_finalizes_that_records_forbid_is_limited() {
    let mut terms = asking();
    terms.limits.failures_per_hour = 3;
    let house = House::with(terms, 0).await;
    let client = Client::new(&house).await;
    let order = client.ready(&[NAME]).await;
    house.clock.advance(Lifetime::from_hours(8));
    house.looker.has_records(NAME, Ok(records("issue", ";")));
    let request = csr(&Key::p256().0, &[NAME]);
    let before = questions(&house);
    for _ in 0..3 {
        assert_eq!(client.finalize(&order, &request).await.refused(), (ProblemType::Caa, 403));
    }
    for _ in 0..3 {
        assert_eq!(client.finalize(&order, &request).await.refused(), (ProblemType::RateLimited, 429));
    }
    assert_eq!(questions(&house), before + 3);
}
