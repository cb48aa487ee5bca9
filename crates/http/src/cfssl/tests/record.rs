//! Our own record behind the endpoints of CFSSL's database: what was signed is found, revoked and listed without one.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::ocsp::{CertStatus, OcspResponse};
use serde_json::{Value, json};

use super::house::{House, Wish, csr, wanted};

/// Serial number and authority key identifier of a certificate, as `certinfo` tells them.
async fn signed(house: &House) -> (String, String) {
    let told = house.post("sign", wanted("", "", &csr(&["db.internal"]))).await;
    let info = house.post("certinfo", json!({ "certificate": told.certificate() }).to_string()).await;
    let word = |name: &str| info.body["result"][name].as_str().unwrap().to_owned();
    (word("serial_number"), word("authority_key_id"))
}

/// The list, DER.
async fn list(house: &House) -> Vec<u8> {
    let told = house.ask(Method::GET, "crl", "").await;
    STANDARD.decode(told.body["result"].as_str().unwrap()).unwrap()
}

fn entries(list: &[u8]) -> usize {
    CertificateList::from_der(list).unwrap().entry_count()
}

fn revocation(serial: &str, key_id: &str, reason: &str) -> String {
    json!({ "serial": serial, "authority_key_id": key_id, "reason": reason }).to_string()
}

#[tokio::test]
async fn what_was_signed_is_found_revoked_and_listed() {
    let house = House::new(Wish { enable: "sign,revoke", ..Wish::default() }).await;
    let (serial, key_id) = signed(&house).await;
    let asked = json!({ "serial": serial, "authority_key_id": key_id }).to_string();
    let found = house.post("certinfo", asked).await;
    assert_eq!(found.body["result"]["serial_number"], Value::from(serial.as_str()), "{}", found.body);
    assert!(Certificate::from_pem(found.body["result"]["pem"].as_str().unwrap()).is_ok());

    let before = list(&house).await;
    assert_eq!(entries(&before), 0);
    assert_eq!(list(&house).await, before, "nothing is signed at a stranger's wish");

    let revoked = house.post("revoke", revocation(&serial, &key_id.to_lowercase(), "superseded")).await;
    assert_eq!(revoked.status.as_u16(), 200, "{}", revoked.body);
    assert_eq!(entries(&list(&house).await), 1);
}

#[tokio::test]
async fn what_is_not_on_record_is_not_revoked() {
    let house = House::new(Wish { enable: "sign,revoke", ..Wish::default() }).await;
    let (serial, key_id) = signed(&house).await;
    assert_eq!(house.post("revoke", revocation("1", &key_id, "superseded")).await.code(), 11_200);
    assert_eq!(house.post("revoke", revocation("x", &key_id, "superseded")).await.code(), 11_200);
    let hold = house.post("revoke", revocation(&serial, &key_id, "certificateHold")).await;
    assert_eq!(hold.code(), 5_300, "{}", hold.body);
    let stranger = house.post("revoke", revocation(&serial, "aabb", "superseded")).await;
    assert_eq!(stranger.status.as_u16(), 404, "{}", stranger.body);
    assert_eq!(entries(&list(&house).await), 0);
}

#[tokio::test]
async fn ocsp_says_what_stands_on_record_and_nothing_else() {
    let house = House::new(Wish { enable: "sign,revoke,ocspsign", ..Wish::default() }).await;
    let told = house.post("sign", wanted("", "", &csr(&["db.internal"]))).await;
    let pem = told.certificate().to_owned();
    let info = house.post("certinfo", json!({ "certificate": pem }).to_string()).await;
    let word = |name: &str| info.body["result"][name].as_str().unwrap().to_owned();
    let status = async |request: Value| {
        let told = house.post("ocspsign", request.to_string()).await;
        let base64 = told.body["result"]["ocspResponse"].as_str().ok_or_else(|| told.code())?;
        let response = OcspResponse::from_der(&STANDARD.decode(base64).unwrap()).unwrap();
        Ok::<CertStatus, i64>(response.basic.unwrap().responses[0].status)
    };
    assert_eq!(status(json!({ "certificate": pem })).await, Ok(CertStatus::Good));
    assert_eq!(status(json!({ "certificate": pem, "status": "revoked" })).await, Err(8200));
    assert_eq!(status(json!({ "certificate": pem, "status": "unknown" })).await, Err(8200));
    assert_eq!(status(json!({ "certificate": pem, "issuer_hash": "MD5" })).await, Err(8200));
    assert_eq!(status(json!({ "certificate": "" })).await, Err(8001));
    house.post("revoke", revocation(&word("serial_number"), &word("authority_key_id"), "superseded")).await;
    let revoked = |status| matches!(status, Ok(CertStatus::Revoked { reason: Some(4), .. }));
    assert!(revoked(status(json!({ "certificate": pem })).await));
    assert!(revoked(status(json!({ "certificate": pem, "status": "revoked" })).await));

    let other = House::new(Wish { enable: "sign", ..Wish::default() }).await;
    let foreign = other.post("sign", wanted("", "", &csr(&["db.internal"]))).await.certificate().to_owned();
    let told = house.post("ocspsign", json!({ "certificate": foreign }).to_string()).await;
    assert_ne!(told.status.as_u16(), 200, "{}", told.body);
}

#[tokio::test]
async fn a_signer_answers_nothing_outside_its_networks() {
    let far = Wish { enable: "sign", networks: Some("10.0.0.0/8"), ..Wish::default() };
    let far = House::new(far).await;
    for (endpoint, body) in [("sign", wanted("", "", &csr(&["db.internal"]))), ("info", "{}".to_owned())] {
        let told = far.post(endpoint, body).await;
        assert_eq!((told.status.as_u16(), told.message()), (403, "not authorised"), "{endpoint}");
    }
    assert_eq!(far.ask(Method::GET, "crl", "").await.status.as_u16(), 403);
}
