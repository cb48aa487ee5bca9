//! The worker by itself, and many at once.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::future::join_all;
use hf_core::time::Lifetime;
use hf_http::limits::RetryAfter;
use hf_http::peer::RequestId;
use hf_http::server::{Refusal, TurnedAway, problem};
use hf_proto::acme::problem::Problem;
use hf_proto::acme::validation::ValidationOutcome;
use http_body_util::BodyExt as _;
use serde_json::json;

use crate::finalizing::{csr, finalize, key, names};
use crate::house::{House, settings};
use crate::raw::{Signer, url};

/// Longer than anything here takes.
const PATIENT: Duration = Duration::from_mins(2);

/// An order, and the word that its first challenge is ready.
async fn start(house: &House, signer: &Signer, name: &str) -> String {
    let placed = signer.post(house, &url("new-order"), &names(&[name])).await;
    assert_eq!(placed.status, 201, "{}", placed.json());
    let authorization = placed.json()["authorizations"][0].as_str().unwrap().to_owned();
    let found = signer.get(house, &authorization).await.json();
    let challenge = found["challenges"][0]["url"].as_str().unwrap();
    assert_eq!(signer.post(house, challenge, &json!({})).await.status, 200);
    placed.header("location").to_owned()
}

/// Wait until every order has this status, while the clock goes on.
async fn all(house: &House, signer: &Signer, orders: &[String], status: &str) {
    let wait = async {
        for order in orders {
            while signer.get(house, order).await.json()["status"] != status {
                house.clock.advance(Lifetime::from_seconds(1));
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::time::timeout(PATIENT, wait).await.unwrap();
}

#[tokio::test]
async fn many_orders_of_one_account_are_proven_a_few_at_a_time_and_each_once() {
    let mut terms = settings();
    terms.limits.validations = 3;
    let house = House::with(terms).await;
    let signer = Signer::registered(&house).await;
    let worker = tokio::spawn(house.worker().run());
    let list: Vec<String> = (0..40).map(|number| format!("n{number}.shop.internal")).collect();
    let orders = join_all(list.iter().map(|name| start(&house, &signer, name))).await;
    all(&house, &signer, &orders, "ready").await;
    assert_eq!(house.looks(), 40);
    assert!(house.world.most.load(Ordering::SeqCst) <= 3);
    let private = key();
    let finalized = list.iter().zip(&orders).map(async |(name, order)| {
        finalize(&house, &signer, order, &csr(&private, "", &[name.as_str()])).await.status
    });
    assert!(join_all(finalized).await.iter().all(|status| *status == 200));
    worker.abort();
}

#[tokio::test]
async fn what_a_process_left_is_found_when_its_lease_is_over() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let order = start(&house, &signer, "a.shop.internal").await;
    // The process that had it ends: what was handed over is gone, the lease stands.
    let left = house.worker();
    drop(left);
    let (registrations, mut worker) = hf_ca::registration::Registrations::new(
        Arc::clone(&house.authority),
        house.clock.clone(),
        Arc::new(hf_keys::random::SystemRandom),
        Arc::new(()),
    );
    let setup = hf_ca::registration::Setup {
        settings: settings(),
        urls: hf_proto::acme::urls::Urls::new(url("").trim_end_matches('/')),
        validator: house.world.clone(),
    };
    registrations.replace(vec![("services".to_owned(), setup)], None);
    assert_eq!(worker.run_once(house.now()).await.unwrap().authorizations, 0);
    house.clock.advance(Lifetime::from_seconds(121));
    assert_eq!(worker.run_once(house.now()).await.unwrap().authorizations, 1);
    assert_eq!(signer.get(&house, &order).await.json()["status"], "ready");
}

#[tokio::test]
async fn an_account_that_only_fails_is_paused_and_others_are_not() {
    let mut terms = settings();
    (terms.limits.pause_after, terms.limits.failures_per_hour) = (4, 100);
    let house = House::with(terms).await;
    let (failing, other) = (Signer::registered(&house).await, Signer::registered(&house).await);
    for number in 0..4 {
        house.next_look(ValidationOutcome::Failed(Problem::unauthorized("something else")));
        start(&house, &failing, &format!("n{number}.shop.internal")).await;
        house.work().await;
    }
    let order = names(&["a.shop.internal"]);
    let refused = failing.post(&house, &url("new-order"), &order).await;
    assert_eq!((refused.problem(), refused.header("retry-after")), ((429, "rateLimited".to_owned()), "3600"));
    assert_eq!(other.post(&house, &url("new-order"), &order).await.status, 201);
    house.clock.advance(Lifetime::from_hours(1));
    assert_eq!(failing.post(&house, &url("new-order"), &order).await.status, 201);
}

#[tokio::test]
async fn a_proof_that_was_given_up_while_it_was_looked_at_stays_given_up() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let order = start(&house, &signer, "a.shop.internal").await;
    let authorization =
        signer.get(&house, &order).await.json()["authorizations"][0].as_str().unwrap().to_owned();
    signer.post(&house, &authorization, &json!({"status": "deactivated"})).await;
    house.work().await;
    assert_eq!(signer.get(&house, &authorization).await.json()["status"], "deactivated");
    assert_eq!(signer.get(&house, &order).await.json()["status"], "invalid");
}

#[tokio::test]
async fn what_the_listener_turns_away_is_a_problem_of_acme_below_its_path() {
    let house = House::new().await;
    let wording = hf_http::acme::wording(Arc::clone(&house.door), Arc::new(problem));
    let id = RequestId(Arc::from("test"));
    let retry = RetryAfter(Duration::from_secs(3));
    let mut told = Vec::new();
    for (refusal, path) in [
        (Refusal::TooMany { retry }, "/acme/services/new-order"),
        (Refusal::Overloaded { retry }, "/acme/services/new-order"),
        (Refusal::BodyTooLarge { limit: 1 }, "/acme/directory"),
        (Refusal::Fault, "/acme/directory"),
        (Refusal::Fault, "/acmeish"),
        (Refusal::Fault, "/v1/certificates"),
    ] {
        let response = wording(&TurnedAway { refusal: &refusal, id: &id, path });
        let nonce = response.headers().contains_key("replay-nonce");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        told.push((body["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned(), nonce));
    }
    let acme = |word: &str| (word.to_owned(), true);
    assert_eq!(
        told[..4],
        [acme("rateLimited"), acme("serverInternal"), acme("malformed"), acme("serverInternal")]
    );
    assert_eq!(told[4..], [("internal".to_owned(), false), ("internal".to_owned(), false)]);
}
