//! Many at once.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use super::client::{Client, Key, Placed, csr, first, names_of};
use super::house::House;

#[tokio::test]
async fn a_hundred_orders_of_one_account_at_once() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let names: Vec<String> = (0..100).map(|number| format!("n{number}.shop.internal")).collect();
    let orders = join_all(names.iter().map(|name| {
        let client = &client;
        async move { client.order(&[name]).await }
    }))
    .await;
    join_all(orders.iter().map(|order| client.begin(order))).await;
    house.work().await;
    house.work().await;
    assert_eq!(house.looker.count(), 100, "each is looked at once");
    let issued = join_all(orders.iter().zip(&names).map(|(order, name)| {
        let client = &client;
        async move {
            let answer = client.finalize(order, &csr(&Key::p256().0, &[name])).await;
            let order = Placed { url: order.url.clone(), object: answer.json() };
            let certificate = first(&client.read(&order.certificate()).await);
            assert_eq!(names_of(&certificate), [name.as_str()]);
            certificate.serial().unwrap().to_string()
        }
    }))
    .await;
    assert_eq!(issued.iter().collect::<BTreeSet<_>>().len(), 100);
}

#[tokio::test]
async fn orders_for_the_same_names_at_once_do_not_disturb_one_another() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let names = ["a.shop.internal", "b.shop.internal"];
    let orders = join_all((0..20).map(|_| client.order(&names))).await;
    assert_eq!(orders.iter().map(|order| order.url.clone()).collect::<BTreeSet<_>>().len(), 20);
    join_all(orders.iter().map(|order| client.begin(order))).await;
    house.work().await;
    for order in &orders {
        assert_eq!(client.look(order).await.object["status"], "ready");
    }
}

#[tokio::test]
async fn an_account_that_is_given_up_while_it_orders_is_over_at_the_end() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let ordering = join_all((0..20).map(|number| {
        let client = &client;
        async move {
            let name = format!("n{number}.shop.internal");
            let identifiers = super::client::identifiers(&[&name]);
            client.new_order(&json!({"identifiers":identifiers})).await.status
        }
    }));
    let payload = json!({"status":"deactivated"});
    let (statuses, given_up) = tokio::join!(ordering, client.post(&client.kid, &payload));
    assert_eq!(given_up.json()["status"], "deactivated");
    assert!(statuses.iter().all(|status| *status == 201 || *status == 401), "{statuses:?}");
    assert_eq!(client.read(&client.kid).await.status, 401);
}
