use hf_ca::request::IssueRequest;
use hf_core::principal::Channel;
use hf_core::right::Right;
use hf_core::time::Lifetime;
use hf_proto::api::credential::CredentialRequest;
use hf_x509::certificate::Certificate;
use serde_json::{Value, json};

use crate::founding::operator;
use crate::house::{Asker, House, csr, key, place, wish};

/// A scheme reads the same in upper case (RFC 3986 section 3.1): a SPIFFE ID is none of the URIs of a host.
#[tokio::test]
async fn a_spiffe_id_does_not_pass_for_another_uri() {
    let house = House::new().await;
    let asker = house
        .limited_key(CredentialRequest {
            rights: vec![Right::Issue],
            names: Some(vec!["uri:shop.internal".to_owned()]),
            ..CredentialRequest::default()
        })
        .await;
    let ask = async |name: &str| {
        let wish = json!({
            "csr": csr(&key(), &[]).to_pem(), "names": [name], "authority": "services", "profile": "peer",
        });
        house.post(&asker, "/v1/certificates", &wish).await
    };
    assert_eq!(ask("https://shop.internal/pay").await.status, 201);
    assert_eq!(ask("spiffe://shop.internal/pay").await.code(), "refused");
    for name in
        ["SPIFFE://shop.internal/pay", "uri:Spiffe://shop.internal/pay", "SPIFFE://shop.internal/a/../b"]
    {
        assert_eq!(ask(name).await.code(), "malformed", "{name}");
    }
}

#[tokio::test]
async fn from_a_request_to_a_revoked_certificate() {
    let house = House::new().await;
    let asker = house.key(&[Right::Issue, Right::Read, Right::Revoke]).await;
    let made = house.post(&asker, "/v1/certificates", &wish(&["web.shop.internal"])).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let certificate = Certificate::from_pem(made.json()["certificate"].as_str().unwrap()).unwrap();
    let path = place("services", &certificate);
    assert_eq!(made.headers["location"], path);
    assert_eq!(house.get(&asker, &path).await.json()["state"], "valid");
    let listed = house.get(&asker, "/v1/certificates?name=web.shop.internal&limit=1").await.json();
    assert_eq!(listed["certificates"][0]["serial"], made.json()["serial"]);
    let revoked = house.post(&asker, &format!("{path}/revoke"), &json!({ "reason": "superseded" })).await;
    assert_eq!((revoked.status, &revoked.json()["outcome"]), (200, &json!("revoked")));
    assert_eq!(house.get(&asker, &path).await.json()["reason"], "superseded");
    let again = house.post(&asker, &format!("{path}/revoke"), &json!({})).await;
    assert_eq!(again.json()["outcome"], "already-revoked");
    let crl = house.get(&Asker::nobody(), "/v1/authorities/services/crl").await;
    let crl = hf_x509::crl::CertificateList::from_der(crl.body).unwrap();
    assert!(crl.find(certificate.serial_octets()).is_some());
}

/// It has a serial number that can be revoked, so it is listed; nobody accepts it, so it is called what it is.
#[tokio::test]
async fn a_precertificate_is_listed_as_what_it_is() {
    let house = House::new().await;
    let asker = house.key(&[Right::Issue, Right::Read]).await;
    let made = house.post(&asker, "/v1/certificates", &wish(&["web.shop.internal"])).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let csr = csr(&key(), &["pre.shop.internal"]);
    let alone = IssueRequest {
        precertificate: true,
        ..IssueRequest::new(operator(), Channel::Api, "services", "peer", csr)
    };
    let serial = house.doors.authority.issue(alone).await.unwrap().certificate.serial().unwrap();
    let listed = house.get(&asker, "/v1/certificates?authority=services").await.json();
    let listed = listed["certificates"].as_array().unwrap();
    let marks: Vec<(&Value, &Value)> =
        listed.iter().map(|one| (&one["names"][0], &one["precertificate"])).collect();
    assert_eq!(
        marks,
        [(&json!("pre.shop.internal"), &json!(true)), (&json!("web.shop.internal"), &Value::Null)]
    );
    let one = house.get(&asker, &format!("/v1/certificates/services/{serial}")).await.json();
    assert_eq!((&one["precertificate"], &one["state"]), (&json!(true), &json!("valid")));
}

#[tokio::test]
async fn a_repetition_gets_what_exists_and_only_its_own() {
    let house = House::new().await;
    let asker = house.key(&[Right::Issue]).await.with("idempotency-key", "build 77");
    let body = wish(&["web.shop.internal"]);
    let first = house.post(&asker, "/v1/certificates", &body).await;
    let second = house.post(&asker, "/v1/certificates", &body).await;
    assert_eq!((first.status, second.status), (201, 200));
    assert_eq!(first.json()["serial"], second.json()["serial"]);
    let other_key = house.post(&asker, "/v1/certificates", &wish(&["web.shop.internal"])).await;
    assert_eq!((other_key.status, other_key.code()), (409, "conflict".to_owned()));
    let somebody_else = house.key(&[Right::Issue]).await.with("idempotency-key", "build 77");
    assert_eq!(house.post(&somebody_else, "/v1/certificates", &body).await.status, 201);
    let two = asker.clone().with("idempotency-key", "x");
    assert_eq!(house.post(&two, "/v1/certificates", &body).await.code(), "malformed");
}

#[tokio::test]
async fn limits_of_a_credential_hold() {
    let house = House::new().await;
    let asker = house
        .limited_key(CredentialRequest {
            rights: vec![Right::Issue, Right::Revoke, Right::Renew],
            names: Some(vec!["team.shop.internal".to_owned()]),
            authorities: Some(vec!["services".to_owned()]),
            max_lifetime: Some(Lifetime::from_days(2)),
            ..CredentialRequest::default()
        })
        .await;
    let ask = async |names: &[&str], change: Value| {
        let mut body = wish(names);
        for (member, value) in change.as_object().unwrap() {
            body[member] = value.clone();
        }
        house.post(&asker, "/v1/certificates", &body).await
    };
    let good = json!({ "lifetime": "1d" });
    assert_eq!(ask(&["a.team.shop.internal"], good.clone()).await.status, 201);
    for outside in [
        &["b.shop.internal"][..],
        &["a.team.shop.internal", "b.shop.internal"],
        &["*.shop.internal"],
        &["10.0.0.1"],
        &["xteam.shop.internal"],
    ] {
        assert_eq!(ask(outside, good.clone()).await.code(), "refused", "{outside:?}");
    }
    assert_eq!(ask(&["a.team.shop.internal"], json!({ "lifetime": "30d" })).await.code(), "refused");
    let elsewhere = json!({ "lifetime": "1d", "authority": "guests" });
    assert_eq!(ask(&["a.team.shop.internal"], elsewhere).await.code(), "forbidden");
    let (theirs, _) = house.issue("services", &["b.shop.internal"]).await;
    let path = format!("{}/revoke", place("services", &theirs));
    assert_eq!(house.post(&asker, &path, &json!({})).await.code(), "forbidden");
    let renewal = json!({
        "csr": csr(&key(), &[]).to_pem(), "authority": "services", "serial": theirs.serial().unwrap().to_string(),
    });
    assert_eq!(house.post(&asker, "/v1/certificates/renew", &renewal).await.code(), "forbidden");
}

#[tokio::test]
async fn no_authority_is_made_through_this_door() {
    let house = House::new().await;
    let mut body = wish(&["ca.shop.internal"]);
    for profile in ["root", "intermediate"] {
        body["profile"] = json!(profile);
        let answer = house.post(&Asker::owner(), "/v1/certificates", &body).await;
        assert_eq!(answer.code(), "forbidden", "{profile}");
    }
    body["profile"] = json!("nobody");
    assert_eq!(house.post(&Asker::owner(), "/v1/certificates", &body).await.code(), "not-found");
}

#[tokio::test]
async fn several_authorities_must_be_told_apart() {
    let house = House::new().await;
    let mut body = wish(&["web.shop.internal"]);
    body.as_object_mut().unwrap().remove("authority");
    assert_eq!(house.post(&Asker::owner(), "/v1/certificates", &body).await.code(), "malformed");
}

#[tokio::test]
async fn what_is_public_and_what_is_listed() {
    let house = House::new().await;
    let chain = house.get(&Asker::nobody(), "/v1/authorities/services/chain").await;
    assert_eq!(Certificate::many_from_pem(&chain.text()).unwrap().len(), 2);
    let owner = Asker::owner();
    assert_eq!(house.get(&owner, "/v1/authorities").await.json()["authorities"].as_array().unwrap().len(), 3);
    assert!(house.get(&owner, "/v1/profiles").await.text().contains("\"peer\""));
    let audit = house.get(&owner, "/v1/audit?limit=2").await.json();
    assert_eq!((audit["rows"].as_array().unwrap().len(), &audit["next"]), (2, &json!(2)));
    let described = house.get(&Asker::nobody(), "/v1/openapi.json").await.json();
    assert!(described["paths"]["/v1/certificates"]["post"].is_object());
}
