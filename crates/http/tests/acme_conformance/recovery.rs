//! An order that a process left behind while it worked on it comes to an end at the next start.

use hf_ca::registration::Registrations;
use hf_ca::request::IssueRequest;
use hf_core::principal::{Channel, Principal};
use hf_core::time::Lifetime;
use hf_proto::acme::order::{CsrDer, Finalize, Order};
use hf_store::record::{AcmeOrderRecord, AcmeOrderStatus};
use hf_x509::csr::UnverifiedCsr;
use serde_json::json;

use super::client::{Client, Key, Placed, csr, first};
use super::house::House;

/// What stands on record when a process ends after it accepted a signing request.
pub(crate) async fn left_behind(client: &Client<'_>, name: &str) -> (Placed, Vec<u8>) {
    let house = client.house;
    let order = client.ready(&[name]).await;
    let id = order.url.rsplit('/').next().unwrap();
    let mut record = house.store.order(id).await.unwrap().unwrap();
    let machine: Order = serde_json::from_str(&record.body).unwrap();
    let ids: Vec<String> = machine.terms.authorizations.iter().map(ToString::to_string).collect();
    let authorizations = house.store.authorizations(&ids).await.unwrap();
    let authorizations: Vec<_> =
        authorizations.iter().map(|one| serde_json::from_str(&one.body).unwrap()).collect();
    let request = csr(&Key::p256().0, &[name]);
    let begun = machine.finalize(CsrDer::new(request.clone()), house.now(), &authorizations).unwrap();
    let Finalize::Begun(begun) = begun else { panic!("it was finalized before") };
    record.body = serde_json::to_string(&begun).unwrap();
    record.status = AcmeOrderStatus::Processing;
    record.updated_at = house.now();
    house.store.update_order(record).await.unwrap();
    assert_eq!(client.look(&order).await.object["status"], "processing");
    (order, request)
}

pub(crate) async fn recover(house: &House) -> usize {
    house.registrations.recover(house.now().plus(Lifetime::from_seconds(1))).await.unwrap()
}

#[tokio::test]
async fn what_was_accepted_is_issued_after_all() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (order, request) = left_behind(&client, "a.shop.internal").await;
    let waiting = client.finalize(&order, &request).await;
    assert_eq!(waiting.json()["status"], "processing", "the client is told to wait");
    assert!(waiting.header("retry-after").parse::<u64>().is_ok());
    assert_eq!(recover(&house).await, 1);
    let order = client.look(&order).await;
    assert_eq!(order.object["status"], "valid");
    first(&client.read(&order.certificate()).await);
    assert_eq!(recover(&house).await, 0);
}

#[tokio::test]
async fn what_was_signed_is_handed_out_and_not_signed_again() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (order, request) = left_behind(&client, "a.shop.internal").await;
    // The process ended between the certificate and the order.
    let id = order.url.rsplit('/').next().unwrap();
    let account = client.kid.rsplit('/').next().unwrap();
    let principal = Principal::AcmeAccount { authority: "services".to_owned(), account: account.to_owned() };
    let verified = UnverifiedCsr::from_der(&request).unwrap().verify().unwrap();
    let issued = house
        .authority
        .issue(IssueRequest {
            wanted_names: Some(["a.shop.internal".parse().unwrap()].into_iter().collect()),
            dedup_key: Some(format!("acme:{id}")),
            ..IssueRequest::new(principal, Channel::Acme, "services", "server", verified)
        })
        .await
        .unwrap();
    assert_eq!(recover(&house).await, 1);
    let order = client.look(&order).await;
    let certificate = first(&client.read(&order.certificate()).await);
    assert_eq!(certificate.der(), issued.certificate.der());
}

#[tokio::test]
async fn an_order_of_an_account_that_is_gone_comes_to_nothing() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (order, _) = left_behind(&client, "a.shop.internal").await;
    let given_up = client.post(&client.kid, &json!({"status":"deactivated"})).await;
    assert_eq!(given_up.status, 200);
    assert_eq!(recover(&house).await, 1);
    let record = house.store.order(order.url.rsplit('/').next().unwrap()).await.unwrap().unwrap();
    assert_eq!((record.status, record.serial), (AcmeOrderStatus::Invalid, None));
    assert_eq!(recover(&house).await, 0);
}

/// More than are looked at in one step, and none of them comes to an end.
#[tokio::test]
async fn orders_that_stay_under_way_hold_up_no_other() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (first, _) = left_behind(&client, "a.shop.internal").await;
    let stuck = house.store.order(first.url.rsplit('/').next().unwrap()).await.unwrap().unwrap();
    for number in 0..250 {
        // Some cannot be read, some are of an authority that is not served any more.
        let id = format!("{number:08x}AAAAAAAAAAAAAAAAAAAAAA");
        let authority = if number % 2 == 0 { stuck.authority.clone() } else { "former".to_owned() };
        let record = AcmeOrderRecord { id, authority, body: "{}".to_owned(), revision: 1, ..stuck.clone() };
        house.store.create_order(record, Vec::new()).await.unwrap();
    }
    let (last, _) = left_behind(&client, "b.shop.internal").await;
    assert_eq!(recover(&house).await, 252);
    for order in [first, last] {
        assert_eq!(client.look(&order).await.object["status"], "valid");
    }
    assert_eq!(recover(&house).await, 250, "those that stay come again at the next start");
}

#[tokio::test]
async fn an_order_that_is_being_worked_on_is_left_alone_for_a_while() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    left_behind(&client, "a.shop.internal").await;
    let before = house.now().minus(Registrations::GRACE);
    assert_eq!(house.registrations.recover(before).await.unwrap(), 0);
    house.clock.advance(Registrations::GRACE);
    house.clock.advance(Lifetime::from_seconds(1));
    let before = house.now().minus(Registrations::GRACE);
    assert_eq!(house.registrations.recover(before).await.unwrap(), 1);
}
