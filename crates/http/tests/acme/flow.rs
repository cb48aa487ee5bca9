//! From an account to a certificate.

use hf_core::time::Lifetime;
use hf_proto::acme::problem::{Problem, ProblemType};
use hf_proto::acme::validation::{ChallengeKind, ValidationOutcome};
use hf_x509::certificate::Certificate;
use instant_acme::{AuthorizationStatus, ChallengeType, NewOrder, OrderStatus};

use crate::client::{dns, finish, obtain, order_and_start, register};
use crate::house::{House, settings};

#[tokio::test]
async fn an_account_gets_a_certificate_for_names_that_it_proves() {
    let house = House::new().await;
    let account = register(&house, "services").await;
    let pem = obtain(&house, &account, &["web.shop.internal", "api.shop.internal"]).await;
    let chain = Certificate::many_from_pem(&pem).unwrap();
    assert_eq!(chain.len(), 2, "leaf and intermediate, without the root");
    let names: Vec<String> = chain[0].san_set().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["api.shop.internal", "web.shop.internal"]);
    chain[0].verify_signed_by(chain[1].public_key()).unwrap();
    let looks = house.world.looks.lock().unwrap().clone();
    assert_eq!(looks.len(), 2);
    assert!(looks.iter().all(|look| look.kind == ChallengeKind::Http01));
    assert!(looks.iter().all(|look| look.key_authorization.ends_with(account.key_thumbprint())));
    for line in [
        "handfast_acme_orders_total{authority=\"services\",outcome=\"issued\"} 1",
        "handfast_acme_validations_total{authority=\"services\",kind=\"http-01\",end=\"valid\"} 2",
    ] {
        assert!(house.metrics.text().contains(line), "{}", house.metrics.text());
    }
    let stored = house.store().find_serial_anywhere(&chain[0].serial().unwrap()).await.unwrap();
    assert_eq!((stored[0].authority.as_str(), stored[0].profile.as_str()), ("services", "peer"));
}

/// Nonces that are refused, lists in any order, and proofs that are found at the third look.
#[tokio::test]
async fn instant_acme_copes_with_what_a_server_may_do() {
    let house = House::odd(15).await;
    let account = register(&house, "services").await;
    let names = ["a.shop.internal", "b.shop.internal", "c.shop.internal"];
    for kind in [ChallengeType::Dns01, ChallengeType::Http01, ChallengeType::TlsAlpn01] {
        house.clock.advance(Lifetime::from_days(1));
        let late = || ValidationOutcome::Retry(Problem::new(ProblemType::Connection, "nobody listens"));
        (0..2 * names.len()).for_each(|_| house.next_look(late()));
        let mut order = order_and_start(&account, &names, kind).await;
        for _ in 0..3 {
            assert_eq!(order.refresh().await.unwrap().status, OrderStatus::Pending);
            house.work().await;
            house.clock.advance(Lifetime::from_seconds(6));
        }
        let chain = Certificate::many_from_pem(&finish(&mut order).await).unwrap();
        let found: Vec<String> = chain[0].san_set().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(found, names);
    }
}

#[tokio::test]
async fn a_proof_is_used_again_by_the_account_and_by_nobody_else() {
    let house = House::new().await;
    let account = register(&house, "services").await;
    obtain(&house, &account, &["web.shop.internal"]).await;
    let identifiers = dns(&["web.shop.internal"]);
    let mut again = account.new_order(&NewOrder::new(&identifiers)).await.unwrap();
    assert_eq!(again.state().status, OrderStatus::Ready);
    finish(&mut again).await;
    assert_eq!(house.looks(), 1);
    let mut other = register(&house, "services").await.new_order(&NewOrder::new(&identifiers)).await.unwrap();
    assert_eq!(other.state().status, OrderStatus::Pending);
    house.clock.advance(Lifetime::from_hours(9));
    let mut late = account.new_order(&NewOrder::new(&identifiers)).await.unwrap();
    assert_eq!(late.state().status, OrderStatus::Pending, "the proof is too old to be used again");
}

#[tokio::test]
async fn a_look_that_finds_nothing_is_repeated_and_one_that_finds_something_else_is_not() {
    let house = House::new().await;
    let account = register(&house, "services").await;
    let nothing = || ValidationOutcome::Retry(Problem::new(ProblemType::Connection, "refused"));
    house.next_look(nothing());
    let mut order = order_and_start(&account, &["web.shop.internal"], ChallengeType::Http01).await;
    house.work().await;
    assert_eq!(order.refresh().await.unwrap().status, OrderStatus::Pending);
    assert_eq!(house.work().await.authorizations, 0, "not before its time");
    house.clock.advance(Lifetime::from_seconds(6));
    assert_eq!(house.work().await.authorizations, 1);
    assert_eq!(order.refresh().await.unwrap().status, OrderStatus::Ready);

    house.next_look(ValidationOutcome::Failed(Problem::unauthorized("something else")));
    let mut order = order_and_start(&account, &["api.shop.internal"], ChallengeType::Http01).await;
    house.work().await;
    let state = order.refresh().await.unwrap();
    assert_eq!(state.status, OrderStatus::Invalid);
    assert!(state.error.is_some());

    for _ in 0..3 {
        house.next_look(nothing());
    }
    let mut order = order_and_start(&account, &["db.shop.internal"], ChallengeType::Dns01).await;
    for _ in 0..3 {
        house.work().await;
        house.clock.advance(Lifetime::from_seconds(6));
    }
    assert_eq!(order.refresh().await.unwrap().status, OrderStatus::Invalid, "three looks are enough");
}

#[tokio::test]
async fn a_wildcard_needs_dns_and_an_address_does_not_have_it() {
    let mut terms = settings();
    terms.profiles = vec!["short".to_owned()];
    let house = House::with(terms).await;
    let account = register(&house, "services").await;
    let offered = async |name: &str| {
        let identifiers = if name.starts_with("10.") {
            vec![instant_acme::Identifier::Ip(name.parse().unwrap())]
        } else {
            dns(&[name])
        };
        let mut order = account.new_order(&NewOrder::new(&identifiers)).await.unwrap();
        let mut kinds = Vec::new();
        let mut all = order.authorizations();
        while let Some(one) = all.next().await {
            let one = one.unwrap();
            assert_eq!(one.status, AuthorizationStatus::Pending);
            kinds.extend(one.challenges.iter().map(|challenge| format!("{:?}", challenge.r#type)));
        }
        kinds.len()
    };
    assert_eq!(offered("*.web.shop.internal").await, 2);
    assert_eq!(offered("10.1.2.3").await, 2);
    assert_eq!(offered("web.shop.internal").await, 4);
    let mut order = order_and_start(&account, &["*.db.shop.internal"], ChallengeType::Dns01).await;
    house.work().await;
    finish(&mut order).await;
}
