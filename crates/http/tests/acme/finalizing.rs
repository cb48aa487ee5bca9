//! Signing requests: what is accepted for an order, and that there is one certificate whatever happens.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use hf_ca::create::request_for;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_proto::acme::order::{CsrDer, Finalize, Order};
use hf_store::record::{AcmeOrderRecord, AcmeOrderStatus, Swap};
use hf_x509::distinguished_name::DistinguishedName;
use serde_json::{Value, json};

use crate::house::House;
use crate::raw::{Answer, Signer, url};

pub(crate) fn csr(key: &PrivateKey, subject: &str, names: &[&str]) -> Vec<u8> {
    let names: SanSet = names.iter().map(|name| name.parse().unwrap()).collect();
    let subject: DistinguishedName = subject.parse().unwrap();
    request_for(&subject, &names, key).unwrap().der().to_vec()
}

pub(crate) fn key() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap()
}

/// An order whose names are proven.
pub(crate) async fn ready(house: &House, signer: &Signer, order: &Value) -> String {
    let placed = signer.post(house, &url("new-order"), order).await;
    assert_eq!(placed.status, 201, "{}", placed.json());
    for authorization in placed.json()["authorizations"].as_array().unwrap() {
        let found = signer.get(house, authorization.as_str().unwrap()).await.json();
        if found["status"] == "pending" {
            let challenge = found["challenges"][0]["url"].as_str().unwrap();
            assert_eq!(signer.post(house, challenge, &json!({})).await.status, 200);
        }
    }
    house.work().await;
    placed.header("location").to_owned()
}

pub(crate) fn names(names: &[&str]) -> Value {
    let list: Vec<Value> = names.iter().map(|name| json!({"type": "dns", "value": name})).collect();
    json!({ "identifiers": list })
}

pub(crate) async fn finalize(house: &House, signer: &Signer, order: &str, csr: &[u8]) -> Answer {
    signer.post(house, &format!("{order}/finalize"), &json!({"csr": B64.encode(csr)})).await
}

#[tokio::test]
async fn a_request_for_something_else_leaves_the_order_ready() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let order = ready(&house, &signer, &names(&["a.shop.internal", "b.shop.internal"])).await;
    let mut broken = csr(&key(), "", &["a.shop.internal", "b.shop.internal"]);
    *broken.last_mut().unwrap() ^= 1;
    let both = ["a.shop.internal", "b.shop.internal"];
    let p384 = PrivateKey::generate(KeyAlgorithm::EcdsaP384).unwrap();
    for (what, der) in [
        ("no request", vec![1, 2, 3]),
        ("a broken signature", broken),
        ("a name too few", csr(&key(), "", &["a.shop.internal"])),
        ("a name too many", csr(&key(), "", &["a.shop.internal", "b.shop.internal", "c.shop.internal"])),
        ("another name", csr(&key(), "", &["a.shop.internal", "c.shop.internal"])),
        ("another common name", csr(&key(), "CN=c.shop.internal", &both)),
        ("an e-mail address", csr(&key(), "", &["a.shop.internal", "b.shop.internal", "ops@shop.internal"])),
        ("the key of the account", csr(&signer.key, "", &both)),
    ] {
        assert_eq!(
            finalize(&house, &signer, &order, &der).await.problem(),
            (400, "badCSR".to_owned()),
            "{what}"
        );
        assert_eq!(signer.get(&house, &order).await.json()["status"], "ready", "{what}");
    }
    let good = finalize(&house, &signer, &order, &csr(&p384, "CN=A.shop.internal", &both)).await;
    assert_eq!((good.status, &good.json()["status"]), (200, &json!("valid")), "{}", good.json());
    assert_eq!(good.header("location"), order);
}

#[tokio::test]
async fn an_order_that_is_not_ready_is_not_finalized() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let placed = signer.post(&house, &url("new-order"), &names(&["a.shop.internal"])).await;
    let der = csr(&key(), "", &["a.shop.internal"]);
    let early = finalize(&house, &signer, placed.header("location"), &der).await;
    assert_eq!(early.problem(), (403, "orderNotReady".to_owned()));
    let order = ready(&house, &signer, &names(&["b.shop.internal"])).await;
    house.clock.advance(Lifetime::from_days(2));
    let der = csr(&key(), "", &["b.shop.internal"]);
    assert_eq!(finalize(&house, &signer, &order, &der).await.problem().1, "orderNotReady");
}

#[tokio::test]
async fn two_finalizes_at_once_give_one_certificate() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    for round in 0..5 {
        let name = format!("n{round}.shop.internal");
        let order = ready(&house, &signer, &names(&[&name])).await;
        let der = csr(&key(), "", &[&name]);
        let (one, other) =
            tokio::join!(finalize(&house, &signer, &order, &der), finalize(&house, &signer, &order, &der));
        assert_eq!((one.status, other.status), (200, 200));
        assert_eq!(
            finalize(&house, &signer, &order, &der).await.json()["status"],
            "valid",
            "a repetition is answered"
        );
        let another = finalize(&house, &signer, &order, &csr(&key(), "", &[&name])).await;
        assert_eq!(another.problem().1, "orderNotReady");
        let filter = hf_store::list::ListFilter { name: Some(name), ..Default::default() };
        assert_eq!(house.store().list(filter, None, 10).await.unwrap().items.len(), 1);
    }
    let counted = "certificates_issued_total{channel=\"acme\",authority=\"services\",profile=\"peer\"} 5";
    assert!(house.metrics.text().contains(counted), "each once: {}", house.metrics.text());
}

/// An order as a process leaves it that ends between accepting the request and the word of the authority.
async fn left_behind(house: &House, signer: &Signer, name: &str) -> (String, String) {
    let place = ready(house, signer, &names(&[name])).await;
    let id = place.rsplit('/').next().unwrap().to_owned();
    let record = house.store().order(&id).await.unwrap().unwrap();
    let order: Order = serde_json::from_str(&record.body).unwrap();
    let authorizations: Vec<_> = {
        let ids: Vec<String> = order.terms.authorizations.iter().map(ToString::to_string).collect();
        let records = house.store().authorizations(&ids).await.unwrap();
        records.iter().map(|record| serde_json::from_str(&record.body).unwrap()).collect()
    };
    let der = CsrDer::new(csr(&key(), "", &[name]));
    let Finalize::Begun(begun) = order.finalize(der, house.now(), &authorizations).unwrap() else {
        panic!("the order was ready")
    };
    let body = serde_json::to_string(&begun).unwrap();
    let begun = AcmeOrderRecord { status: AcmeOrderStatus::Processing, body, ..record };
    assert!(matches!(house.store().update_order(begun).await.unwrap(), Swap::Done { .. }));
    (place, id)
}

#[tokio::test]
async fn an_order_that_somebody_left_comes_to_an_end_and_to_one_certificate() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let (place, _) = left_behind(&house, &signer, "a.shop.internal").await;
    let waiting = signer.get(&house, &place).await;
    assert_eq!((waiting.json()["status"].as_str(), waiting.header("retry-after")), (Some("processing"), "3"));
    assert_eq!(house.registrations.recover(house.now()).await.unwrap(), 0, "it may still be under way");
    house.clock.advance(Lifetime::from_seconds(1));
    let registrations = Arc::clone(&house.registrations);
    let (one, other) =
        tokio::join!(registrations.recover(house.now()), house.registrations.recover(house.now()));
    assert_eq!((one.unwrap(), other.unwrap()), (1, 1));
    house.registrations.recover(house.now()).await.unwrap();
    let done = signer.get(&house, &place).await.json();
    assert_eq!(done["status"], "valid", "{done}");
    let filter =
        hf_store::list::ListFilter { name: Some("a.shop.internal".to_owned()), ..Default::default() };
    assert_eq!(house.store().list(filter, None, 10).await.unwrap().items.len(), 1);
    let pem = signer.get(&house, done["certificate"].as_str().unwrap()).await;
    assert_eq!(pem.header("content-type"), "application/pem-certificate-chain");
}

#[tokio::test]
async fn the_order_of_a_closed_account_comes_to_nothing() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let (_, id) = left_behind(&house, &signer, "a.shop.internal").await;
    let account = signer.kid.as_ref().unwrap().rsplit('/').next().unwrap();
    let origin = crate::founding::origin(house.now());
    let (_, closed) =
        hf_ca::registration::operator::close_account(account, house.store(), &origin).await.unwrap();
    assert!(closed);
    assert_eq!(signer.get(&house, &url("new-order")).await.problem(), (401, "unauthorized".to_owned()));
    house.clock.advance(Lifetime::from_seconds(1));
    house.registrations.recover(house.now()).await.unwrap();
    assert_eq!(house.store().order(&id).await.unwrap().unwrap().status, AcmeOrderStatus::Invalid);
}

#[tokio::test]
async fn what_was_ordered_of_the_validity_is_given_or_refused() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let end = house.now().plus(Lifetime::from_days(3));
    let mut order = names(&["a.shop.internal"]);
    order["notAfter"] = json!(end.to_string());
    let place = ready(&house, &signer, &order).await;
    finalize(&house, &signer, &place, &csr(&key(), "", &["a.shop.internal"])).await;
    let filter =
        hf_store::list::ListFilter { name: Some("a.shop.internal".to_owned()), ..Default::default() };
    let issued = house.store().list(filter, None, 10).await.unwrap().items;
    assert_eq!(issued[0].validity.not_after(), end);
    order["notAfter"] = json!(house.now().plus(Lifetime::from_days(10_000)).to_string());
    assert_eq!(signer.post(&house, &url("new-order"), &order).await.problem(), (400, "malformed".to_owned()));
}
