//! An order that a process left behind while it worked on it comes to an end at the next start.

use hf_ca::registration::{RegistrationSettings, Registrations};
use hf_ca::request::IssueRequest;
use hf_core::principal::{Channel, Principal};
use hf_core::time::Lifetime;
use hf_proto::acme::order::{CsrDer, Finalize, Order};
use hf_store::faulty::Outage;
use hf_store::record::{AcmeOrderRecord, AcmeOrderStatus};
use hf_x509::csr::UnverifiedCsr;
use serde_json::json;

use super::client::{Client, Key, Placed, csr, first};
use super::house::{House, settings};

/// What stands on record when a process ends after it accepted a signing request.
pub(crate) async fn left_behind(client: &Client<'_>, name: &str) -> (Placed, Vec<u8>) {
    let order = client.ready(&[name]).await;
    let request = csr(&Key::p256().0, &[name]);
    leave(client, &order, &request).await;
    assert_eq!(client.look(&order).await.object["status"], "processing");
    (order, request)
}

/// Put on record that a signing request was accepted, as a process does before it goes on.
async fn leave(client: &Client<'_>, order: &Placed, request: &[u8]) {
    let house = client.house;
    let id = order.url.rsplit('/').next().unwrap();
    let mut record = house.store.order(id).await.unwrap().unwrap();
    let machine: Order = serde_json::from_str(&record.body).unwrap();
    let ids: Vec<String> = machine.terms.authorizations.iter().map(ToString::to_string).collect();
    let authorizations = house.store.authorizations(&ids).await.unwrap();
    let authorizations: Vec<_> =
        authorizations.iter().map(|one| serde_json::from_str(&one.body).unwrap()).collect();
    let begun = machine.finalize(CsrDer::new(request.to_vec()), house.now(), &authorizations).unwrap();
    let Finalize::Begun(begun) = begun else { panic!("it was finalized before") };
    record.body = serde_json::to_string(&begun).unwrap();
    record.status = AcmeOrderStatus::Processing;
    record.updated_at = house.now();
    house.store.update_order(record).await.unwrap();
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

#[tokio::test]
async fn an_order_whose_account_cannot_be_read_stays_under_way() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (order, _) = left_behind(&client, "a.shop.internal").await;
    house.faulty.go_down(Outage::RefusesAccounts);
    assert_eq!(recover(&house).await, 1);
    house.faulty.come_back();
    assert_eq!(client.look(&order).await.object["status"], "processing");
    assert_eq!(recover(&house).await, 1);
    assert_eq!(client.look(&order).await.object["status"], "valid");
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

/// Whose CAA records must be asked for again before a certificate.
async fn house_that_asks() -> House {
    let caa = vec!["ca.shop.internal".parse().unwrap()];
    House::with(RegistrationSettings { caa, ..settings() }, 0).await
}

async fn asked(house: &House, often: usize) {
    while house.looker.asked.lock().unwrap().len() < often {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn some_wait_for_name_servers_at_one_time_and_each_comes_to_its_end() {
    let house = house_that_asks().await;
    let client = Client::new(&house).await;
    let mut orders = Vec::new();
    for number in 0..20 {
        orders.push(left_behind(&client, &format!("n{number}.shop.internal")).await.0);
    }
    let proofs = house.looker.asked.lock().unwrap().len();
    house.clock.advance(Lifetime::from_hours(8));
    let gate = house.looker.hold_records();
    let (found, ()) = tokio::join!(recover(&house), async {
        asked(&house, proofs + 8).await;
        for order in &orders {
            assert_eq!(client.look(order).await.object["status"], "processing", "clients are answered");
        }
        assert_eq!(house.looker.asked.lock().unwrap().len(), proofs + 8, "no more at one time");
        // One that gets its answer makes room for another, whatever the others wait for.
        gate.add_permits(1);
        asked(&house, proofs + 9).await;
        gate.add_permits(100);
    });
    assert_eq!((found, house.looker.asked.lock().unwrap().len()), (20, proofs + 20));
    for order in &orders {
        assert_eq!(client.look(order).await.object["status"], "valid");
    }
}

#[tokio::test]
async fn what_somebody_works_on_is_not_taken_from_them() {
    let house = house_that_asks().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let request = csr(&Key::p256().0, &["a.shop.internal"]);
    house.clock.advance(Lifetime::from_hours(8));
    let gate = house.looker.hold_records();
    let (answer, ()) = tokio::join!(client.finalize(&order, &request), async {
        asked(&house, 2).await;
        leave(&client, &order, &request).await;
        assert_eq!(recover(&house).await, 1, "it is on the list");
        assert_eq!(client.look(&order).await.object["status"], "processing", "but a request works on it");
        gate.add_permits(1);
    });
    assert_eq!(answer.json()["status"], "processing");
    let (first, second) = tokio::join!(recover(&house), async {
        asked(&house, 3).await;
        let second = recover(&house).await;
        gate.add_permits(1);
        second
    });
    assert_eq!((first, second), (1, 1));
    assert_eq!(house.looker.asked.lock().unwrap().len(), 3, "nor does one recovery take it from another");
    assert_eq!(client.look(&order).await.object["status"], "valid");
}
