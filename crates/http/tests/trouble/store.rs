//! A store that fails, hangs, or goes away between signature and record.

use std::time::Duration;

use hf_store::faulty::Outage;

use crate::house::{House, Told};

fn check<'a>(readiness: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    readiness["checks"].as_array().unwrap().iter().find(|check| check["name"] == name).unwrap()
}

/// Not ready, because of the store, with the reason.
fn says_why(told: &Told) {
    assert_eq!(told.status, 503, "{}", told.body);
    let readiness = told.json();
    assert_eq!(check(&readiness, "sign")["ok"], true, "{readiness}");
    let record = check(&readiness, "record");
    assert_eq!(record["ok"], false);
    assert!(record["reasons"][0].as_str().unwrap().contains("the store d"), "{readiness}");
}

/// What the door of CFSSL gives and refuses is counted with what the others do.
#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_counted_by_every_door() {
    let house = House::new(Duration::from_secs(1), 8).await;
    assert_eq!(house.authsign().await.status, 200);
    house.store.go_down(Outage::Refuses);
    house.authsign().await.envelope();
    house.store.come_back();
    let counted = house.get("admin", "/metrics").await.body;
    for line in [
        "certificates_issued_total{channel=\"cfssl\",authority=\"services\",profile=\"default\"} 1",
        "certificates_refused_total{channel=\"cfssl\",reason=\"unavailable\"} 1",
    ] {
        assert!(counted.contains(line), "{line}: {counted}");
    }
}

async fn recovers(house: &House) {
    house.store.come_back();
    // Ready again when something was put on record, or after a while.
    assert_eq!(house.issue().await.status, 201);
    assert_eq!(house.get("admin", "/readyz").await.status, 200);
    assert_eq!(house.authsign().await.status, 200);
    assert_eq!(house.issued().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_is_told_and_nothing_is_signed() {
    let house = House::new(Duration::from_secs(1), 8).await;
    house.store.go_down(Outage::Refuses);
    assert_eq!(house.issue().await.problem(), "overloaded");
    house.authsign().await.envelope();
    says_why(&house.get("admin", "/readyz").await);
    assert_eq!(house.get("admin", "/livez").await.status, 200);
    assert_eq!(house.key.signed.lock().unwrap().len(), 0);
    recovers(&house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_is_told_in_time_and_nothing_is_signed() {
    let house = House::new(Duration::from_secs(1), 8).await;
    house.store.go_down(Outage::Hangs);
    let (own, cfssl, ready, alive, metrics) = tokio::join!(
        house.issue(),
        house.authsign(),
        house.get("admin", "/readyz"),
        house.get("admin", "/livez"),
        house.get("admin", "/metrics"),
    );
    assert_eq!(own.problem(), "answer-too-slow");
    assert!(cfssl.envelope().contains("not ready within"), "{}", cfssl.body);
    says_why(&ready);
    assert_eq!((alive.status, metrics.status), (200, 200));
    assert_eq!(house.key.signed.lock().unwrap().len(), 0);
    recovers(&house).await;
}

/// One answer at a time is made, however many ask: they wait for it together, and not one after the other.
#[tokio::test(flavor = "multi_thread")]
async fn many_who_ask_whether_it_is_ready_wait_no_longer_than_one() {
    let house = House::new(Duration::from_secs(1), 8).await;
    house.store.go_down(Outage::Hangs);
    let asked: Vec<_> = (0..40).map(|_| house.get("admin", "/readyz")).collect();
    for told in futures_util::future::join_all(asked).await {
        says_why(&told);
    }
    assert_eq!(house.get("admin", "/livez").await.status, 200);
    house.store.come_back();
    assert_eq!(house.get("admin", "/readyz").await.status, 200, "what was found before is not told alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_when_the_store_went_away_is_not_handed_out() {
    let house = House::new(Duration::from_secs(1), 8).await;
    *house.key.breaks.lock().unwrap() = Some(house.store.clone());
    assert_eq!(house.issue().await.problem(), "overloaded");
    house.store.come_back();
    *house.key.breaks.lock().unwrap() = Some(house.store.clone());
    house.authsign().await.envelope();
    assert_eq!((house.issued().await, house.key.signed.lock().unwrap().len()), (0, 2));
    recovers(&house).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_served_from_memory_while_the_store_is_down() {
    for outage in [Outage::Refuses, Outage::Hangs] {
        let house = House::new(Duration::from_secs(1), 8).await;
        let before = house.get("plain", "/crl/services.crl").await;
        assert_eq!(before.status, 200, "{}", before.body);
        house.store.go_down(outage);
        for _ in 0..3 {
            let now = house.get("plain", "/crl/services.crl").await;
            assert_eq!((now.status, &now.body), (200, &before.body), "{outage:?}");
        }
        // What was never read cannot be told, but nobody waits for ever.
        let unknown = house.get("plain", "/crl/services/1.crl").await;
        assert_eq!(unknown.status, 503, "{outage:?}: {}", unknown.body);
        let ready = house.get("admin", "/readyz").await.json();
        assert_eq!(check(&ready, "publish")["ok"], true, "{ready}");
        house.store.come_back();
        assert_eq!(house.get("plain", "/crl/services/1.crl").await.status, 404);
    }
}
