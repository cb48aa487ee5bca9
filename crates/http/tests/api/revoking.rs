//! Reasons for revocation, and what becomes of a compromised key and of the certificates that share it.

use hf_ca::create::request_for;
use hf_core::name::SanSet;
use hf_core::reason::RevocationReason;
use hf_core::right::Right;
use hf_keys::private_key::PrivateKey;
use hf_proto::api::credential::CredentialRequest;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;
use serde_json::{Value, json};

use crate::house::{Answer, Asker, House, csr, key, place};

async fn revoke(house: &House, asker: &Asker, authority: &str, one: &Certificate, body: Value) -> Answer {
    house.post(asker, &format!("{}/revoke", place(authority, one)), &body).await
}

/// The reason on the list of `services`; `None`: it is not listed.
async fn listed(house: &House, certificate: &Certificate) -> Option<Option<u8>> {
    let answer = house.get(&Asker::nobody(), "/v1/authorities/services/crl").await;
    let list = CertificateList::from_der(answer.body).ok()?;
    list.find(certificate.serial_octets()).map(|entry| entry.reason_code().unwrap())
}

/// RFC 5280 section 5.3.1. `unspecified` is left out of a list, as it asks.
#[tokio::test]
async fn the_reasons_that_are_for_good_are_taken() {
    let house = House::new().await;
    let asker = house.key(&[Right::Revoke]).await;
    for reason in RevocationReason::ALL {
        let (certificate, _) = house.issue("services", &["web.shop.internal"]).await;
        let answer = revoke(&house, &asker, "services", &certificate, json!({ "reason": reason })).await;
        if reason == RevocationReason::CaCompromise {
            assert_eq!((answer.status, answer.code()), (409, "conflict".to_owned()), "it is no authority");
            assert_eq!(listed(&house, &certificate).await, None);
            continue;
        }
        assert_eq!(answer.status, 200, "{reason}: {}", answer.text());
        assert_eq!(answer.json()["certificate"]["reason"], json!(reason));
        let code = (reason != RevocationReason::Unspecified).then(|| reason.code());
        assert_eq!(listed(&house, &certificate).await, Some(code), "{reason}");
    }
}

/// `certificateHold` (6) and `removeFromCRL` (8) would end a revocation; 7 is not used; 10 is for attribute certificates.
#[tokio::test]
async fn no_other_reason_is_taken() {
    let house = House::new().await;
    let (certificate, _) = house.issue("services", &["web.shop.internal"]).await;
    for reason in [
        json!("certificateHold"),
        json!("removeFromCRL"),
        json!("aACompromise"),
        json!("remove-from-crl"),
        json!(""),
        json!(6),
        json!(7),
        json!(8),
        json!(10),
        json!(null),
    ] {
        let answer =
            revoke(&house, &Asker::owner(), "services", &certificate, json!({ "reason": reason })).await;
        assert_eq!((answer.status, answer.code()), (400, "malformed".to_owned()), "{reason}");
    }
    let stored = house.doors.authority.store();
    let stored = stored.find_by_serial("services", &certificate.serial().unwrap()).await.unwrap().unwrap();
    assert!(stored.revocation.is_none());
}

#[tokio::test]
async fn a_compromised_key_is_refused_from_then_on_whatever_it_asks_for() {
    let house = House::new().await;
    let (certificate, key) = house.issue("services", &["web.shop.internal"]).await;
    let body = |authority: &str| {
        json!({
            "csr": csr(&key, &["other.shop.internal"]).to_pem(), "authority": authority, "profile": "peer",
        })
    };
    let before =
        revoke(&house, &Asker::owner(), "services", &certificate, json!({ "reason": "superseded" })).await;
    assert_eq!(before.status, 200);
    assert_eq!(house.post(&Asker::owner(), "/v1/certificates", &body("services")).await.status, 201);
    let raised =
        revoke(&house, &Asker::owner(), "services", &certificate, json!({ "reason": "keyCompromise" })).await;
    assert_eq!(raised.json()["outcome"], "reason-raised", "{}", raised.text());
    for authority in ["services", "guests"] {
        let refused = house.post(&Asker::owner(), "/v1/certificates", &body(authority)).await;
        assert_eq!((refused.status, refused.code()), (422, "refused".to_owned()), "{}", refused.text());
        assert!(refused.text().contains("HF-KEY-BLOCKED"), "{}", refused.text());
    }
    let (other, _) = house.issue("services", &["third.shop.internal"]).await;
    let renewal = json!({
        "csr": csr(&key, &[]).to_pem(), "authority": "services", "serial": other.serial().unwrap().to_string(),
    });
    let refused = house.post(&Asker::owner(), "/v1/certificates/renew", &renewal).await;
    assert!(refused.text().contains("HF-KEY-BLOCKED"), "{}", refused.text());
}

#[tokio::test]
async fn siblings_are_named_and_revoked_when_that_is_wanted() {
    let house = House::new().await;
    let shared = key();
    let first = house.issue_with(&shared, "services", "a.shop.internal").await;
    let second = house.issue_with(&shared, "services", "b.shop.internal").await;
    let third = house.issue_with(&shared, "guests", "c.shop.internal").await;
    // Without a compromised key nothing is looked for.
    let plain = json!({ "reason": "superseded", "siblings": true });
    let answer = revoke(&house, &Asker::owner(), "services", &first, plain).await.json();
    assert_eq!(answer["sibling_certificates"], json!([]), "{answer}");
    let told =
        revoke(&house, &Asker::owner(), "services", &first, json!({ "reason": "keyCompromise" })).await;
    let named = |answer: &Value| {
        let all = answer["sibling_certificates"].as_array().unwrap().iter();
        let mut all: Vec<(String, bool)> = all
            .map(|one| (one["name"].as_str().unwrap().to_owned(), one["revoked"].as_bool().unwrap()))
            .collect();
        all.sort();
        all
    };
    let both = |revoked: bool| {
        [("b.shop.internal".to_owned(), revoked), ("c.shop.internal".to_owned(), revoked)].to_vec()
    };
    assert_eq!(named(&told.json()), both(false));
    assert_eq!(listed(&house, &second).await, None);
    let body = json!({ "reason": "keyCompromise", "siblings": true });
    let done = revoke(&house, &Asker::owner(), "services", &first, body).await;
    assert_eq!(named(&done.json()), both(true), "also where the certificate itself was revoked before");
    assert_eq!(listed(&house, &second).await, Some(Some(1)));
    let path = place("guests", &third);
    assert_eq!(house.get(&Asker::owner(), &path).await.json()["reason"], "keyCompromise");
}

/// The limits of a credential that revokes at `services` names under `a.shop.internal`.
fn team() -> CredentialRequest {
    CredentialRequest {
        rights: vec![Right::Issue, Right::Revoke],
        authorities: Some(vec!["services".to_owned()]),
        names: Some(vec!["a.shop.internal".to_owned()]),
        ..CredentialRequest::default()
    }
}

#[tokio::test]
async fn a_credential_revokes_the_siblings_that_are_its_own() {
    let house = House::new().await;
    let shared = key();
    let first = house.issue_with(&shared, "services", "a.shop.internal").await;
    let second = house.issue_with(&shared, "services", "x.a.shop.internal").await;
    let asker = house.limited_key(team()).await;
    let body = json!({ "reason": "keyCompromise", "siblings": true });
    let done = revoke(&house, &asker, "services", &first, body).await;
    assert_eq!(done.json()["sibling_certificates"][0]["revoked"], true, "{}", done.text());
    let path = place("services", &second);
    assert_eq!(house.get(&Asker::owner(), &path).await.json()["state"], "revoked");
}

/// Signing requests are no secrets: whoever has one of another must not have that other's key blocked.
#[tokio::test]
async fn a_credential_blocks_no_key_of_others() {
    let house = House::new().await;
    let theirs = key();
    let victim = house.issue_with(&theirs, "services", "bank.shop.internal").await;
    let asker = house.limited_key(team()).await;
    // Their signing request, under a name of its own.
    for request in [csr(&theirs, &["bank.shop.internal"]), named(&theirs, "bank.shop.internal")] {
        let wish = json!({
            "csr": request.to_pem(), "names": ["a.shop.internal"], "authority": "services", "profile": "peer",
        });
        let refused = house.post(&asker, "/v1/certificates", &wish).await;
        assert_eq!(refused.code(), "refused", "{}", refused.text());
        assert!(refused.text().contains("HF-POLICY-REQUESTER-NAME"), "{}", refused.text());
    }
    // One that names nobody does come through; but the key is still theirs.
    let wish = json!({
        "csr": csr(&theirs, &[]).to_pem(), "names": ["a.shop.internal"], "authority": "services",
        "profile": "peer",
    });
    let issued = house.post(&asker, "/v1/certificates", &wish).await;
    assert_eq!(issued.status, 201, "{}", issued.text());
    let own = Certificate::from_pem(issued.json()["certificate"].as_str().unwrap()).unwrap();
    for siblings in [false, true] {
        let body = json!({ "reason": "keyCompromise", "siblings": siblings });
        let refused = revoke(&house, &asker, "services", &own, body).await;
        assert_eq!(refused.code(), "forbidden");
        assert!(!refused.text().contains("bank"), "{}", refused.text());
    }
    let plain = revoke(&house, &asker, "services", &own, json!({ "reason": "superseded" })).await;
    assert_eq!(plain.status, 200, "{}", plain.text());
    let again = json!({ "csr": csr(&theirs, &["bank.shop.internal"]).to_pem(), "authority": "services", "profile": "peer" });
    assert_eq!(house.post(&Asker::owner(), "/v1/certificates", &again).await.status, 201);
    // Whoever may revoke them all may say so.
    let all = house.key(&[Right::Revoke]).await;
    let done = revoke(&house, &all, "services", &victim, json!({ "reason": "keyCompromise" })).await;
    assert_eq!(done.status, 200, "{}", done.text());
}

/// A signing request that has its name in the subject alone.
fn named(key: &PrivateKey, name: &str) -> VerifiedCsr {
    request_for(&DistinguishedName::common(name), &SanSet::new(), key).unwrap()
}
