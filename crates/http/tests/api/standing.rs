//! What a certificate still proves when its key, or an authority above it, has fallen.

use hf_ca::create::RootKey;
use hf_ca::reissue::ReissueKey;
use hf_core::reason::RevocationReason;
use hf_core::right::Right;
use hf_http::access::rules::{Allowance, CertificateRule, Rules};
use hf_x509::certificate::Certificate;
use serde_json::{Value, json};

use crate::founding::{new_authority, origin};
use crate::house::{Asker, House, csr, key, wish};
use crate::renewal::proven;

const RENEW: &str = "/v1/certificates/renew";

/// A house where whoever shows `op.shop.internal` of `guests` may issue and read.
async fn house() -> House {
    let rule = CertificateRule {
        name: "op".to_owned(),
        authority: "guests".to_owned(),
        names: vec!["op.shop.internal".parse().unwrap()],
        allowance: Allowance {
            rights: [Right::Issue, Right::Read].into_iter().collect(),
            ..Allowance::default()
        },
    };
    House::with(Rules { certificates: vec![rule], ..Rules::default() }, None).await
}

fn renewal() -> Value {
    json!({ "csr": csr(&key(), &[]).to_pem() })
}

async fn reads(house: &House, certificate: &Certificate) -> bool {
    let answer = house.get(&Asker::certificate(certificate), "/v1/certificates").await;
    if answer.status != 200 {
        assert_eq!(answer.code(), "bad-credential");
    }
    answer.status == 200
}

async fn reissue(house: &House, key: ReissueKey) {
    let new = new_authority("guests", "intermediate");
    house.doors.authority.reissue(new, Some("root"), key, origin(house.now())).await.unwrap();
}

fn own_certificate(house: &House, authority: &str) -> Certificate {
    house.doors.authority.issuers().get(authority).unwrap().certificate().unwrap().clone()
}

/// Two certificates have one key; that it is compromised was said of the other one.
#[tokio::test]
async fn a_blocked_key_proves_nothing_by_whichever_certificate() {
    let house = house().await;
    let shared = key();
    let first = house.issue_with(&shared, "services", "a.shop.internal").await;
    let second = house.issue_with(&shared, "guests", "op.shop.internal").await;
    let signed = |nonce: &str| proven(&house, &second, &shared, &csr(&key(), &[]), nonce);
    assert!(reads(&house, &second).await);
    assert_eq!(house.post(&Asker::nobody(), RENEW, &signed("0123456789abcdef")).await.status, 201);
    house.revoke(&first, RevocationReason::KeyCompromise).await;
    assert!(!reads(&house, &second).await);
    let thief = Asker::certificate(&second);
    assert_eq!(house.post(&thief, RENEW, &renewal()).await.code(), "bad-credential");
    assert_eq!(
        house.post(&thief, "/v1/certificates", &wish(&["x.shop.internal"])).await.code(),
        "bad-credential"
    );
    assert_eq!(house.post(&Asker::nobody(), RENEW, &signed("0123456789abcdeg")).await.code(), "bad-proof");
    // Whoever has the right to renew it needs no proof by the old key.
    let by_right = json!({
        "csr": csr(&key(), &[]).to_pem(), "authority": "guests", "serial": second.serial().unwrap().to_string(),
    });
    assert_eq!(house.post(&Asker::owner(), RENEW, &by_right).await.status, 201);
}

/// RFC 5280 section 6.1.3: a path with a revoked certificate is none.
#[tokio::test]
async fn below_a_revoked_authority_nothing_proves_anything() {
    let mut house = house().await;
    let (certificate, held) = house.issue("guests", &["op.shop.internal"]).await;
    let signed = |house: &House| proven(house, &certificate, &held, &csr(&key(), &[]), "0123456789abcdef");
    assert!(reads(&house, &certificate).await);
    house.revoke(&own_certificate(&house, "guests"), RevocationReason::CaCompromise).await;
    for _ in 0..2 {
        assert!(!reads(&house, &certificate).await);
        let asker = Asker::certificate(&certificate);
        assert_eq!(house.post(&asker, RENEW, &renewal()).await.code(), "bad-credential");
        assert_eq!(
            house.post(&asker, "/v1/certificates", &wish(&["x.shop.internal"])).await.code(),
            "bad-credential"
        );
        let refused = house.post(&Asker::nobody(), RENEW, &signed(&house)).await;
        assert_eq!(refused.code(), "bad-proof");
        house.restart();
    }
    // Nor does it when the authority goes on with another key, under which it was not issued.
    reissue(&house, ReissueKey::New(RootKey::Keep)).await;
    assert!(!reads(&house, &certificate).await);
    let (next, _) = house.issue("guests", &["op.shop.internal"]).await;
    assert!(reads(&house, &next).await);
}

/// What an authority issued stays good when it gets another certificate, or another key, without any being revoked.
#[tokio::test]
async fn below_an_authority_that_was_issued_anew_everything_stands() {
    let house = house().await;
    let (certificate, _) = house.issue("guests", &["op.shop.internal"]).await;
    let before = own_certificate(&house, "guests");
    reissue(&house, ReissueKey::Same).await;
    assert!(reads(&house, &certificate).await);
    house.revoke(&before, RevocationReason::Superseded).await;
    assert!(reads(&house, &certificate).await, "it leads up by the new certificate too");
    let with_old_key = own_certificate(&house, "guests");
    reissue(&house, ReissueKey::New(RootKey::Keep)).await;
    assert!(reads(&house, &certificate).await);
    house.revoke(&with_old_key, RevocationReason::CaCompromise).await;
    assert!(!reads(&house, &certificate).await);
}
