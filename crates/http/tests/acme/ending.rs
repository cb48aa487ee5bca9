//! How things end: revocation, renewal, authorizations that are given up, proofs before an order.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use hf_ca::registration::operator;
use hf_core::reason::RevocationReason;
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::acme::ari::CertId;
use hf_store::record::RenewalScope;
use hf_x509::certificate::Certificate;
use serde_json::{Value, json};

use crate::finalizing::{csr, finalize, key, names, ready};
use crate::founding::origin;
use crate::house::House;
use crate::raw::{Answer, Signer, send, url};

/// A certificate for these names, with its key.
async fn issued(house: &House, signer: &Signer, list: &[&str]) -> (Certificate, PrivateKey) {
    let (order, key) = (ready(house, signer, &names(list)).await, key());
    let done = finalize(house, signer, &order, &csr(&key, "", list)).await.json();
    let pem = signer.get(house, done["certificate"].as_str().unwrap()).await;
    let chain = Certificate::many_from_pem(std::str::from_utf8(&pem.body).unwrap()).unwrap();
    (chain.into_iter().next().unwrap(), key)
}

async fn revoke(house: &House, signer: &Signer, certificate: &Certificate, reason: Option<u8>) -> Answer {
    let mut payload = json!({"certificate": B64.encode(certificate.der())});
    if let Some(reason) = reason {
        payload["reason"] = json!(reason);
    }
    signer.post(house, &url("revoke-cert"), &payload).await
}

async fn reason(house: &House, certificate: &Certificate) -> Option<RevocationReason> {
    let stored = house.store().find_by_serial("services", &certificate.serial().unwrap()).await.unwrap();
    stored.unwrap().revocation.map(|revocation| revocation.reason)
}

#[tokio::test]
async fn a_certificate_is_revoked_by_who_ordered_it_has_its_names_or_its_key() {
    let house = House::new().await;
    let (owner, stranger) = (Signer::registered(&house).await, Signer::registered(&house).await);

    let (first, _) = issued(&house, &owner, &["a.shop.internal"]).await;
    assert_eq!(revoke(&house, &stranger, &first, None).await.problem(), (403, "unauthorized".to_owned()));
    assert_eq!(
        revoke(&house, &owner, &first, Some(6)).await.problem(),
        (400, "badRevocationReason".to_owned())
    );
    assert_eq!(reason(&house, &first).await, None);
    let done = revoke(&house, &owner, &first, Some(4)).await;
    assert_eq!((done.status, done.body.len()), (200, 0));
    assert_eq!(reason(&house, &first).await, Some(RevocationReason::Superseded));
    assert_eq!(revoke(&house, &owner, &first, Some(4)).await.problem(), (400, "alreadyRevoked".to_owned()));

    let (second, _) = issued(&house, &owner, &["b.shop.internal", "c.shop.internal"]).await;
    ready(&house, &stranger, &names(&["b.shop.internal"])).await;
    assert_eq!(revoke(&house, &stranger, &second, None).await.problem().0, 403, "one name is not enough");
    ready(&house, &stranger, &names(&["c.shop.internal"])).await;
    assert_eq!(revoke(&house, &stranger, &second, Some(1)).await.status, 200);
    assert_eq!(reason(&house, &second).await, Some(RevocationReason::CessationOfOperation));

    let (third, private) = issued(&house, &owner, &["d.shop.internal"]).await;
    assert_eq!(revoke(&house, &Signer::new(), &third, None).await.problem().0, 403, "another key");
    let spki = private.public_key().spki_sha256();
    let holder = Signer { key: private, kid: None };
    assert_eq!(revoke(&house, &holder, &third, None).await.status, 200);
    assert_eq!(reason(&house, &third).await, Some(RevocationReason::KeyCompromise));
    assert!(house.store().is_blocked(spki).await.unwrap());
    let again = holder.post(&house, &url("new-account"), &json!({})).await;
    assert_eq!(again.problem(), (400, "badPublicKey".to_owned()), "a blocked key makes no account");
}

#[tokio::test]
async fn only_certificates_of_the_authority_are_revoked() {
    let house = House::new().await;
    let owner = Signer::registered(&house).await;
    let root = house.authority.issuers().get("services").unwrap().certificate().unwrap().clone();
    assert_eq!(revoke(&house, &owner, &root, None).await.problem(), (404, "malformed".to_owned()));
    let (mine, _) = issued(&house, &owner, &["a.shop.internal"]).await;
    let mut forged = mine.der().to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let payload = json!({"certificate": B64.encode(forged)});
    assert_eq!(owner.post(&house, &url("revoke-cert"), &payload).await.problem().0, 404);
    assert_eq!(reason(&house, &mine).await, None);
}

fn id(certificate: &Certificate) -> String {
    let authority = certificate.authority_key_identifier().unwrap().unwrap().key_identifier.unwrap();
    CertId::new(authority.as_bytes().to_vec(), certificate.serial().unwrap()).to_string()
}

async fn window(house: &House, certificate: &Certificate) -> (Timestamp, Timestamp) {
    let target = url(&format!("renewal-info/{}", id(certificate)));
    let answer = send(house, "GET", &target, &[], "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("replay-nonce").is_empty(), "never on GET");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 60);
    let window = &answer.json()["suggestedWindow"];
    let time = |end: &str| window[end].as_str().unwrap().parse().unwrap();
    (time("start"), time("end"))
}

#[tokio::test]
async fn the_time_of_renewal_follows_the_validity_the_operator_and_revocation() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let (certificate, _) = issued(&house, &signer, &["a.shop.internal"]).await;
    let (start, end) = window(&house, &certificate).await;
    let validity = certificate.validity().unwrap();
    assert!(start < end && start > validity.not_before() && end < validity.not_after());
    let friday = house.now().plus(Lifetime::from_days(3));
    let (by, store) = (origin(house.now()), house.store());
    operator::renew_until("services", RenewalScope::All, friday, store, &by).await.unwrap();
    let (sooner, until) = window(&house, &certificate).await;
    assert!(sooner <= house.now() && until == friday);
    house.clock.advance(Lifetime::from_seconds(2));
    let (renewed, _) = issued(&house, &signer, &["b.shop.internal"]).await;
    assert!(window(&house, &renewed).await.1 > friday, "what is issued from now on is not meant");
    operator::clear_renewal("services", &RenewalScope::All, store, &by).await.unwrap();
    assert_eq!(window(&house, &certificate).await, (start, end));
    revoke(&house, &signer, &certificate, None).await;
    assert!(window(&house, &certificate).await.1 < house.now());
    let elsewhere = url(&format!("renewal-info/{}", id(&certificate))).replace("services", "guests");
    assert_eq!(send(&house, "GET", &elsewhere, &[], "").await.problem().0, 404);
}

fn replacing(list: &[&str], certificate: &Certificate) -> Value {
    let mut order = names(list);
    order["replaces"] = json!(id(certificate));
    order
}

#[tokio::test]
async fn a_certificate_is_replaced_once_by_its_account() {
    let mut terms = crate::house::settings();
    terms.limits.orders_per_hour = 1;
    let house = House::with(terms).await;
    let signer = Signer::registered(&house).await;
    let (certificate, _) = issued(&house, &signer, &["a.shop.internal"]).await;
    let order = replacing(&["a.shop.internal"], &certificate);
    let stranger = Signer::registered(&house).await;
    assert_eq!(
        stranger.post(&house, &url("new-order"), &order).await.problem(),
        (400, "malformed".to_owned())
    );
    let elsewhere = replacing(&["b.shop.internal"], &certificate);
    assert_eq!(signer.post(&house, &url("new-order"), &elsewhere).await.problem().0, 400);
    let placed = signer.post(&house, &url("new-order"), &order).await;
    assert_eq!(
        (placed.status, &placed.json()["replaces"]),
        (201, &order["replaces"]),
        "no limit for renewals"
    );
    let second = signer.post(&house, &url("new-order"), &order).await;
    assert_eq!(second.problem(), (409, "alreadyReplaced".to_owned()));
    house.clock.advance(Lifetime::from_days(2));
    let third = signer.post(&house, &url("new-order"), &order).await;
    assert_eq!(third.status, 201, "the order that was in the way is over: {}", third.json());
    let authorization = third.json()["authorizations"][0].as_str().unwrap().to_owned();
    let given_up = signer.post(&house, &authorization, &json!({"status": "deactivated"})).await;
    assert_eq!((given_up.status, &given_up.json()["status"]), (200, &json!("deactivated")));
    assert_eq!(signer.get(&house, third.header("location")).await.json()["status"], "invalid");
    let fourth = signer.post(&house, &url("new-order"), &order).await;
    assert_eq!(fourth.status, 201, "nothing will come of the third: {}", fourth.json());
}

#[tokio::test]
async fn a_name_can_be_proven_before_it_is_ordered() {
    let house = House::new().await;
    let signer = Signer::registered(&house).await;
    let ahead = json!({"identifier": {"type": "dns", "value": "a.shop.internal"}});
    let made = signer.post(&house, &url("new-authz"), &ahead).await;
    assert_eq!((made.status, &made.json()["status"]), (201, &json!("pending")));
    let challenge = made.json()["challenges"][0]["url"].as_str().unwrap().to_owned();
    let started = signer.post(&house, &challenge, &json!({})).await;
    assert_eq!(started.json()["status"], "processing");
    assert!(
        started.headers.get_all("link").iter().any(|link| link.to_str().unwrap().ends_with("rel=\"up\""))
    );
    signer.post(&house, &challenge, &json!({})).await;
    house.work().await;
    assert_eq!(house.looks(), 1, "a challenge that was started twice is looked at once");
    let proven = signer.get(&house, made.header("location")).await.json();
    assert_eq!(
        (proven["status"].as_str(), proven["challenges"].as_array().unwrap().len()),
        (Some("valid"), 1)
    );
    let placed = signer.post(&house, &url("new-order"), &names(&["a.shop.internal"])).await;
    assert_eq!(placed.json()["status"], "ready");
    let wildcard = json!({"identifier": {"type": "dns", "value": "*.a.shop.internal"}});
    let refused = signer.post(&house, &url("new-authz"), &wildcard).await;
    // Whatever a profile says of wildcards: RFC 8555 section 7.4.1 knows none here.
    assert_eq!(refused.problem(), (400, "malformed".to_owned()));
    for (kind, value, expected) in [
        ("dns", "a.example", "rejectedIdentifier"),
        ("dns", "a_b.shop.internal", "malformed"),
        ("ip", "192.0.2.1", "rejectedIdentifier"),
        ("email", "ops@shop.internal", "unsupportedIdentifier"),
    ] {
        let order = json!({"identifiers": [{"type": kind, "value": value}]});
        let refused = signer.post(&house, &url("new-order"), &order).await;
        assert_eq!(refused.problem().1, expected, "{kind} {value}");
        assert_eq!(refused.json()["subproblems"][0]["identifier"]["value"], value);
    }
}
