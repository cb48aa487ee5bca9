use hf_ca::request::IssueRequest;
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::right::Right;
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::api::credential::CredentialRequest;
use hf_proto::api::renew::{RenewalProof, Signed, signed_text};
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;
use hf_x509::digest::sha256;
use hf_x509::renewal::to_be_signed;
use serde_json::{Value, json};

use crate::founding::operator;
use crate::house::{Asker, House, csr, key};

const RENEW: &str = "/v1/certificates/renew";

/// A request with a proof by `signer`.
pub(crate) fn proven(
    house: &House,
    old: &Certificate,
    signer: &PrivateKey,
    csr: &VerifiedCsr,
    nonce: &str,
) -> Value {
    let time = house.now();
    let text = signed_text(&Signed {
        certificate_sha256: &old.sha256(),
        csr_sha256: &sha256(csr.der()),
        keep_key: false,
        lifetime: None,
        time,
        nonce,
    });
    let signature = signer.sign(&to_be_signed(&text, signer.signature_algorithm()).unwrap()).unwrap();
    let proof = RenewalProof::new(old.to_pem(), time, nonce.to_owned(), signature.as_bytes());
    json!({ "csr": csr.to_pem(), "proof": proof })
}

#[tokio::test]
async fn the_holder_renews_by_mutual_tls() {
    let house = House::new().await;
    let (old, old_key) = house.issue("services", &["web.shop.internal"]).await;
    let asker = Asker::certificate(&old);
    let renewed = house.post(&asker, RENEW, &json!({ "csr": csr(&key(), &[]).to_pem() })).await;
    assert_eq!(renewed.status, 201, "{}", renewed.text());
    assert_eq!(renewed.json()["names"], json!(["web.shop.internal"]));
    let other = json!({ "csr": csr(&key(), &["other.shop.internal"]).to_pem() });
    assert_eq!(house.post(&asker, RENEW, &other).await.code(), "conflict");
    let same_key = json!({ "csr": csr(&old_key, &[]).to_pem() });
    assert_eq!(house.post(&asker, RENEW, &same_key).await.code(), "conflict");
    let kept = json!({ "csr": csr(&old_key, &[]).to_pem(), "keep_key": true });
    assert_eq!(house.post(&asker, RENEW, &kept).await.status, 201);
    let (another, _) = house.issue("services", &["another.shop.internal"]).await;
    let theirs = json!({
        "csr": csr(&key(), &[]).to_pem(), "authority": "services", "serial": another.serial().unwrap().to_string(),
    });
    assert_eq!(house.post(&asker, RENEW, &theirs).await.code(), "forbidden");
}

#[tokio::test]
async fn what_is_revoked_expired_or_foreign_proves_nothing() {
    let house = House::new().await;
    let body = json!({ "csr": csr(&key(), &[]).to_pem() });
    let (revoked, revoked_key) = house.issue("services", &["web.shop.internal"]).await;
    house.revoke(&revoked, RevocationReason::Superseded).await;
    assert_eq!(house.post(&Asker::certificate(&revoked), RENEW, &body).await.code(), "bad-credential");
    let csr_ = csr(&key(), &[]);
    let signed = proven(&house, &revoked, &revoked_key, &csr_, "0123456789abcdef");
    assert_eq!(house.post(&Asker::nobody(), RENEW, &signed).await.code(), "bad-proof");
    // The same names from another house: the same authority by name, other keys.
    let elsewhere = House::new().await;
    let (foreign, foreign_key) = elsewhere.issue("services", &["web.shop.internal"]).await;
    assert_eq!(house.post(&Asker::certificate(&foreign), RENEW, &body).await.code(), "bad-credential");
    let signed = proven(&house, &foreign, &foreign_key, &csr_, "0123456789abcdeg");
    assert_eq!(house.post(&Asker::nobody(), RENEW, &signed).await.code(), "bad-proof");
    let (expired, expired_key) = house.issue("services", &["old.shop.internal"]).await;
    house.clock.set(expired.not_after().plus(Lifetime::from_seconds(1)));
    assert_eq!(house.post(&Asker::certificate(&expired), RENEW, &body).await.code(), "bad-credential");
    let signed = proven(&house, &expired, &expired_key, &csr_, "0123456789abcdeh");
    assert_eq!(house.post(&Asker::nobody(), RENEW, &signed).await.code(), "bad-proof");
}

#[tokio::test]
async fn the_holder_renews_by_a_signature_behind_a_terminator() {
    let house = House::new().await;
    let (old, old_key) = house.issue("services", &["web.shop.internal"]).await;
    let csr_ = csr(&key(), &[]);
    let good = proven(&house, &old, &old_key, &csr_, "0123456789abcdef");
    // A header in which a proxy states a certificate counts for nothing.
    let stated = Asker::nobody().with("x-forwarded-client-cert", format!("Cert=\"{}\"", "x"));
    assert_eq!(house.post(&stated, RENEW, &json!({ "csr": csr_.to_pem() })).await.code(), "unauthenticated");
    let answer = house.post(&Asker::nobody(), RENEW, &good).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(house.post(&Asker::nobody(), RENEW, &good).await.code(), "bad-proof", "a replay");
}

#[tokio::test]
async fn a_signature_covers_all_that_decides() {
    let house = House::new().await;
    let (old, old_key) = house.issue("services", &["web.shop.internal"]).await;
    let csr_ = csr(&key(), &[]);
    let good = || proven(&house, &old, &old_key, &csr_, "0123456789abcdef");
    let mut attacks = Vec::new();
    let mut change = |what: &dyn Fn(&mut Value)| {
        let mut changed = good();
        what(&mut changed);
        attacks.push(changed);
    };
    change(&|body| body["csr"] = json!(csr(&key(), &[]).to_pem()));
    change(&|body| body["keep_key"] = json!(true));
    change(&|body| body["lifetime"] = json!("1d"));
    change(&|body| body["proof"]["nonce"] = json!("0123456789abcdeX"));
    change(&|body| body["proof"]["time"] = json!(house.now().plus(Lifetime::from_seconds(1))));
    change(&|body| body["proof"]["signature"] = json!(""));
    attacks.push(proven(&house, &old, &key(), &csr_, "0123456789abcdef"));
    for attack in attacks {
        assert_eq!(house.post(&Asker::nobody(), RENEW, &attack).await.code(), "bad-proof", "{attack}");
    }
    let late = good();
    house.clock.advance(Lifetime::from_seconds(301));
    assert_eq!(house.post(&Asker::nobody(), RENEW, &late).await.code(), "bad-proof");
    // None of these used the nonce up.
    assert_eq!(house.post(&Asker::nobody(), RENEW, &good()).await.status, 201);
}

/// A request that somebody recorded is good no second time, also when the server forgot that it saw it, and whatever header
/// stands beside it: none of them is signed.
#[tokio::test]
async fn a_replay_is_refused_after_a_restart_too() {
    let mut house = House::new().await;
    let (old, old_key) = house.issue("services", &["web.shop.internal"]).await;
    let body = proven(&house, &old, &old_key, &csr(&key(), &[]), "0123456789abcdef");
    let first = Asker::nobody().with("idempotency-key", "one");
    assert_eq!(house.post(&first, RENEW, &body).await.status, 201);
    house.restart();
    for asker in [first, Asker::nobody(), Asker::nobody().with("idempotency-key", "two")] {
        assert_eq!(house.post(&asker, RENEW, &body).await.code(), "bad-proof");
    }
    let next = proven(&house, &old, &old_key, &csr(&key(), &[]), "0123456789abcdeg");
    assert_eq!(house.post(&Asker::nobody(), RENEW, &next).await.status, 201);
}

/// The limit of a credential is not shaken off by renewing what it had issued.
#[tokio::test]
async fn what_is_renewed_by_its_own_key_lasts_no_longer_than_before() {
    let house = House::new().await;
    let short = house
        .limited_key(CredentialRequest {
            rights: vec![Right::Issue, Right::Renew],
            max_lifetime: Some(Lifetime::from_hours(2)),
            ..CredentialRequest::default()
        })
        .await;
    let old_key = key();
    let wish = json!({
        "csr": csr(&old_key, &["web.shop.internal"]).to_pem(), "authority": "services", "profile": "peer",
    });
    let issued = house.post(&short, "/v1/certificates", &wish).await.json();
    let mut old = Certificate::from_pem(issued["certificate"].as_str().unwrap()).unwrap();
    let two_hours = |certificate: &Certificate| {
        assert_eq!(certificate.validity().unwrap().lifetime(), Lifetime::from_hours(2));
    };
    two_hours(&old);
    let signed = proven(&house, &old, &old_key, &csr(&key(), &[]), "0123456789abcdef");
    let by_signature = house.post(&Asker::nobody(), RENEW, &signed).await.json();
    two_hours(&Certificate::from_pem(by_signature["certificate"].as_str().unwrap()).unwrap());
    for _ in 0..2 {
        let body = json!({ "csr": csr(&key(), &[]).to_pem() });
        let renewed = house.post(&Asker::certificate(&old), RENEW, &body).await.json();
        old = Certificate::from_pem(renewed["certificate"].as_str().unwrap()).unwrap();
        two_hours(&old);
    }
    let longer = json!({ "csr": csr(&key(), &[]).to_pem(), "lifetime": "3h" });
    let refused = house.post(&Asker::certificate(&old), RENEW, &longer).await;
    assert!(refused.text().contains("HF-POLICY-REQUESTER-LIFETIME"), "{}", refused.text());
    // A credential that may have more can ask for it; one that may not, not.
    let serial = old.serial().unwrap().to_string();
    let by_right = json!({ "csr": csr(&key(), &[]).to_pem(), "authority": "services", "serial": serial });
    let renewed = house.post(&short, RENEW, &by_right).await.json();
    two_hours(&Certificate::from_pem(renewed["certificate"].as_str().unwrap()).unwrap());
    let renewed = house.post(&house.key(&[Right::Renew]).await, RENEW, &by_right).await.json();
    let long = Certificate::from_pem(renewed["certificate"].as_str().unwrap()).unwrap();
    assert!(long.validity().unwrap().lifetime() > Lifetime::from_days(1));
}

/// The names of what ACME gave are proven again at each renewal; the key of the old certificate is no proof of them.
#[tokio::test]
async fn what_acme_issued_is_renewed_by_acme() {
    let house = House::new().await;
    let old_key = key();
    let request = IssueRequest {
        dedup_key: Some("acme:0123456789abcdef".to_owned()),
        ..IssueRequest::new(
            operator(),
            Channel::Acme,
            "services",
            "peer",
            csr(&old_key, &["web.shop.internal"]),
        )
    };
    let old = house.doors.authority.issue(request).await.unwrap().certificate;
    let body = json!({ "csr": csr(&key(), &[]).to_pem() });
    let refused = house.post(&Asker::certificate(&old), RENEW, &body).await;
    assert_eq!(refused.code(), "forbidden", "{}", refused.text());
    assert!(refused.text().contains("renew it by ACME"), "{}", refused.text());
    let signed = proven(&house, &old, &old_key, &csr(&key(), &[]), "0123456789abcdef");
    assert_eq!(house.post(&Asker::nobody(), RENEW, &signed).await.code(), "forbidden");
    let by_right = json!({
        "csr": csr(&key(), &[]).to_pem(), "authority": "services", "serial": old.serial().unwrap().to_string(),
    });
    assert_eq!(house.post(&house.key(&[Right::Renew]).await, RENEW, &by_right).await.status, 201);
}

#[tokio::test]
async fn of_many_replays_at_once_one_is_answered() {
    let house = House::new().await;
    let (old, old_key) = house.issue("services", &["web.shop.internal"]).await;
    let body = proven(&house, &old, &old_key, &csr(&key(), &[]), "0123456789abcdef");
    let nobody = Asker::nobody();
    let ask = || house.post(&nobody, RENEW, &body);
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    let issued = [a, b, c, d].iter().filter(|answer| answer.status == 201).count();
    assert_eq!(issued, 1);
}

#[tokio::test]
async fn proofs_cannot_be_mixed() {
    let house = House::new().await;
    let (old, old_key) = house.issue("services", &["web.shop.internal"]).await;
    let mut body = proven(&house, &old, &old_key, &csr(&key(), &[]), "0123456789abcdef");
    body["authority"] = json!("services");
    body["serial"] = json!(old.serial().unwrap().to_string());
    assert_eq!(house.post(&Asker::owner(), RENEW, &body).await.code(), "malformed");
}
