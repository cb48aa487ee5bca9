use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use hf_core::time::Lifetime;

use super::*;
use crate::public_key::Curve;

fn key_pair() -> (EcdsaKeyPair, PublicKey) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
    let public = PublicKey::from_ec_point(Curve::P256, pair.public_key().as_ref()).unwrap();
    (pair, public)
}

fn sign(pair: &EcdsaKeyPair, bytes: &[u8]) -> Signature {
    Signature::new(pair.sign(&SystemRandom::new(), bytes).unwrap().as_ref())
}

fn leaf(public_key: PublicKey) -> TbsCertificate {
    let aki = public_key.key_identifier();
    TbsCertificate {
        serial: "0102ff".parse().unwrap(),
        signature_algorithm: SignatureAlgorithm::EcdsaSha256,
        issuer: DistinguishedName::common("Test CA"),
        validity: Validity::starting("2027-01-01T00:00:00Z".parse().unwrap(), Lifetime::from_days(90)),
        subject: DistinguishedName::empty(),
        public_key,
        extensions: Extensions {
            key_usage: KeyUsage::DIGITAL_SIGNATURE,
            extended_key_usage: vec![oids::SERVER_AUTH, oids::CLIENT_AUTH],
            subject_alt_names: ["a.example", "10.0.0.1", "spiffe://d/a"]
                .iter()
                .map(|name| name.parse().unwrap())
                .collect(),
            crl_distribution_points: vec!["http://crl.example/1.crl".to_owned()],
            ..Extensions::new(aki)
        },
    }
}

#[test]
fn what_was_asked_for_is_what_is_read_back() {
    let (pair, public) = key_pair();
    let wanted = leaf(public.clone());
    let tbs = wanted.finalize().unwrap();
    let certificate = tbs.assemble_certificate(&sign(&pair, tbs.bytes())).unwrap();
    certificate.verify_signed_by(&public).unwrap();
    assert_eq!(certificate.tbs_der(), tbs.bytes());
    assert_eq!(certificate.serial().unwrap(), wanted.serial);
    assert_eq!(certificate.validity().unwrap(), wanted.validity);
    assert_eq!(certificate.issuer(), &wanted.issuer);
    assert_eq!(certificate.san_set().unwrap(), wanted.extensions.subject_alt_names);
    assert_eq!(certificate.key_usage().unwrap(), Some(wanted.extensions.key_usage));
    assert_eq!(certificate.extended_key_usage().unwrap().unwrap().0, wanted.extensions.extended_key_usage);
    assert_eq!(certificate.basic_constraints().unwrap(), Some(BasicConstraints::default()));
    assert_eq!(certificate.subject_key_identifier().unwrap(), Some(public.key_identifier()));
    assert!(certificate.extension(&oids::SUBJECT_ALT_NAME).unwrap().critical());
    assert_eq!(Certificate::from_pem(&certificate.to_pem()).unwrap(), certificate);
}
