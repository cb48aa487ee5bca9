use super::*;
use crate::asn1::{DerProblem, Writer, tag};
use crate::oids;

fn spki(identifier: impl FnOnce(&mut Writer), key: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.sequence(|spki| {
        spki.sequence(identifier);
        spki.bit_octets(key);
    });
    writer.into_bytes()
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.sequence(|key| {
        key.primitive(tag::INTEGER, modulus);
        key.primitive(tag::INTEGER, exponent);
    });
    spki(
        |identifier| {
            identifier.oid(&oids::RSA_ENCRYPTION);
            identifier.null();
        },
        &writer.into_bytes(),
    )
}

#[test]
fn rsa_numbers_are_found() {
    let key =
        PublicKey::from_spki_der(&rsa(&[&[0, 0x80], [1; 255].as_slice()].concat(), &[1, 0, 1])).unwrap();
    assert_eq!(key.key_algorithm(), Some(KeyAlgorithm::Rsa2048));
    assert_eq!(key.rsa_modulus().unwrap().len(), 256);
    assert_eq!(key.rsa_exponent(), Some([1, 0, 1].as_slice()));
    let small = PublicKey::from_spki_der(&rsa(&[0x7f; 128], &[3])).unwrap();
    assert_eq!((small.key_bits(), small.key_algorithm()), (Some(1023), None));
    let error = small.verify(SignatureAlgorithm::RsaPkcs1Sha256, b"", &Signature::new([])).unwrap_err();
    assert_eq!(error, SignatureError::KeySize { bits: 1023 });
}

/// One key in two forms; the other solution of the equation of the curve; another key; another curve.
#[test]
fn a_key_is_the_same_in_whichever_form_its_point_is_written() {
    let key = |point: &[u8]| PublicKey::from_ec_point(Curve::P256, point).unwrap();
    let (x, odd, even) = ([7; 32], [[9; 31].as_slice(), &[1]].concat(), [[9; 31].as_slice(), &[2]].concat());
    let whole = |y: &[u8]| key(&[&[4], x.as_slice(), y].concat());
    let half = |form: u8, x: &[u8]| key(&[&[form], x].concat());
    assert!(whole(&odd).is_same_key(&half(3, &x)) && half(3, &x).is_same_key(&whole(&odd)));
    assert!(whole(&even).is_same_key(&half(2, &x)) && half(2, &x).is_same_key(&half(2, &x)));
    assert_ne!(whole(&odd), half(3, &x), "the octets differ");
    assert!(half(3, &x).is_compressed() && half(2, &x).is_compressed() && !whole(&odd).is_compressed());
    for other in [half(2, &x), half(3, &[8; 32]), whole(&even)] {
        assert!(!whole(&odd).is_same_key(&other) && !other.is_same_key(&whole(&odd)));
    }
    let longer = PublicKey::from_ec_point(Curve::P384, &[&[3], [7; 48].as_slice()].concat()).unwrap();
    assert!(!half(3, &x).is_same_key(&longer));
    let edwards = PublicKey::from_ed25519(&x).unwrap();
    assert!(!edwards.is_compressed());
    assert!(edwards.is_same_key(&edwards) && !edwards.is_same_key(&half(3, &x)));
    assert!(!edwards.is_same_key(&PublicKey::from_ed25519(&[8; 32]).unwrap()));
}

#[test]
fn malformed_keys_are_refused_but_stay_readable_in_certificates() {
    let with_parameters = spki(
        |identifier| {
            identifier.oid(&oids::ED25519);
            identifier.null();
        },
        &[1; 32],
    );
    let point = |octets: &[u8]| {
        spki(
            |identifier| {
                identifier.oid(&oids::EC_PUBLIC_KEY);
                identifier.oid(&oids::P256);
            },
            octets,
        )
    };
    let no_parameters = spki(|identifier| identifier.oid(&oids::RSA_ENCRYPTION), &[0x30, 0]);
    for (bad, problem) in [
        (rsa(&[0x80], &[3]), DerProblem::IntegerNegative),
        (rsa(&[0, 1], &[3]), DerProblem::IntegerNotMinimal),
        (with_parameters, DerProblem::Parameters),
        (no_parameters, DerProblem::Parameters),
        (point(&[0]), DerProblem::Point),
        (point(&[4; 64]), DerProblem::Point),
        (point(&[]), DerProblem::Point),
        (point(&[6; 65]), DerProblem::Point),
    ] {
        assert_eq!(PublicKey::from_spki_der(&bad).unwrap_err().problem, problem);
        let key = PublicKey::from_checked(&bad).unwrap();
        assert!(matches!(key.kind(), KeyKind::Malformed { .. }));
        assert_eq!((key.key_algorithm(), key.key_bits(), key.ec_point()), (None, None, None));
    }
}

#[test]
fn unsupported_keys_are_readable() {
    let explicit = spki(
        |identifier| {
            identifier.oid(&oids::EC_PUBLIC_KEY);
            identifier.sequence(|_| {});
        },
        &[4; 65],
    );
    let key = PublicKey::from_spki_der(&explicit).unwrap();
    assert_eq!(key.kind(), &KeyKind::UnsupportedCurve { curve: None });
    let curve = spki(
        |identifier| {
            identifier.oid(&oids::EC_PUBLIC_KEY);
            identifier.oid(&oids::P256K1);
        },
        &[4; 65],
    );
    let key = PublicKey::from_spki_der(&curve).unwrap();
    assert_eq!(key.kind().to_string(), "an EC key on the unsupported curve 1.3.132.0.10");
    let other = PublicKey::from_spki_der(&spki(|identifier| identifier.oid(&oids::ML_DSA_65), &[1])).unwrap();
    let error = other.verify(SignatureAlgorithm::Ed25519, b"", &Signature::new([])).unwrap_err();
    assert!(matches!(error, SignatureError::WrongKey { .. }));
}

#[test]
fn the_identifier_is_that_of_rfc_7093() {
    let key = PublicKey::from_ed25519(&[7; 32]).unwrap();
    assert_eq!(key.key_identifier().as_bytes(), &sha256(&[7; 32])[..20]);
    assert_eq!(key.key_identifier_by(KeyIdentifierMethod::Sha1).as_bytes(), sha1(&[7; 32]));
    assert_eq!(key.spki_sha256(), sha256(key.spki_der()));
}
