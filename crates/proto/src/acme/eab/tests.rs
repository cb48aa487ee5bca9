use serde_json::json;

use super::super::base64url;
use super::super::jws::tests::{TestKey, URL};
use super::*;

const MAC_KEY: &[u8] = b"0123456789abcdef0123456789abcdef";

fn header() -> Value {
    json!({"alg":"HS256","kid":"key-1","url":URL})
}

fn binding(algorithm: hmac::Algorithm, key: &[u8], header: &Value, payload: &Value) -> Value {
    let protected = base64url::encode(header.to_string().as_bytes());
    let payload = base64url::encode(payload.to_string().as_bytes());
    let mac = hmac::sign(&hmac::Key::new(algorithm, key), format!("{protected}.{payload}").as_bytes());
    json!({"protected":protected,"payload":payload,"signature":base64url::encode(mac.as_ref())})
}

fn verify(value: &Value, key: &[u8], account: &TestKey) -> Result<VerifiedBinding, Problem> {
    Binding::read(value)?.verify(key, URL, &account.key())
}

#[test]
fn every_mac_binds() {
    let account = TestKey::p256();
    for (algorithm, alg) in
        [(hmac::HMAC_SHA256, "HS256"), (hmac::HMAC_SHA384, "HS384"), (hmac::HMAC_SHA512, "HS512")]
    {
        let mut header = header();
        header["alg"] = json!(alg);
        let value = binding(algorithm, MAC_KEY, &header, &account.jwk());
        assert_eq!(Binding::read(&value).unwrap().key_id(), "key-1");
        assert_eq!(verify(&value, MAC_KEY, &account).unwrap().key_id(), "key-1");
    }
}

#[test]
fn the_key_is_compared_as_a_key() {
    let account = TestKey::p256();
    let mut jwk = account.jwk();
    jwk["kid"] = json!("mine");
    assert!(verify(&binding(hmac::HMAC_SHA256, MAC_KEY, &header(), &jwk), MAC_KEY, &account).is_ok());
}

#[test]
fn each_of_the_five_checks_refuses() {
    let account = TestKey::p256();
    let sign = |header: &Value| binding(hmac::HMAC_SHA256, MAC_KEY, header, &account.jwk());
    let with = |member: &str, value: Value| {
        let mut header = header();
        header[member] = value;
        sign(&header)
    };
    let without = |member: &str| {
        let mut header = header();
        header.as_object_mut().unwrap().remove(member);
        sign(&header)
    };
    let kind = |value: &Value, key: &[u8]| verify(value, key, &account).unwrap_err().kind;
    let malformed = ProblemType::Malformed;

    // 1: a JWS.
    for value in [json!(null), json!("x"), json!({}), json!({"protected":"","payload":"","signature":""})] {
        assert_eq!(kind(&value, MAC_KEY), malformed);
    }
    let mut multiple = sign(&header());
    multiple["signatures"] = json!([]);
    assert_eq!(kind(&multiple, MAC_KEY), malformed);
    // 2: its header.
    for member in ["alg", "kid", "url"] {
        assert_eq!(kind(&without(member), MAC_KEY), malformed, "{member}");
    }
    for alg in ["none", "ES256", "RS256", "hs256"] {
        assert_eq!(kind(&with("alg", json!(alg)), MAC_KEY), ProblemType::BadSignatureAlgorithm, "{alg}");
    }
    assert_eq!(kind(&with("nonce", json!("AAAA")), MAC_KEY), malformed);
    assert_eq!(kind(&with("jwk", account.jwk()), MAC_KEY), malformed);
    assert_eq!(kind(&with("url", json!(format!("{URL}/"))), MAC_KEY), malformed);
    assert_eq!(kind(&with("kid", json!("x".repeat(200))), MAC_KEY), malformed);
    // 3 and 4: its key and its MAC; nobody learns which of the two it was.
    let wrong = verify(&sign(&header()), b"another key of the same length!!", &account).unwrap_err();
    assert_eq!(wrong, unknown_key());
    assert_eq!(verify(&sign(&header()), b"", &account).unwrap_err(), unknown_key());
    let mut shortened = sign(&header());
    shortened["signature"] = json!("");
    assert_eq!(kind(&shortened, MAC_KEY), ProblemType::Unauthorized);
    let mut other_mac = sign(&header());
    other_mac["protected"] = with("alg", json!("HS512"))["protected"].clone();
    assert_eq!(kind(&other_mac, MAC_KEY), ProblemType::Unauthorized);
    // 5: its payload.
    let other = TestKey::p256();
    let foreign = binding(hmac::HMAC_SHA256, MAC_KEY, &header(), &other.jwk());
    assert_eq!(kind(&foreign, MAC_KEY), malformed);
    let no_key = binding(hmac::HMAC_SHA256, MAC_KEY, &header(), &json!({}));
    assert_eq!(kind(&no_key, MAC_KEY), malformed);
}
