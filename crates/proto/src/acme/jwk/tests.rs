use serde_json::json;

use super::*;

/// RFC 7638 section 3.1.
const RSA_N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

/// RFC 8037 appendix A.2.
pub(in super::super) fn ed25519() -> Jwk {
    Jwk::read(&json!({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}))
        .unwrap()
}

/// RFC 7517 appendix A.1.
fn p256() -> Value {
    json!({"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
           "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","kid":"1"})
}

fn rsa(n: &str, e: &str) -> Value {
    json!({"kty":"RSA","n":n,"e":e,"alg":"RS256","kid":"2011-04-29"})
}

fn refused(value: &Value) -> ProblemType {
    Jwk::read(value).unwrap_err().kind
}

#[test]
fn the_thumbprints_of_the_vectors() {
    let thumbprint = |value: &Value| Jwk::read(value).unwrap().thumbprint().to_string();
    assert_eq!(thumbprint(&rsa(RSA_N, "AQAB")), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_eq!(thumbprint(&p256()), "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
    assert_eq!(ed25519().thumbprint().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

#[test]
fn only_what_makes_the_key_is_written() {
    let key = Jwk::read(&p256()).unwrap();
    let written = serde_json::to_string(&key).unwrap();
    assert_eq!(written, key.canonical());
    assert_eq!(serde_json::from_str::<Jwk>(&written).unwrap(), key);
}

#[test]
fn weak_rsa_keys_are_refused() {
    let modulus = |octets: usize| {
        let mut number = vec![0xff; octets];
        number[0] = 0x80;
        base64url::encode(&number)
    };
    assert!(Jwk::read(&rsa(&modulus(256), "AQAB")).is_ok());
    assert!(Jwk::read(&rsa(&modulus(1024), "AQAB")).is_ok());
    for octets in [64, 128, 255, 1025, 4096] {
        assert_eq!(refused(&rsa(&modulus(octets), "AQAB")), ProblemType::BadPublicKey, "{octets} octets");
    }
    let number = |octets: &[u8]| base64url::encode(octets);
    for e in [&[1][..], &[3], &[1, 0, 0], &[1, 0, 2], &[1, 0, 0, 0, 1], &[0, 1, 0, 1], &[]] {
        assert_eq!(refused(&rsa(RSA_N, &number(e))), ProblemType::BadPublicKey, "{e:?}");
    }
    let mut even = base64url::decode(RSA_N).unwrap();
    *even.last_mut().unwrap() &= 0xfe;
    assert_eq!(refused(&rsa(&number(&even), "AQAB")), ProblemType::BadPublicKey);
    let padded = [&[0], base64url::decode(RSA_N).unwrap().as_slice()].concat();
    assert_eq!(refused(&rsa(&number(&padded), "AQAB")), ProblemType::BadPublicKey);
}

#[test]
fn points_lie_on_their_curve() {
    let with = |member: &str, value: Value| {
        let mut key = p256();
        key[member] = value;
        key
    };
    let other_y = json!("4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyI");
    assert_eq!(refused(&with("y", other_y)), ProblemType::BadPublicKey);
    assert_eq!(refused(&with("crv", json!("P-384"))), ProblemType::BadPublicKey);
    assert_eq!(refused(&with("crv", json!("secp256k1"))), ProblemType::BadPublicKey);
    assert_eq!(refused(&with("crv", json!("P-224"))), ProblemType::BadPublicKey);
    assert_eq!(refused(&with("x", json!("AA"))), ProblemType::BadPublicKey);
    let zero = base64url::encode(&[0; 32]);
    assert_eq!(refused(&json!({"kty":"EC","crv":"P-256","x":zero,"y":zero})), ProblemType::BadPublicKey);
}

#[test]
fn what_is_no_public_key_is_refused() {
    assert_eq!(refused(&json!({"kty":"oct","k":"AAAA"})), ProblemType::BadPublicKey);
    assert_eq!(refused(&json!({"kty":"OKP","crv":"X25519","x":"AAAA"})), ProblemType::BadPublicKey);
    assert_eq!(refused(&json!({"kty":"OKP","crv":"Ed25519","x":"AAAA"})), ProblemType::BadPublicKey);
    let mut private = p256();
    private["d"] = json!("870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE");
    assert_eq!(refused(&private), ProblemType::BadPublicKey);
    for value in [json!(null), json!([]), json!({}), json!({"kty":1}), json!({"kty":"EC","crv":"P-256"})] {
        assert_eq!(refused(&value), ProblemType::Malformed, "{value}");
    }
    let mut padded = p256();
    padded["x"] = json!("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4=");
    assert_eq!(refused(&padded), ProblemType::Malformed);
}

#[test]
fn the_key_is_that_of_a_certificate() {
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::signature::{EcdsaKeyPair, KeyPair};
    let pair = EcdsaKeyPair::generate(&signature::ECDSA_P384_SHA384_FIXED_SIGNING).unwrap();
    let (x, y) = coordinates(Curve::P384, pair.public_key().as_ref());
    let (x, y) = (base64url::encode(x), base64url::encode(y));
    let key = Jwk::read(&json!({"kty":"EC","crv":"P-384","x":x,"y":y})).unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    assert_eq!(key.to_spki(), der.as_ref());

    let rsa = Jwk::read(&rsa(RSA_N, "AQAB")).unwrap();
    let components =
        PublicKeyComponents { n: base64url::decode(RSA_N).unwrap(), e: base64url::decode("AQAB").unwrap() };
    let public = components.to_parsed_public_key(&signature::RSA_PKCS1_2048_8192_SHA256).unwrap();
    let der: PublicKeyX509Der<'_> = public.as_der().unwrap();
    assert_eq!(rsa.to_spki(), der.as_ref());

    // RFC 8410 section 10.1.
    let ed = "MCowBQYDK2VwAyEA";
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, ed25519().to_spki());
    assert_eq!(&text[..ed.len()], ed);
    assert_eq!(ed25519().to_spki().len(), 44);
}

#[test]
fn a_key_is_the_same_from_a_certificate_as_from_a_client() {
    let key = Jwk::read(&p256()).unwrap();
    let Material::Ec { point, .. } = &key.0 else { panic!("no EC key") };
    assert_eq!(Jwk::of_ec_point(Curve::P256, point).unwrap().thumbprint(), key.thumbprint());
    let decode = |text| base64url::decode(text).unwrap();
    let rsa_key = Jwk::read(&rsa(RSA_N, "AQAB")).unwrap();
    assert_eq!(Jwk::of_rsa(&decode(RSA_N), &decode("AQAB")).unwrap(), rsa_key);
    let Material::Ed25519 { point: ed } = ed25519().0 else { panic!("no Ed25519 key") };
    assert_eq!(Jwk::of_ed25519(ed), ed25519());
    let compressed = [&[2], &point[1..33]].concat();
    for bad in [&compressed[..], &point[..64], &[point.as_slice(), &[0]].concat(), &[4], &[]] {
        assert_eq!(Jwk::of_ec_point(Curve::P256, bad).unwrap_err().kind, ProblemType::BadPublicKey);
    }
}
