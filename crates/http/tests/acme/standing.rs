//! What the operator is shown of orders is what their clients are told.

use hf_ca::registration::{OrderQuery, StandingOrder, operator, standing_orders};
use hf_core::time::Lifetime;
use hf_proto::acme::problem::Problem;
use hf_proto::acme::status::OrderStatus;
use hf_proto::acme::validation::ValidationOutcome;
use serde_json::json;

use crate::finalizing::{csr, finalize, key, names, ready};
use crate::founding::origin;
use crate::house::House;
use crate::raw::{Signer, url};

/// All that match, by pages of this size.
async fn listed(house: &House, status: Option<OrderStatus>, limit: usize) -> Vec<StandingOrder> {
    let query = OrderQuery { status, ..OrderQuery::default() };
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = standing_orders(&query, after, limit, house.now(), house.store()).await.unwrap();
        assert!(page.orders.len() == limit || page.next.is_none(), "a page is full unless it is the last");
        assert!(page.orders.len() <= limit);
        all.extend(page.orders);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

/// That everything is listed in the state that its client is told, and found by that state.
async fn agree(house: &House, signer: &Signer) {
    let all = listed(house, None, 100).await;
    for order in &all {
        let told = signer.get(house, &url(&format!("order/{}", order.record.id))).await.json();
        assert_eq!(json!(order.status), told["status"], "{told}");
        assert_eq!(json!(order.error), told["error"]);
    }
    for status in OrderStatus::ALL {
        let expected: Vec<&str> =
            all.iter().filter(|one| one.status == *status).map(|one| one.record.id.as_str()).collect();
        for limit in [1, 2, 3, 100] {
            let found = listed(house, Some(*status), limit).await;
            let found: Vec<&str> = found.iter().map(|one| one.record.id.as_str()).collect();
            assert_eq!(found, expected, "{status}, {limit} at a time");
        }
    }
}

/// An order whose proof is looked for in vain.
async fn unproven(house: &House, signer: &Signer, name: &str) {
    house.next_look(ValidationOutcome::Failed(Problem::unauthorized("something else is there")));
    ready(house, signer, &names(&[name])).await;
}

async fn certified(house: &House, signer: &Signer, name: &str) {
    let order = ready(house, signer, &names(&[name])).await;
    assert_eq!(finalize(house, signer, &order, &csr(&key(), "", &[name])).await.status, 200);
}

#[tokio::test]
async fn orders_are_shown_as_their_clients_are_told() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    for round in 0..3 {
        let name = |kind: &str| format!("{kind}{round}.shop.internal");
        signer.post(&house, &url("new-order"), &names(&[&name("open")])).await;
        ready(&house, &signer, &names(&[&name("ready")])).await;
        unproven(&house, &signer, &name("failed")).await;
        certified(&house, &signer, &name("valid")).await;
    }
    agree(&house, &signer).await;
    let count = async |status| listed(&house, Some(status), 100).await.len();
    assert_eq!(count(OrderStatus::Pending).await, 3);
    assert_eq!(count(OrderStatus::Ready).await, 3);
    assert_eq!(count(OrderStatus::Valid).await, 3);
    assert_eq!(count(OrderStatus::Invalid).await, 3);
    let failed = listed(&house, Some(OrderStatus::Invalid), 1).await;
    assert_eq!(failed[0].error.as_ref().unwrap().subproblems[0].detail, "something else is there");
    house.clock.advance(Lifetime::from_days(2));
    agree(&house, &signer).await;
    assert_eq!((count(OrderStatus::Pending).await, count(OrderStatus::Invalid).await), (0, 9));
}

#[tokio::test]
async fn orders_of_a_closed_account_are_invalid_and_those_with_a_certificate_are_not() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    ready(&house, &signer, &names(&["a.shop.internal"])).await;
    certified(&house, &signer, "b.shop.internal").await;
    let account = signer.kid.as_ref().unwrap().rsplit('/').next().unwrap();
    operator::close_account(account, house.store(), &origin(house.now())).await.unwrap();
    let states: Vec<_> = listed(&house, None, 100).await.iter().map(|order| order.status).collect();
    assert_eq!(states, [OrderStatus::Valid, OrderStatus::Invalid]);
    let invalid = listed(&house, Some(OrderStatus::Invalid), 100).await;
    assert!(invalid[0].error.as_ref().unwrap().to_string().contains("account"), "{invalid:?}");
}
