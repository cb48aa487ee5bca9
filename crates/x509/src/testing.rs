//! Keys and signatures for this crate's own tests.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use hf_core::time::{Lifetime, Timestamp, Validity};

use crate::distinguished_name::DistinguishedName;
use crate::ext::KeyUsage;
use crate::oids;
use crate::public_key::{Curve, PublicKey};
use crate::signature::{Signature, SignatureAlgorithm};
use crate::tbs::{Extensions, TbsCertificate, ToBeSigned};

/// A P-256 key pair.
pub(crate) struct TestKey {
    pair: EcdsaKeyPair,
    pub(crate) public: PublicKey,
}

impl TestKey {
    pub(crate) fn generate() -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let public = PublicKey::from_ec_point(Curve::P256, pair.public_key().as_ref()).unwrap();
        Self { pair, public }
    }

    pub(crate) fn sign(&self, tbs: &ToBeSigned) -> Signature {
        Signature::new(self.pair.sign(&SystemRandom::new(), tbs.bytes()).unwrap().as_ref())
    }
}

/// 2027-01-01T00:00:00Z.
pub(crate) fn now() -> Timestamp {
    "2027-01-01T00:00:00Z".parse().unwrap()
}

/// A leaf of `Test CA` for this key, signed by `issuer`.
pub(crate) fn leaf(key: &TestKey, issuer: &TestKey) -> TbsCertificate {
    TbsCertificate {
        serial: "0102ff".parse().unwrap(),
        signature_algorithm: SignatureAlgorithm::EcdsaSha256,
        issuer: DistinguishedName::common("Test CA"),
        validity: Validity::starting(now(), Lifetime::from_days(90)),
        subject: DistinguishedName::empty(),
        public_key: key.public.clone(),
        extensions: Extensions {
            key_usage: KeyUsage::DIGITAL_SIGNATURE,
            extended_key_usage: vec![oids::SERVER_AUTH, oids::CLIENT_AUTH],
            subject_alt_names: ["a.example", "10.0.0.1", "spiffe://d/a"]
                .iter()
                .map(|name| name.parse().unwrap())
                .collect(),
            crl_distribution_points: vec!["http://crl.example/1.crl".to_owned()],
            ..Extensions::new(issuer.public.key_identifier())
        },
    }
}

/// A self-signed authority.
pub(crate) fn root(key: &TestKey) -> TbsCertificate {
    let mut root = leaf(key, key);
    root.subject = DistinguishedName::common("Test CA");
    root.validity = Validity::starting(now(), Lifetime::from_days(3650));
    root.extensions = Extensions {
        basic_constraints: crate::ext::BasicConstraints { ca: true, path_length: None },
        key_usage: KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN,
        ..Extensions::new(key.public.key_identifier())
    };
    root
}
