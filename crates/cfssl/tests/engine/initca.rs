//! `gencert -initca`, `-initca -ca-key`, `-renewca`.

use hf_cfssl::{initca, keys};
use hf_core::time::Lifetime;
use hf_keys::signing_key::SigningKey as _;
use hf_x509::certificate::Certificate;
use hf_x509::ext::{BasicConstraints, KeyUsage};
use hf_x509::public_key::KeyIdentifierMethod;

use crate::common::{CA, copy, place, request, root};

#[tokio::test]
async fn a_root_is_what_cfssl_makes_of_the_same_file() {
    let place = place();
    let root = root(&place.machine).await;
    let certificate = &root.certificate;
    assert!(certificate.is_self_signed());
    assert_eq!(certificate.subject().to_string(), "CN=Shop Root,OU=A+OU=B,O=Shop,C=DE");
    let span = certificate.not_after().seconds_since(certificate.not_before());
    assert_eq!(span, Lifetime::from_hours(43_800).seconds());
    assert_eq!(
        certificate.basic_constraints().unwrap(),
        Some(BasicConstraints { ca: true, path_length: None })
    );
    assert_eq!(certificate.key_usage().unwrap(), Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN));
    assert!(certificate.names().unwrap().is_empty(), "a CA has no host names");
    assert_eq!(root.csr.names().len(), 1, "its request has");
    assert_eq!(root.key.unwrap().public_key(), certificate.public_key());
}

#[tokio::test]
async fn section_ca_sets_expiry_backdate_and_path_length() {
    let place = place();
    let json =
        r#"{"CN":"R","ca":{"expiry":"100h","backdate":"1h","pathlen":2},"key":{"algo":"ecdsa","size":384}}"#;
    let root = initca::create(&place.machine, &request(json)).await.unwrap();
    let certificate = &root.certificate;
    assert_eq!(certificate.not_after().seconds_since(certificate.not_before()), 100 * 3600);
    assert_eq!(place.machine.clock.now().seconds_since(certificate.not_before()), 3600);
    let expected = Some(BasicConstraints { ca: true, path_length: Some(2) });
    assert_eq!(certificate.basic_constraints().unwrap(), expected);
    assert_eq!(root.csr.basic_constraints().unwrap(), expected, "the request says it too");
    let zero = r#"{"CN":"R","ca":{"pathlenzero":true}}"#;
    let root = initca::create(&place.machine, &request(zero)).await.unwrap();
    assert_eq!(
        root.certificate.basic_constraints().unwrap(),
        Some(BasicConstraints { ca: true, path_length: Some(0) })
    );
}

#[tokio::test]
async fn what_is_no_root_is_refused() {
    let place = place();
    for (json, code, words) in [
        (r#"{"names":[{"C":" "}]}"#, 5300, "missing subject information"),
        (r#"{"CN":"x","key":{"algo":"rsa","size":1024}}"#, 2400, "RSA key is too weak"),
        (r#"{"CN":"x","ca":{"expiry":"5d"}}"#, 5200, "unknown unit"),
        (r#"{"CN":"x","ca":{"pathlen":300}}"#, 5300, "path length"),
        (r#"{"CN":"x","ca":{"pathlen":-1}}"#, 5300, "path length"),
    ] {
        let error = initca::create(&place.machine, &request(json)).await.err().unwrap();
        assert_eq!(error.code, code, "{json}: {error}");
        assert!(error.message.contains(words), "{json}: {error}");
    }
}

#[tokio::test]
async fn a_key_that_exists_makes_a_root_and_renews_it() {
    let place = place();
    let key = keys::generate(&request("{}").key_request()).unwrap();
    let json = r#"{"CN":"Old","ca":{"expiry":"1000h","pathlen":1}}"#;
    let root = initca::create_with_key(&place.machine, &request(json), copy(&key)).await.unwrap();
    assert!(root.key.is_none());
    place.clock.advance(Lifetime::from_days(3));
    let renewed = initca::renew(&place.machine, &root.certificate, copy(&key)).await.unwrap();
    let old = &root.certificate;
    assert_eq!((renewed.subject(), renewed.public_key()), (old.subject(), old.public_key()));
    assert_ne!(renewed.serial(), old.serial());
    assert_eq!(renewed.not_after().seconds_since(old.not_after()), 3 * 86_400);
    assert_eq!(renewed.basic_constraints(), old.basic_constraints());
    let other = keys::generate(&request("{}").key_request()).unwrap();
    assert_eq!(initca::renew(&place.machine, old, other).await.err().unwrap().code, 2300);
}

#[tokio::test]
async fn every_kind_of_key_that_cfssl_makes_makes_a_root() {
    let place = place();
    for key in [r#"{"algo":"ecdsa","size":521}"#, r#"{"algo":"ed25519"}"#, r#"{"algo":"rsa","size":2048}"#] {
        let json = format!(r#"{{"CN":"R","key":{key}}}"#);
        let root = initca::create(&place.machine, &request(&json)).await.unwrap();
        assert!(root.certificate.is_self_signed(), "{key}");
    }
}

#[tokio::test]
async fn crl_url_is_in_the_certificate_of_a_root_and_stays_there() {
    let place = place();
    let key = keys::generate(&request("{}").key_request()).unwrap();
    let points = |certificate: &Certificate| {
        let points = certificate.crl_distribution_points().unwrap();
        points.map(|points| points.uris().map(str::to_owned).collect::<Vec<_>>())
    };
    let json = r#"{"CN":"R","crl_url":"http://pki.shop.internal/root.crl"}"#;
    let root = initca::create_with_key(&place.machine, &request(json), copy(&key)).await.unwrap();
    let expected = Some(vec!["http://pki.shop.internal/root.crl".to_owned()]);
    assert_eq!(points(&root.certificate), expected);
    let renewed = initca::renew(&place.machine, &root.certificate, copy(&key)).await.unwrap();
    assert_eq!(points(&renewed), expected);
    let without =
        initca::create_with_key(&place.machine, &request(r#"{"CN":"R"}"#), copy(&key)).await.unwrap();
    assert_eq!(points(&without.certificate), None);
    let json = r#"{"CN":"R","crl_url":"root.crl"}"#;
    let refused = initca::create_with_key(&place.machine, &request(json), key).await.err().unwrap();
    assert!(refused.code == 5200 && refused.message.contains("`root.crl` is no usable URL"), "{refused}");
}

#[tokio::test]
async fn a_root_has_the_key_identifier_that_cfssl_gives_and_keeps_it() {
    let place = place();
    let key = keys::generate(&request("{}").key_request()).unwrap();
    let by_sha1 = key.public_key().key_identifier_by(KeyIdentifierMethod::Sha1);
    let root = initca::create_with_key(&place.machine, &request(CA), copy(&key)).await.unwrap().certificate;
    let renewed = initca::renew(&place.machine, &root, copy(&key)).await.unwrap();
    for certificate in [&root, &renewed] {
        assert_eq!(certificate.subject_key_identifier().unwrap().as_ref(), Some(&by_sha1));
        let authority = certificate.authority_key_identifier().unwrap().unwrap();
        assert_eq!(authority.key_identifier.as_ref(), Some(&by_sha1), "a root is its own issuer");
    }
}
