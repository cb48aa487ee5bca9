//! Revocation, RFC 8555 section 7.6: three ways, one table of reasons.

use hf_ca::request::IssueRequest;
use hf_core::audit::AuditAction;
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::acme::problem::ProblemType;
use hf_store::audit::hex;
use hf_store::record::{ForeignCertificate, StoredCertificate};
use hf_x509::certificate::Certificate;
use hf_x509::csr::UnverifiedCsr;
use serde_json::{Value, json};

use super::client::{Client, Key, base64url, csr};
use super::finalize::{compressed_certificate, compressed_csr};
use super::house::{Answer, House};
use super::log::Log;
use crate::founding::operator;

fn payload(certificate: &Certificate, reason: Option<i64>) -> Value {
    let mut payload = json!({"certificate":base64url(certificate.der())});
    if let Some(number) = reason {
        payload["reason"] = json!(number);
    }
    payload
}

async fn by_account(client: &Client<'_>, certificate: &Certificate, reason: Option<i64>) -> Answer {
    client.post(&client.url("revoke-cert"), &payload(certificate, reason)).await
}

async fn by_key(
    client: &Client<'_>,
    key: PrivateKey,
    certificate: &Certificate,
    reason: Option<i64>,
) -> Answer {
    let (url, key) = (client.url("revoke-cert"), Key(key));
    let header = json!({"alg":key.alg(),"jwk":key.jwk(),"url":url,"nonce":client.nonce().await});
    client.send(&url, &key.jws(&header, &payload(certificate, reason).to_string())).await
}

async fn stored(house: &House, serial: &Serial) -> StoredCertificate {
    house.store.find_by_serial("services", serial).await.unwrap().unwrap()
}

async fn recorded(house: &House, certificate: &Certificate) -> Option<RevocationReason> {
    let found = stored(house, &certificate.serial().unwrap()).await;
    found.revocation.map(|revocation| revocation.reason)
}

fn done(answer: &Answer) {
    assert_eq!((answer.status, answer.body.len()), (200, 0), "{}", answer.text());
    assert!(answer.headers.contains_key("replay-nonce"));
}

#[tokio::test]
async fn the_account_that_ordered_gives_the_reason() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    for (number, reason) in [
        (None, RevocationReason::Unspecified),
        (Some(0), RevocationReason::Unspecified),
        (Some(1), RevocationReason::KeyCompromise),
        (Some(3), RevocationReason::AffiliationChanged),
        (Some(4), RevocationReason::Superseded),
        (Some(5), RevocationReason::CessationOfOperation),
        (Some(9), RevocationReason::PrivilegeWithdrawn),
    ] {
        let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
        done(&by_account(&client, &certificate, number).await);
        assert_eq!(recorded(&house, &certificate).await, Some(reason), "{number:?}");
    }
}

#[tokio::test]
async fn a_reason_that_is_not_the_subscribers_is_refused_with_those_that_are() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, key, _) = client.certificate(&["a.shop.internal"]).await;
    for number in [-1, 2, 6, 7, 8, 10, 255, i64::MAX] {
        let problem = by_account(&client, &certificate, Some(number)).await.problem();
        assert_eq!((problem.kind, problem.status), (ProblemType::BadRevocationReason, 400), "{number}");
        assert!(problem.detail.contains("keyCompromise") && problem.detail.contains('9'));
    }
    let answer = by_key(&client, key, &certificate, Some(2)).await;
    assert_eq!(answer.refused().0, ProblemType::BadRevocationReason);
    assert_eq!(recorded(&house, &certificate).await, None);
}

#[tokio::test]
async fn an_account_that_has_all_names_revokes_because_the_service_ended() {
    let house = House::new().await;
    let (owner, heir) = (Client::new(&house).await, Client::new(&house).await);
    let (certificate, _, _) = owner.certificate(&["a.shop.internal", "b.shop.internal"]).await;
    let unauthorized = (ProblemType::Unauthorized, 403);
    assert_eq!(by_account(&heir, &certificate, None).await.refused(), unauthorized);
    heir.ready(&["a.shop.internal"]).await;
    assert_eq!(by_account(&heir, &certificate, None).await.refused(), unauthorized, "one name is not all");
    heir.ready(&["b.shop.internal"]).await;
    done(&by_account(&heir, &certificate, Some(1)).await);
    assert_eq!(recorded(&house, &certificate).await, Some(RevocationReason::CessationOfOperation));
}

#[tokio::test]
async fn whoever_has_the_key_says_that_it_is_compromised_and_it_is_blocked() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let key = PrivateKey::generate(hf_core::algorithm::KeyAlgorithm::EcdsaP256).unwrap();
    let copy = PrivateKey::from_der(key.pkcs8_der().expose(), None).unwrap();
    let issued = client.finalize(&order, &csr(&key, &["a.shop.internal"])).await.json();
    let certificate = super::client::first(&client.read(issued["certificate"].as_str().unwrap()).await);
    let stranger = PrivateKey::generate(hf_core::algorithm::KeyAlgorithm::EcdsaP256).unwrap();
    let answer = by_key(&client, stranger, &certificate, None).await;
    assert_eq!(answer.refused(), (ProblemType::Unauthorized, 403));
    done(&by_key(&client, key, &certificate, Some(4)).await);
    assert_eq!(recorded(&house, &certificate).await, Some(RevocationReason::KeyCompromise));
    let order = client.ready(&["b.shop.internal"]).await;
    let answer = client.finalize(&order, &csr(&copy, &["b.shop.internal"])).await;
    assert_eq!(answer.refused(), (ProblemType::BadCsr, 400), "the key gets no other certificate");
    let account = Client::of(&house, "services", Key(copy));
    assert_eq!(
        account.new_account(&json!({})).await.refused().0,
        ProblemType::BadPublicKey,
        "nor an account"
    );
}

/// A certificate of another program, whose key is written as a compressed point: on record since it was taken over.
async fn taken_over(house: &House, key: &PrivateKey, name: &str) -> Certificate {
    let certificate = Certificate::from_der(&compressed_certificate(key, name)).unwrap();
    assert!(certificate.public_key().is_compressed() && certificate.public_key() != key.public_key());
    let foreign = ForeignCertificate {
        authority: "services".to_owned(),
        serial: certificate.serial().unwrap(),
        certificate: certificate.der().to_vec(),
        profile: "imported".to_owned(),
        subject: certificate.subject().to_string(),
        names: certificate.san_set().unwrap(),
        validity: certificate.validity().unwrap(),
        spki_sha256: certificate.public_key().spki_sha256(),
        issued_at: house.now(),
        revocation: None,
    };
    let event = house.origin().event(AuditAction::CertificateImported {
        authority: "services".to_owned(),
        serial: certificate.serial().unwrap(),
        certificate_sha256: hex(&certificate.sha256()),
    });
    house.store.import_certificate(foreign, event).await.unwrap();
    certificate
}

#[tokio::test]
async fn a_key_is_known_in_whichever_form_the_certificate_writes_its_point() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let key = PrivateKey::generate(hf_core::algorithm::KeyAlgorithm::EcdsaP256).unwrap();
    let certificate = taken_over(&house, &key, "a.shop.internal").await;
    let stranger = PrivateKey::generate(hf_core::algorithm::KeyAlgorithm::EcdsaP256).unwrap();
    let answer = by_key(&client, stranger, &certificate, None).await;
    assert_eq!(answer.refused(), (ProblemType::Unauthorized, 403));
    let copy = PrivateKey::from_der(key.pkcs8_der().expose(), None).unwrap();
    done(&by_key(&client, copy, &certificate, None).await);
    assert_eq!(recorded(&house, &certificate).await, Some(RevocationReason::KeyCompromise));
    let order = client.ready(&["a.shop.internal"]).await;
    let answer = client.finalize(&order, &csr(&key, &["a.shop.internal"])).await;
    assert_eq!(answer.refused(), (ProblemType::BadCsr, 400), "the key gets no other certificate, in no form");
}

/// By whichever door: blocked in one form, it does not come back in the other.
#[tokio::test]
async fn a_compromised_key_does_not_come_back_as_a_compressed_point() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, key, _) = client.certificate(&["a.shop.internal"]).await;
    let compressed = compressed_csr(&key, &["a.shop.internal"]);
    done(&by_key(&client, key, &certificate, None).await);
    let request = UnverifiedCsr::from_der(&compressed).unwrap().verify().unwrap();
    let request = IssueRequest::new(operator(), Channel::CommandLine, "services", "server", request);
    let refused = house.authority.issue(request).await.unwrap_err();
    assert!(
        refused.findings().iter().any(|finding| finding.code.as_str() == "HF-POLICY-KEY-COMPRESSED"),
        "{refused}"
    );
}

#[tokio::test]
async fn what_is_revoked_stays_so_and_only_a_compromised_key_is_added() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, key, order) = client.certificate(&["a.shop.internal"]).await;
    done(&by_account(&client, &certificate, Some(4)).await);
    let at = stored(&house, &certificate.serial().unwrap()).await.revocation.unwrap().at;
    house.clock.advance(hf_core::time::Lifetime::from_hours(1));
    let again = by_account(&client, &certificate, Some(5)).await;
    assert_eq!(again.refused(), (ProblemType::AlreadyRevoked, 400));
    let copy = PrivateKey::from_der(key.pkcs8_der().expose(), None).unwrap();
    done(&by_key(&client, key, &certificate, None).await);
    let found = stored(&house, &certificate.serial().unwrap()).await.revocation.unwrap();
    assert_eq!((found.reason, found.at), (RevocationReason::KeyCompromise, at), "the first time stays");
    let again = by_key(&client, copy, &certificate, None).await;
    assert_eq!(again.refused(), (ProblemType::AlreadyRevoked, 400));
    assert_eq!(client.look(&order).await.object["status"], "valid", "the order stays as it is");
}

#[tokio::test]
async fn a_certificate_that_is_not_ours_is_not_revoked_even_with_a_number_of_ours() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, _, _) = client.certificate(&["a.shop.internal"]).await;
    let mut forged = certificate.der().to_vec();
    let last = forged.len() - 1;
    forged[last] ^= 1;
    let mut guest = Client::of(&house, "guests", Key::p256());
    guest.register().await;
    let (foreign, _, _) = guest.certificate(&["a.shop.internal"]).await;
    for der in [&forged[..], foreign.der(), &certificate.der()[..100], b"", b"x"] {
        let answer = client.post(&client.url("revoke-cert"), &json!({"certificate":base64url(der)})).await;
        let (kind, status) = answer.refused();
        assert_eq!(kind, ProblemType::Malformed, "{}", answer.text());
        assert!(status == 404 || status == 400);
    }
    assert_eq!(recorded(&house, &certificate).await, None);
    let padded = json!({"certificate":format!("{}=", base64url(certificate.der()))});
    assert_eq!(
        client.post(&client.url("revoke-cert"), &padded).await.refused(),
        (ProblemType::Malformed, 400)
    );
}

#[tokio::test]
async fn the_log_names_the_other_certificates_with_a_compromised_key() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (certificate, key, _) = client.certificate(&["a.shop.internal"]).await;
    let order = client.ready(&["b.shop.internal"]).await;
    let issued = client.finalize(&order, &csr(&key, &["b.shop.internal"])).await.json();
    let sibling = super::client::first(&client.read(issued["certificate"].as_str().unwrap()).await);
    let (other, _, _) = client.certificate(&["c.shop.internal"]).await;
    let log = Log::default();
    let _guard = tracing::subscriber::set_default(log.clone());
    done(&by_account(&client, &other, Some(4)).await);
    assert!(log.with("compromised").is_empty());
    done(&by_account(&client, &certificate, Some(1)).await);
    let told = log.with("a compromised key is in another valid certificate");
    let [line] = &told[..] else { panic!("{told:?}") };
    let serial = sibling.serial().unwrap().to_string();
    for part in ["WARN", "services", "b.shop.internal", serial.as_str()] {
        assert!(line.contains(part), "{part}: {line}");
    }
}
