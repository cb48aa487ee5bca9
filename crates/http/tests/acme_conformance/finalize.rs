//! Finalizing, RFC 8555 section 7.4: one certificate for exactly what was ordered.

use futures_util::future::join_all;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_proto::acme::problem::ProblemType;
use hf_x509::distinguished_name::DistinguishedName;
use serde_json::json;

use super::client::{Client, Key, Placed, base64url, csr, csr_with_subject, first, names_of};
use super::house::{Answer, House};

const BAD_CSR: (ProblemType, u16) = (ProblemType::BadCsr, 400);
const NOT_READY: (ProblemType, u16) = (ProblemType::OrderNotReady, 403);

fn key() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap()
}

/// A key whose public half is written as a compressed point, RFC 5480 section 2.2.
struct Compressed {
    pair: rcgen::KeyPair,
    point: Vec<u8>,
}

impl rcgen::PublicKeyData for Compressed {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        self.pair.algorithm()
    }
}

impl rcgen::SigningKey for Compressed {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.pair.sign(message)
    }
}

impl Compressed {
    /// x, and whether y is even.
    fn of(key: &PrivateKey) -> Self {
        let pair = rcgen::KeyPair::try_from(key.pkcs8_der().expose().as_slice()).unwrap();
        let whole = pair.public_key_raw();
        let (x, y) = whole[1..].split_at(whole.len() / 2);
        let point = [&[2 + y[y.len() - 1] % 2], x].concat();
        Self { pair, point }
    }
}

fn params(names: &[&str]) -> rcgen::CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = rcgen::CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
}

/// The request of this key, with its point compressed.
pub(crate) fn compressed_csr(key: &PrivateKey, names: &[&str]) -> Vec<u8> {
    params(names).serialize_request(&Compressed::of(key)).unwrap().der().to_vec()
}

/// A certificate of this key with its point compressed, signed by somebody.
pub(crate) fn compressed_certificate(key: &PrivateKey, name: &str) -> Vec<u8> {
    let issuer = rcgen::Issuer::new(rcgen::CertificateParams::default(), rcgen::KeyPair::generate().unwrap());
    params(&[name]).signed_by(&Compressed::of(key), &issuer).unwrap().der().to_vec()
}

#[tokio::test]
async fn a_compressed_point_is_refused_for_what_it_is() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let answer = client.finalize(&order, &compressed_csr(&client.key.0, &["a.shop.internal"])).await;
    assert_eq!(answer.refused(), BAD_CSR);
    assert!(answer.problem().detail.contains("uncompressed form"), "{}", answer.text());
}

#[tokio::test]
async fn the_certificate_has_what_was_ordered() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let names = ["*.b.shop.internal", "10.0.0.1", "a.shop.internal"];
    let order = client.ready(&names).await;
    let key = key();
    let answer = client.finalize(&order, &csr(&key, &names)).await;
    assert_eq!((answer.status, answer.location()), (200, order.url.clone()));
    let issued = Placed { url: order.url, object: answer.json() };
    assert_eq!(issued.object["status"], "valid");
    let certificate = first(&client.read(&issued.certificate()).await);
    assert_eq!(
        certificate.public_key().spki_der(),
        hf_keys::signing_key::SigningKey::public_key(&key).spki_der()
    );
    assert_eq!(names_of(&certificate), ["*.b.shop.internal", "10.0.0.1", "a.shop.internal"]);
}

#[tokio::test]
async fn an_order_that_is_not_ready_is_not_finalized() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.order(&["a.shop.internal"]).await;
    assert_eq!(client.finalize(&order, &csr(&key(), &["a.shop.internal"])).await.refused(), NOT_READY);
    assert_eq!(client.look(&order).await.object["status"], "pending");
    assert_eq!(
        client.read(&client.url(&format!("cert/{}", order.url.rsplit('/').next().unwrap()))).await.status,
        404
    );
}

#[tokio::test]
async fn a_bad_request_leaves_the_order_ready() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal", "b.shop.internal"]).await;
    let both = ["a.shop.internal", "b.shop.internal"];
    let mut broken = csr(&key(), &both);
    let last = broken.len() - 1;
    broken[last] ^= 1;
    let mut renamed = csr(&key(), &both);
    let at = renamed.windows(6).position(|six| six == b"a.shop").unwrap();
    renamed[at] = b'c';
    let trailing = [csr(&key(), &both), vec![0]].concat();
    let compressed = compressed_csr(&client.key.0, &both);
    let (account_key, other) = (csr(&client.key.0, &both), Client::new(&house).await);
    let other_cn = csr_with_subject(&key(), &DistinguishedName::common("c.shop.internal"), &both);
    let cases = [
        ("no DER", b"x".to_vec()),
        ("nothing", Vec::new()),
        ("its signature is wrong", broken),
        ("changed after it was signed", renamed),
        ("something behind it", trailing),
        ("a name too few", csr(&key(), &["a.shop.internal"])),
        ("a name too many", csr(&key(), &["a.shop.internal", "b.shop.internal", "c.shop.internal"])),
        ("other names", csr(&key(), &["c.shop.internal", "d.shop.internal"])),
        ("no name", csr(&key(), &[])),
        ("a wildcard instead", csr(&key(), &["*.shop.internal"])),
        ("an address too", csr(&key(), &["a.shop.internal", "b.shop.internal", "10.0.0.1"])),
        ("an e-mail address too", csr(&key(), &["a.shop.internal", "b.shop.internal", "x@shop.internal"])),
        ("a URI too", csr(&key(), &["a.shop.internal", "b.shop.internal", "spiffe://shop.internal/a"])),
        ("a common name that was not ordered", other_cn),
        ("the key of the account", account_key),
        ("the key of the account as a compressed point", compressed),
        ("a compressed point", compressed_csr(&key(), &both)),
        ("the key of another account", csr(&other.key.0, &both)),
    ];
    for (what, request) in cases {
        let answer = client.finalize(&order, &request).await;
        assert_eq!(answer.refused(), BAD_CSR, "{what}: {}", answer.text());
        assert_eq!(client.look(&order).await.object["status"], "ready", "{what}");
    }
    let padded = json!({"csr":format!("{}=", base64url(csr(&key(), &both)))});
    assert_eq!(client.post(&order.finalize(), &padded).await.refused(), BAD_CSR);
    assert_eq!(client.finalize(&order, &csr(&key(), &both)).await.json()["status"], "valid");
}

/// Requests that openssl made: for `bad.shop.internal`, each with one fault.
const FAULTY: &[(&str, &[u8])] = &[
    ("rsa-1024", include_bytes!("csr/rsa-1024.der")),
    ("rsa-2048 with the exponent 3", include_bytes!("csr/rsa-e3.der")),
    ("ROCA", include_bytes!("csr/roca.der")),
    ("P-224", include_bytes!("csr/p224.der")),
    ("secp256k1", include_bytes!("csr/secp256k1.der")),
    ("signed with SHA-1", include_bytes!("csr/sha1.der")),
    ("asks to be an authority", include_bytes!("csr/ca.der")),
    ("asks for must-staple", include_bytes!("csr/must-staple.der")),
    ("an otherName", include_bytes!("csr/other-name.der")),
];

#[tokio::test]
async fn weak_and_presumptuous_requests_are_refused() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["bad.shop.internal"]).await;
    for (what, request) in FAULTY {
        let answer = client.finalize(&order, request).await;
        assert_eq!(answer.refused(), BAD_CSR, "{what}: {}", answer.text());
        assert_eq!(client.look(&order).await.object["status"], "ready", "{what}");
    }
    let good = include_bytes!("csr/good.der");
    let answer = client.finalize(&order, good).await;
    assert_eq!(answer.json()["status"], "valid", "the same without a fault is taken");
}

#[tokio::test]
async fn a_common_name_alone_counts_as_a_name() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let request = csr_with_subject(&key(), &DistinguishedName::common("A.shop.internal"), &[]);
    let answer = client.finalize(&order, &request).await;
    let issued = Placed { url: order.url, object: answer.json() };
    let certificate = first(&client.read(&issued.certificate()).await);
    assert_eq!(names_of(&certificate), ["a.shop.internal"]);
}

#[tokio::test]
async fn the_same_request_again_is_answered_with_the_same_certificate() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let request = csr(&key(), &["a.shop.internal"]);
    let first_time = client.finalize(&order, &request).await.json();
    let again = client.finalize(&order, &request).await;
    assert_eq!((again.status, again.json()), (200, first_time.clone()));
    let other = client.finalize(&order, &csr(&key(), &["a.shop.internal"])).await;
    assert_eq!(other.refused(), NOT_READY);
    assert_eq!(client.look(&order).await.object, first_time);
}

#[tokio::test]
async fn two_finalizes_at_once_give_one_certificate() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let order = client.ready(&["a.shop.internal"]).await;
    let requests: Vec<Vec<u8>> = (0..20).map(|_| csr(&key(), &["a.shop.internal"])).collect();
    let answers = join_all(requests.iter().map(|request| client.finalize(&order, request))).await;
    let taken = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(taken, 1);
    for refused in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(refused.refused(), NOT_READY);
    }
    assert_eq!(certificates(&house).await, 1);

    let order = client.ready(&["b.shop.internal"]).await;
    let request = csr(&key(), &["b.shop.internal"]);
    let answers = join_all((0..20).map(|_| client.finalize(&order, &request))).await;
    for answer in &answers {
        let status = answer.json()["status"].clone();
        assert!(status == "valid" || status == "processing", "{status}");
    }
    assert_eq!(client.look(&order).await.object["status"], "valid");
    assert_eq!(certificates(&house).await, 2);
}

/// Certificates on record for those who ask by ACME.
async fn certificates(house: &House) -> usize {
    let filter = hf_store::list::ListFilter { authority: Some("services".to_owned()), ..Default::default() };
    house.store.list(filter, None, 100).await.unwrap().items.len()
}

#[tokio::test]
async fn a_time_that_was_asked_for_stands_in_the_certificate() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let payload = json!({"identifiers":[{"type":"dns","value":"a.shop.internal"}],
        "notBefore":"2027-01-01T00:00:00Z","notAfter":"2027-01-05T12:00:00Z"});
    let answer = client.new_order(&payload).await;
    let order = Placed { url: answer.location(), object: answer.json() };
    client.begin(&order).await;
    house.work().await;
    let answer = client.finalize(&order, &csr(&Key::p256().0, &["a.shop.internal"])).await;
    let issued = Placed { url: order.url, object: answer.json() };
    let certificate = first(&client.read(&issued.certificate()).await);
    assert_eq!(certificate.not_before().to_string(), "2027-01-01T00:00:00Z");
    assert_eq!(certificate.not_after().to_string(), "2027-01-05T12:00:00Z");
}

/// Finalize an order for this time; the answer.
async fn finalized_for(client: &Client<'_>, time: serde_json::Value, wait: Lifetime) -> Answer {
    let mut payload = json!({"identifiers":[{"type":"dns","value":"a.shop.internal"}]});
    payload.as_object_mut().unwrap().extend(time.as_object().unwrap().clone());
    let answer = client.new_order(&payload).await;
    let order = Placed { url: answer.location(), object: answer.json() };
    client.begin(&order).await;
    client.house.work().await;
    client.house.clock.advance(wait);
    client.finalize(&order, &csr(&key(), &["a.shop.internal"])).await
}

/// The profile may give 398 days to others: by ACME it gives those 30 that it gives where nothing is asked for.
#[tokio::test]
async fn nobody_gets_more_by_asking_for_a_time() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let (month, now) = (Lifetime::from_days(30), house.now());
    let waited = Lifetime::from_seconds(1);
    for time in [
        json!({"notAfter":now.plus(month).to_string()}),
        json!({"notBefore":now.plus(Lifetime::from_days(10)).to_string()}),
        json!({"notBefore":now.to_string(), "notAfter":now.plus(month).to_string()}),
    ] {
        let answer = finalized_for(&client, time.clone(), waited).await.json();
        let issued = first(&client.read(answer["certificate"].as_str().unwrap()).await);
        assert!(issued.not_after() <= house.now().plus(month), "{time}");
        let lasts = issued.validity().unwrap().lifetime();
        assert!(lasts.seconds() <= month.seconds() + 1, "{time}: {lasts}");
    }
}

#[tokio::test]
async fn an_order_whose_end_is_over_gets_no_certificate_of_another_time() {
    let house = House::new().await;
    let client = Client::new(&house).await;
    let end = json!({"notAfter":house.now().plus(Lifetime::from_hours(1)).to_string()});
    let answer = finalized_for(&client, end, Lifetime::from_hours(2)).await;
    assert_eq!(answer.refused(), (ProblemType::Malformed, 400), "{}", answer.text());
    assert_eq!(certificates(&house).await, 0);
}
