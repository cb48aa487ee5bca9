use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use proptest::prelude::*;
use serde_json::json;

use super::super::problem::ProblemType;
use super::*;

pub(in super::super) const URL: &str = "https://ca.internal/acme/web/new-order";
const KID: &str = "https://ca.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAA";
const NONCE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A key that signs, as a client has it.
pub(in super::super) enum TestKey {
    Ec(&'static str, &'static str, EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    Rsa(RsaKeyPair),
}

impl TestKey {
    fn ec(curve: &'static str, alg: &'static str, algorithm: &'static EcdsaSigningAlgorithm) -> Self {
        Self::Ec(curve, alg, EcdsaKeyPair::generate(algorithm).unwrap())
    }

    pub(in super::super) fn p256() -> Self {
        Self::ec("P-256", "ES256", &ECDSA_P256_SHA256_FIXED_SIGNING)
    }

    fn all() -> Vec<Self> {
        vec![
            Self::p256(),
            Self::ec("P-384", "ES384", &ECDSA_P384_SHA384_FIXED_SIGNING),
            Self::ec("P-521", "ES512", &ECDSA_P521_SHA512_FIXED_SIGNING),
            Self::Ed25519(Ed25519KeyPair::generate().unwrap()),
            Self::Rsa(RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap()),
        ]
    }

    pub(in super::super) fn alg(&self) -> &'static str {
        match self {
            Self::Ec(_, alg, _) => alg,
            Self::Ed25519(_) => "EdDSA",
            Self::Rsa(_) => "RS256",
        }
    }

    pub(in super::super) fn jwk(&self) -> Value {
        match self {
            Self::Ec(curve, _, pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                json!({"kty":"EC","crv":curve,"x":base64url::encode(x),"y":base64url::encode(y)})
            }
            Self::Ed25519(pair) => {
                json!({"kty":"OKP","crv":"Ed25519","x":base64url::encode(pair.public_key().as_ref())})
            }
            Self::Rsa(pair) => {
                // DER `RSAPublicKey` of 2048 bits: after nine octets the modulus, at the end the exponent.
                let der = pair.public_key().as_ref();
                let (n, e) = (&der[9..265], &der[der.len() - 3..]);
                json!({"kty":"RSA","n":base64url::encode(n),"e":base64url::encode(e)})
            }
        }
    }

    pub(in super::super) fn key(&self) -> Jwk {
        Jwk::read(&self.jwk()).unwrap()
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Ec(_, _, pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
        }
    }

    /// A JWS with this header over this payload.
    pub(in super::super) fn jws(&self, header: &Value, payload: &str) -> Value {
        let protected = base64url::encode(header.to_string().as_bytes());
        let payload = base64url::encode(payload.as_bytes());
        let signature = self.sign(format!("{protected}.{payload}").as_bytes());
        json!({"protected":protected,"payload":payload,"signature":base64url::encode(&signature)})
    }
}

fn header(key: &TestKey) -> Value {
    json!({"alg":key.alg(),"kid":KID,"url":URL,"nonce":NONCE})
}

fn parse(jws: &Value) -> Result<Jws, Problem> {
    Jws::parse(jws.to_string().as_bytes(), Some(MEDIA_TYPE))
}

fn refused(jws: &Value) -> (ProblemType, u16) {
    let problem = parse(jws).unwrap_err();
    (problem.kind, problem.status)
}

const MALFORMED: (ProblemType, u16) = (ProblemType::Malformed, 400);

#[test]
fn every_algorithm_signs_and_is_verified() {
    for key in TestKey::all() {
        let jws = parse(&key.jws(&header(&key), "{\"a\":1}")).unwrap();
        assert_eq!(jws.header().signer, Signer::Account(KID.into()));
        let verified = jws.verify(&key.key()).unwrap();
        let request = verified.admit(Redemption::Redeemed, URL).unwrap();
        assert_eq!(request.read::<Value>().unwrap(), json!({"a":1}));
        assert_eq!((request.url(), request.account_url().unwrap()), (URL, KID));
        assert_eq!(*request.key(), key.key());
        assert_eq!(request.payload(), b"{\"a\":1}");
    }
}

#[test]
fn a_wrong_signature_proves_nothing() {
    for key in TestKey::all() {
        let good = key.jws(&header(&key), "{}");
        let other = key.jws(&header(&key), "{\"a\":1}");
        for member in ["payload", "signature"] {
            let mut mixed = good.clone();
            mixed[member] = other[member].clone();
            let problem = parse(&mixed).unwrap().verify(&key.key()).unwrap_err();
            assert_eq!((problem.kind, problem.status), MALFORMED, "{member} of {}", key.alg());
        }
        for signature in ["", "AA"] {
            let mut without = good.clone();
            without["signature"] = json!(signature);
            assert!(parse(&without).unwrap().verify(&key.key()).is_err());
        }
    }
}

#[test]
fn an_algorithm_is_for_one_kind_of_key() {
    let keys = TestKey::all();
    for signer in &keys {
        for other in &keys {
            let mut header = header(signer);
            header["alg"] = json!(other.alg());
            let verified = parse(&signer.jws(&header, "{}")).unwrap().verify(&signer.key());
            if signer.alg() == other.alg() {
                assert!(verified.is_ok());
            } else {
                let problem = verified.unwrap_err();
                assert_eq!(problem.kind, ProblemType::BadSignatureAlgorithm);
                assert_eq!(problem.algorithms.to_vec(), ["ES256", "ES384", "ES512", "EdDSA", "RS256"]);
            }
        }
    }
}

#[test]
fn neither_none_nor_a_mac_nor_an_unknown_algorithm_is_taken() {
    let key = TestKey::p256();
    for alg in ["none", "None", "HS256", "HS512", "PS256", "RS1", "es256", ""] {
        let mut header = header(&key);
        header["alg"] = json!(alg);
        let problem = parse(&key.jws(&header, "{}")).unwrap_err();
        assert_eq!((problem.kind, problem.status), (ProblemType::BadSignatureAlgorithm, 400), "{alg}");
        assert!(!problem.algorithms.is_empty());
    }
}

#[test]
fn a_key_in_the_header_is_the_key_that_verifies() {
    let (key, other) = (TestKey::p256(), TestKey::p256());
    let header = json!({"alg":"ES256","jwk":key.jwk(),"url":URL,"nonce":NONCE});
    let jws = parse(&key.jws(&header, "{}")).unwrap();
    assert_eq!(jws.header().signer, Signer::Key(key.key()));
    assert!(jws.clone().verify(&other.key()).is_err());
    let request = jws.verify(&key.key()).unwrap().admit(Redemption::Redeemed, URL).unwrap();
    assert_eq!(request.account_url().unwrap_err().kind, ProblemType::Malformed);
    let forged = parse(&other.jws(&header, "{}")).unwrap();
    assert!(forged.verify(&key.key()).is_err());
}

#[test]
fn the_header_has_what_it_must() {
    let key = TestKey::p256();
    let with = |member: &str, value: Value| {
        let mut header = header(&key);
        header[member] = value;
        key.jws(&header, "{}")
    };
    let without = |member: &str| {
        let mut header = header(&key);
        header.as_object_mut().unwrap().remove(member);
        key.jws(&header, "{}")
    };
    assert_eq!(refused(&without("nonce")), (ProblemType::BadNonce, 400));
    for member in ["alg", "url", "kid"] {
        assert_eq!(refused(&without(member)), MALFORMED, "{member}");
    }
    let cases = [
        ("jwk", key.jwk()),
        ("nonce", json!("not base64url!")),
        ("nonce", json!("AAAA==")),
        ("nonce", json!("")),
        ("nonce", json!(7)),
        ("nonce", json!("A".repeat(MAX_NONCE + 4))),
        ("url", json!(7)),
        ("url", json!("x".repeat(MAX_URL + 1))),
        ("kid", json!(7)),
        ("kid", json!("x".repeat(MAX_URL + 1))),
        ("alg", json!(7)),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("b64", json!(true)),
    ];
    for (member, value) in cases {
        assert_eq!(refused(&with(member, value.clone())), MALFORMED, "{member} {value}");
    }
    assert!(parse(&with("x5u", json!("https://elsewhere.example"))).is_ok());
}

#[test]
fn weak_keys_are_refused_before_anything_else() {
    let key = TestKey::p256();
    let header = json!({"alg":"RS256","jwk":{"kty":"RSA","n":"AQ","e":"AQAB"},"url":URL,"nonce":NONCE});
    assert_eq!(refused(&key.jws(&header, "{}")), (ProblemType::BadPublicKey, 400));
}

#[test]
fn only_the_flattened_form_is_read() {
    let key = TestKey::p256();
    let good = key.jws(&header(&key), "{}");
    let with = |member: &str, value: Value| {
        let mut jws = good.clone();
        jws[member] = value;
        jws
    };
    assert!(parse(&with("anything", json!({"else":1}))).is_ok(), "what nobody knows is passed over");
    for (member, value) in [
        ("signatures", json!([])),
        ("header", json!({})),
        ("protected", json!(null)),
        ("payload", json!(null)),
        ("payload", json!({"csr":""})),
        ("signature", json!(1)),
    ] {
        assert_eq!(refused(&with(member, value.clone())), MALFORMED, "{member} {value}");
    }
    for member in ["protected", "payload", "signature"] {
        let mut jws = good.clone();
        jws.as_object_mut().unwrap().remove(member);
        assert_eq!(refused(&jws), MALFORMED, "{member}");
        let text = good[member].as_str().unwrap();
        for spoilt in [format!("{text}="), format!("{text}\n"), format!(" {text}"), format!("{text}+")] {
            assert_eq!(refused(&with(member, json!(spoilt))), MALFORMED, "{member}");
        }
    }
    // `e30` is `{}`; `e31` stands for the same octets with trailing bits that are not zero.
    assert_eq!(refused(&with("payload", json!("e31"))), MALFORMED);
    for value in [json!([]), json!("x"), json!(null), json!({})] {
        assert_eq!(refused(&value), MALFORMED);
    }
}

#[test]
fn a_body_is_strict_json_of_bounded_size() {
    let key = TestKey::p256();
    let good = key.jws(&header(&key), "{}").to_string();
    let twice = good.replacen('{', r#"{"payload":"","#, 1);
    let deep = good.replacen('{', &format!(r#"{{"x":{}{},"#, "[".repeat(100), "]".repeat(100)), 1);
    let long = good.replacen('{', &format!(r#"{{"x":"{}","#, "a".repeat(MAX_BODY)), 1);
    let read = |body: &str| Jws::parse(body.as_bytes(), Some(MEDIA_TYPE));
    for body in [&twice, &deep, &good[1..], "", "{", "\u{feff}{}"] {
        assert_eq!(read(body).unwrap_err().kind, ProblemType::Malformed);
    }
    let problem = read(&long).unwrap_err();
    assert_eq!((problem.kind, problem.status), (ProblemType::Malformed, 413));
    // A member twice in the header: two readers could take another one each.
    let header = format!(r#"{{"alg":"ES256","kid":"{KID}","kid":"x","url":"{URL}","nonce":"{NONCE}"}}"#);
    let jws = json!({"protected":base64url::encode(header.as_bytes()),"payload":"","signature":""});
    assert_eq!(refused(&jws), MALFORMED);
}

#[test]
fn the_content_type_is_taken_to_the_letter() {
    let key = TestKey::p256();
    let body = key.jws(&header(&key), "{}").to_string();
    for bad in [
        None,
        Some(""),
        Some("application/json"),
        Some("application/jose+json; charset=utf-8"),
        Some("Application/jose+json"),
    ] {
        let problem = Jws::parse(body.as_bytes(), bad).unwrap_err();
        assert_eq!((problem.kind, problem.status), (ProblemType::Malformed, 415), "{bad:?}");
    }
}

#[test]
fn a_request_is_good_here_and_once() {
    let key = TestKey::p256();
    let verified = || parse(&key.jws(&header(&key), "")).unwrap().verify(&key.key()).unwrap();
    assert_eq!(verified().header().nonce, NONCE);
    let problem = verified().admit(Redemption::Refused, URL).unwrap_err();
    assert_eq!((problem.kind, problem.status), (ProblemType::BadNonce, 400));
    for url in [
        "https://ca.internal/acme/web/new-order/",
        "https://ca.internal/acme/web/new-order?x",
        "https://ca.internal/acme/web/New-Order",
        "https://CA.internal/acme/web/new-order",
        "http://ca.internal/acme/web/new-order",
        "/acme/web/new-order",
        "",
    ] {
        let problem = verified().admit(Redemption::Redeemed, url).unwrap_err();
        assert_eq!((problem.kind, problem.status), (ProblemType::Unauthorized, 403), "{url}");
    }
}

#[test]
fn post_as_get_has_no_payload_at_all() {
    let key = TestKey::p256();
    let request = |payload: &str| {
        let verified = parse(&key.jws(&header(&key), payload)).unwrap().verify(&key.key()).unwrap();
        verified.admit(Redemption::Redeemed, URL).unwrap()
    };
    assert!(request("").is_post_as_get());
    assert_eq!(request("").expect_post_as_get(), Ok(()));
    assert_eq!(request("{}").expect_post_as_get().unwrap_err().kind, ProblemType::Malformed);
    assert!(request("").read::<Value>().is_err(), "it is no empty object");
    assert!(request("{}").read::<super::super::request::ChallengeReadyRequest>().is_ok());
    for bad in ["[]", "null", "{\"a\":1,\"a\":2}", "{", "\"x\""] {
        assert!(request(bad).read::<Value>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn whatever_comes_is_answered(body: Vec<u8>) {
        let _ = Jws::parse(&body, Some(MEDIA_TYPE));
    }

    #[test]
    fn whatever_stands_in_the_header_is_answered(header in "\\PC{0,200}") {
        let protected = base64url::encode(header.as_bytes());
        let jws = json!({"protected":protected,"payload":"","signature":""});
        prop_assert!(parse(&jws).is_err());
    }
}
