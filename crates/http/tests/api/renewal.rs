use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
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

async fn revoke(house: &House, authority: &str, certificate: &Certificate) {
    let request = RevokeRequest {
        principal: operator(),
        channel: Channel::CommandLine,
        target: RevokeTarget::Serial {
            authority: authority.to_owned(),
            serial: certificate.serial().unwrap(),
        },
        reason: RevocationReason::Superseded,
    };
    house.doors.authority.revoke(request).await.unwrap();
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
    revoke(&house, "services", &revoked).await;
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
