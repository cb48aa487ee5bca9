//! A good and a bad certificate for every row. The good one comes as close to the limit as it may.

use super::draft::{Draft, algorithm, ec_key, name, rsa_key, value};
use super::{assert_found, assert_same, codes};
use crate::asn1::tag;
use crate::distinguished_name::DistinguishedName;
use crate::ext::{
    AuthorityInfoAccess, AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies,
    CrlDistributionPoints, DistributionPoint, ExtendedKeyUsage, InhibitAnyPolicy, KeyIdentifier, KeyUsage,
    NameConstraints, PolicyConstraints, PolicyInformation, PolicyMappings, PolicyQualifier,
    PrecertificatePoison, SignedCertificateTimestamps,
};
use crate::general_name::GeneralName;
use crate::lint::{Context, Form, certificate, certificate_rules};
use crate::oids;
use crate::public_key::{Curve, KeyIdentifierMethod, PublicKey};
use crate::signature::{Signature, SignatureAlgorithm};
use crate::transparency::{SignedCertificateTimestamp, TimestampAlgorithm};

type Fixture = (&'static str, fn(&mut Draft), fn(&mut Draft));

fn dns(name: &str) -> GeneralName {
    GeneralName::Dns(name.to_owned())
}

fn permitted(bases: &[GeneralName]) -> NameConstraints {
    NameConstraints { permitted: bases.to_vec(), excluded: Vec::new() }
}

fn constrained(draft: &mut Draft, base: GeneralName) {
    *draft = Draft::authority();
    draft.set(true, &permitted(&[base]));
}

fn ed25519() -> PublicKey {
    PublicKey::from_ed25519(&[7; 32]).unwrap()
}

fn access(uri: &str) -> AuthorityInfoAccess {
    AuthorityInfoAccess::from_uris([uri.to_owned()], [])
}

fn qualified(qualifier: PolicyQualifier) -> CertificatePolicies {
    let policy = "1.3.6.1.4.1.1".parse().unwrap();
    CertificatePolicies(vec![PolicyInformation { policy, qualifiers: vec![qualifier] }])
}

const FIXTURES: &[Fixture] = &[
    (
        "HF-LINT-VERSION",
        |_| {},
        |d| {
            d.version = 0;
            d.extensions.clear();
        },
    ),
    (
        "HF-LINT-SERIAL-POSITIVE",
        |d| d.serial = [&[0], [0x80; 19].as_slice()].concat(),
        |d| d.serial = vec![0x80; 20],
    ),
    ("HF-LINT-SERIAL-LENGTH", |d| d.serial = vec![0x7f; 20], |d| d.serial = vec![0x7f; 21]),
    ("HF-LINT-SERIAL-SHORT", |d| d.serial = vec![0x7f; 16], |d| d.serial = vec![0x7f; 15]),
    ("HF-LINT-UNIQUE-ID", |d| d.unique_id = false, |d| d.unique_id = true),
    (
        "HF-LINT-TIME-ENCODING",
        |d| d.times[1] = (tag::GENERALIZED_TIME, "20500101000000Z"),
        |d| {
            d.times[1] = (tag::GENERALIZED_TIME, "20491231235959Z");
        },
    ),
    (
        "HF-LINT-VALIDITY-ORDER",
        |d| d.times[1] = d.times[0],
        |d| d.times[1] = (tag::UTC_TIME, "261231235959Z"),
    ),
    (
        "HF-LINT-SIGNATURE-ALGORITHM",
        |d| d.algorithm = algorithm(SignatureAlgorithm::EcdsaSha384),
        |d| {
            d.algorithm = algorithm(SignatureAlgorithm::EcdsaSha1);
        },
    ),
    (
        "HF-LINT-SIGNATURE-KEY",
        |d| {
            d.issuer.public_key = rsa_key(256, &[1, 0, 1]);
            d.algorithm = algorithm(SignatureAlgorithm::RsaPkcs1Sha256);
        },
        |d| d.algorithm = algorithm(SignatureAlgorithm::RsaPkcs1Sha256),
    ),
    (
        "HF-LINT-EXTENSION-DUPLICATE",
        |_| {},
        |d| {
            let first = d.extensions[0].clone();
            d.extensions.push(first);
        },
    ),
    ("HF-LINT-EXTENSION-UNREADABLE", |_| {}, |d| d.set_raw(&oids::EXTENDED_KEY_USAGE, false, vec![0x30, 0])),
    ("HF-LINT-EXTENSION-UNKNOWN", |_| {}, |d| d.set_raw(&"1.2.3.4".parse().unwrap(), false, vec![5, 0])),
    (
        "HF-LINT-ISSUER-EMPTY",
        |_| {},
        |d| {
            d.issuer_name = vec![0x30, 0];
            d.issuer.subject = DistinguishedName::empty();
        },
    ),
    (
        "HF-LINT-ISSUER-MISMATCH",
        |_| {},
        |d| {
            d.issuer_name = DistinguishedName::common("test ca").to_der().to_vec();
        },
    ),
    (
        "HF-LINT-SUBJECT-EMPTY-CA",
        |d| *d = Draft::authority(),
        |d| {
            *d = Draft::authority();
            d.subject = vec![0x30, 0];
        },
    ),
    (
        "HF-LINT-SUBJECT-EMPTY",
        |d| d.names(true, &[dns("a.example")]),
        |d| d.names(false, &[dns("a.example")]),
    ),
    (
        "HF-LINT-NAME-STRING",
        |d| d.subject("CN=db,DC=internal"),
        |d| {
            d.subject = name(&oids::COMMON_NAME, tag::TELETEX_STRING, b"db");
        },
    ),
    (
        "HF-LINT-NAME-TEXT",
        |d| d.subject("CN=Gr\u{fc}\u{df}e"),
        |d| {
            d.subject = name(&oids::COMMON_NAME, tag::UTF8_STRING, b"db\0.evil");
        },
    ),
    (
        "HF-LINT-NAME-LENGTH",
        |d| d.subject(&format!("CN={}", "x".repeat(64))),
        |d| {
            d.subject = name(&oids::COMMON_NAME, tag::UTF8_STRING, &[b'x'; 65]);
        },
    ),
    (
        "HF-LINT-NAME-COUNTRY",
        |d| d.subject("C=DE"),
        |d| {
            d.subject = name(&oids::COUNTRY, tag::PRINTABLE_STRING, b"D1");
        },
    ),
    (
        "HF-LINT-NAME-MULTI-VALUED",
        |d| d.subject("CN=db,O=Shop"),
        |d| {
            let attribute = |text: &[u8]| name(&oids::COMMON_NAME, tag::UTF8_STRING, text)[4..].to_vec();
            let rdn = [attribute(b"a"), attribute(b"b")].concat();
            let length = u8::try_from(rdn.len()).unwrap();
            d.subject = [vec![0x30, length + 2, 0x31, length], rdn].concat();
        },
    ),
    (
        "HF-LINT-SAN-CRITICAL",
        |d| {
            d.subject("CN=db");
            d.names(false, &[dns("a.example")]);
        },
        |d| {
            d.subject("CN=db");
            d.names(true, &[dns("a.example")]);
        },
    ),
    ("HF-LINT-SAN-NAME", |d| d.dns("*.a.example"), |d| d.dns("a..example")),
    ("HF-LINT-SAN-CANONICAL", |d| d.dns("xn--bcher-kva.example"), |d| d.dns("A.example")),
    (
        "HF-LINT-SAN-DUPLICATE",
        |d| d.names(true, &[dns("a.example"), dns("b.example")]),
        |d| {
            d.names(true, &[dns("a.example"), dns("b.example"), dns("a.example")]);
        },
    ),
    (
        "HF-LINT-SAN-COUNT",
        |d| {
            let names: Vec<_> = (0..100).map(|number| dns(&format!("n{number}.example"))).collect();
            d.names(true, &names);
        },
        |d| {
            let names: Vec<_> = (0..101).map(|number| dns(&format!("n{number}.example"))).collect();
            d.names(true, &names);
        },
    ),
    ("HF-LINT-COMMON-NAME", |d| d.subject("CN=A.example"), |d| d.subject("CN=b.example")),
    (
        "HF-LINT-NAME-CONSTRAINED",
        |d| {
            d.issuer.name_constraints = Some(permitted(&[dns("example")]));
        },
        |d| d.issuer.name_constraints = Some(permitted(&[dns("shop.internal")])),
    ),
    (
        "HF-LINT-KEY-ALGORITHM",
        |d| d.key(&ed25519()),
        |d| {
            // X25519, RFC 8410: it agrees on keys and signs nothing.
            let head = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 3, 0x21, 0];
            d.key(&PublicKey::from_spki_der(&[head.as_slice(), &[1; 32]].concat()).unwrap());
        },
    ),
    ("HF-LINT-KEY-RSA-SIZE", |d| d.key(&rsa_key(256, &[1, 0, 1])), |d| d.key(&rsa_key(255, &[1, 0, 1]))),
    ("HF-LINT-KEY-RSA-EXPONENT", |d| d.key(&rsa_key(256, &[1, 0, 1])), |d| d.key(&rsa_key(256, &[3]))),
    (
        "HF-LINT-KEY-EC-POINT",
        |d| d.key(&ec_key(9)),
        |d| {
            d.key(&PublicKey::from_ec_point(Curve::P256, &[2; 33]).unwrap());
        },
    ),
    ("HF-LINT-BC-MISSING", |_| {}, |d| d.remove(&oids::BASIC_CONSTRAINTS)),
    (
        "HF-LINT-BC-CRITICAL",
        |d| *d = Draft::authority(),
        |d| {
            *d = Draft::authority();
            d.set(false, &BasicConstraints { ca: true, path_length: Some(0) });
        },
    ),
    (
        "HF-LINT-BC-PATH-LENGTH",
        |d| *d = Draft::authority(),
        |d| {
            d.set(true, &BasicConstraints { ca: false, path_length: Some(0) });
        },
    ),
    ("HF-LINT-KU-MISSING", |_| {}, |d| d.remove(&oids::KEY_USAGE)),
    (
        "HF-LINT-KU-CRITICAL",
        |d| d.set(true, &KeyUsage::DIGITAL_SIGNATURE),
        |d| {
            d.set(false, &KeyUsage::DIGITAL_SIGNATURE);
        },
    ),
    ("HF-LINT-KU-EMPTY", |_| {}, |d| d.set(true, &KeyUsage::NONE)),
    (
        "HF-LINT-KU-CERT-SIGN",
        |d| *d = Draft::authority(),
        |d| {
            d.set(true, &(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_CERT_SIGN));
        },
    ),
    (
        "HF-LINT-KU-CA",
        |d| {
            *d = Draft::authority();
            d.set(true, &KeyUsage::KEY_CERT_SIGN);
        },
        |d| {
            *d = Draft::authority();
            d.set(true, &KeyUsage::CRL_SIGN);
        },
    ),
    (
        "HF-LINT-KU-EC",
        |d| {
            d.key(&rsa_key(256, &[1, 0, 1]));
            d.set(true, &(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT));
        },
        |d| d.set(true, &(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT)),
    ),
    (
        "HF-LINT-KU-ED25519",
        |d| d.key(&ed25519()),
        |d| {
            d.key(&ed25519());
            d.set(true, &(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT));
        },
    ),
    (
        "HF-LINT-KU-ONLY",
        |d| {
            d.set(true, &(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT | KeyUsage::DECIPHER_ONLY));
        },
        |d| d.set(true, &(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::DECIPHER_ONLY)),
    ),
    ("HF-LINT-EKU-MISSING", |d| *d = Draft::authority(), |d| d.remove(&oids::EXTENDED_KEY_USAGE)),
    (
        "HF-LINT-EKU-DUPLICATE",
        |_| {},
        |d| {
            d.set(false, &ExtendedKeyUsage(vec![oids::SERVER_AUTH, oids::SERVER_AUTH]));
        },
    ),
    ("HF-LINT-EKU-ANY", |_| {}, |d| d.set(false, &ExtendedKeyUsage(vec![oids::ANY_EXTENDED_KEY_USAGE]))),
    (
        "HF-LINT-EKU-KEY-USAGE",
        |d| {
            d.set(true, &KeyUsage::KEY_AGREEMENT);
        },
        |d| d.set(true, &KeyUsage::KEY_ENCIPHERMENT),
    ),
    (
        "HF-LINT-OCSP-NO-CHECK",
        |d| {
            d.set(false, &ExtendedKeyUsage(vec![oids::OCSP_SIGNING]));
            d.set_raw(&oids::OCSP_NO_CHECK, false, vec![5, 0]);
        },
        |d| d.set_raw(&oids::OCSP_NO_CHECK, false, vec![5, 0]),
    ),
    ("HF-LINT-SKI-MISSING", |_| {}, |d| d.remove(&oids::SUBJECT_KEY_IDENTIFIER)),
    ("HF-LINT-SKI-CRITICAL", |_| {}, |d| d.set(true, &ec_key(2).key_identifier())),
    (
        "HF-LINT-SKI-METHOD",
        |d| d.set(false, &ec_key(2).key_identifier_by(KeyIdentifierMethod::Sha1)),
        |d| d.set(false, &KeyIdentifier::new(&[1; 20])),
    ),
    ("HF-LINT-AKI-MISSING", |_| {}, |d| d.set(false, &AuthorityKeyIdentifier::default())),
    (
        "HF-LINT-AKI-CRITICAL",
        |_| {},
        |d| {
            d.set(true, &AuthorityKeyIdentifier::of(ec_key(1).key_identifier()));
        },
    ),
    (
        "HF-LINT-AKI-MISMATCH",
        |_| {},
        |d| {
            d.set(false, &AuthorityKeyIdentifier::of(ec_key(2).key_identifier()));
        },
    ),
    (
        "HF-LINT-VALIDITY-BEYOND-ISSUER",
        |d| d.issuer.not_after = "2027-04-01T00:00:00Z".parse().unwrap(),
        |d| {
            d.issuer.not_after = "2027-03-31T23:59:59Z".parse().unwrap();
        },
    ),
    (
        "HF-LINT-ISSUER-NOT-CA",
        |d| d.issuer.key_usage = Some(KeyUsage::KEY_CERT_SIGN),
        |d| {
            d.issuer.basic_constraints = Some(BasicConstraints::default());
        },
    ),
    (
        "HF-LINT-PATH-LENGTH-EXCEEDED",
        |d| *d = Draft::authority(),
        |d| {
            *d = Draft::authority();
            d.set(true, &BasicConstraints { ca: true, path_length: Some(1) });
        },
    ),
    (
        "HF-LINT-NC-LEAF",
        |d| constrained(d, dns("shop.internal")),
        |d| d.set(true, &permitted(&[dns("example")])),
    ),
    (
        "HF-LINT-NC-CRITICAL",
        |d| constrained(d, dns("shop.internal")),
        |d| {
            *d = Draft::authority();
            d.set(false, &permitted(&[dns("shop.internal")]));
        },
    ),
    (
        "HF-LINT-NC-BASE",
        |d| constrained(d, GeneralName::Ip(vec![10, 0, 0, 0, 255, 0, 0, 0])),
        |d| {
            constrained(d, dns("*.shop.internal"));
        },
    ),
    (
        "HF-LINT-POLICY-LEAF",
        |d| {
            *d = Draft::authority();
            d.set(true, &InhibitAnyPolicy(0));
        },
        |d| d.set(true, &InhibitAnyPolicy(0)),
    ),
    (
        "HF-LINT-POLICY-CRITICAL",
        |d| {
            *d = Draft::authority();
            d.set(
                true,
                &PolicyConstraints { require_explicit_policy: Some(0), inhibit_policy_mapping: None },
            );
        },
        |d| {
            *d = Draft::authority();
            d.set(
                false,
                &PolicyConstraints { require_explicit_policy: Some(0), inhibit_policy_mapping: None },
            );
        },
    ),
    (
        "HF-LINT-POLICY-MAPPING-ANY",
        |d| {
            *d = Draft::authority();
            d.set(true, &PolicyMappings(vec![("1.2.3".parse().unwrap(), "1.2.4".parse().unwrap())]));
        },
        |d| {
            *d = Draft::authority();
            d.set(true, &PolicyMappings(vec![("1.2.3".parse().unwrap(), oids::ANY_POLICY)]));
        },
    ),
    (
        "HF-LINT-CDP-CRITICAL",
        |d| d.points(false, "http://a.example/crl"),
        |d| d.points(true, "http://a.example/crl"),
    ),
    (
        "HF-LINT-CDP-POINT",
        |d| d.points(false, "http://a.example/crl"),
        |d| {
            d.set(
                false,
                &CrlDistributionPoints(vec![DistributionPoint {
                    reasons: Some(1 << 14),
                    ..Default::default()
                }]),
            );
        },
    ),
    (
        "HF-LINT-CDP-URI",
        |d| d.points(false, "ldap://a.example/cn=x"),
        |d| d.points(false, "https://a.example/crl"),
    ),
    (
        "HF-LINT-AIA-CRITICAL",
        |d| d.set(false, &access("http://a.example/")),
        |d| {
            d.set(true, &access("http://a.example/"));
        },
    ),
    (
        "HF-LINT-AIA-URI",
        |d| d.set(false, &access("http://a.example/ocsp")),
        |d| d.set(false, &access("/ocsp")),
    ),
    (
        "HF-LINT-POLICY-QUALIFIER",
        |d| {
            d.set(false, &qualified(PolicyQualifier::PracticeStatement("http://a.example/cps".to_owned())));
        },
        |d| {
            let kind = "1.2.3".parse().unwrap();
            d.set(false, &qualified(PolicyQualifier::Other { kind, value: vec![5, 0] }));
        },
    ),
    ("HF-LINT-POISON", |_| {}, |d| d.set(true, &PrecertificatePoison)),
    ("HF-LINT-POISON-CRITICAL", |_| {}, |d| d.set(false, &PrecertificatePoison)),
    ("HF-LINT-SCT-CRITICAL", |d| d.set(false, &timestamps(&[1])), |d| d.set(true, &timestamps(&[1]))),
    (
        "HF-LINT-SCT-LIST",
        |d| d.set(false, &timestamps(&[1, 2])),
        |d| {
            d.set(false, &timestamps(&[1, 2, 1]));
        },
    ),
];

/// Timestamps of these logs.
fn timestamps(logs: &[u8]) -> SignedCertificateTimestamps {
    let of = |log: &u8| SignedCertificateTimestamp {
        log_id: [*log; 32],
        milliseconds: 1,
        extensions: Vec::new(),
        algorithm: TimestampAlgorithm::EcdsaSha256,
        signature: Signature::new([7; 70]),
    };
    SignedCertificateTimestamps::new(logs.iter().map(of).collect()).unwrap()
}

fn lint(draft: &Draft) -> Vec<hf_core::finding::Finding> {
    certificate(&draft.der(), &Context::of(&draft.issuer))
}

#[test]
fn every_row_has_a_good_and_a_bad_fixture() {
    assert_same(certificate_rules(), FIXTURES.iter().map(|(code, _, _)| *code));
}

#[test]
fn healthy_certificates_have_no_findings() {
    for draft in [Draft::leaf(), Draft::authority()] {
        assert_eq!(lint(&draft), []);
        assert!(value(&BasicConstraints::default()) == [0x30, 0]);
    }
}

#[test]
fn bad_fixtures_are_found_and_good_ones_are_not() {
    for (code, good, bad) in FIXTURES {
        let mut draft = Draft::leaf();
        good(&mut draft);
        assert_eq!(codes(&lint(&draft)), [""; 0], "{code}: good fixture");
        let mut draft = Draft::leaf();
        bad(&mut draft);
        assert_found(&lint(&draft), code, certificate_rules());
    }
}

#[test]
fn a_precertificate_is_poisoned_and_has_no_timestamps() {
    let mut draft = Draft::leaf();
    draft.set(true, &PrecertificatePoison);
    let lint = |draft: &Draft| {
        let context = Context { issuer: &draft.issuer, form: Form::Precertificate };
        certificate(&draft.der(), &context)
    };
    assert_eq!(lint(&draft), []);
    assert_eq!(codes(&lint(&Draft::leaf())), ["HF-LINT-POISON"]);
    draft.set(false, &timestamps(&[1]));
    assert_eq!(codes(&lint(&draft)), ["HF-LINT-SCT-LIST"]);
}

#[test]
fn an_empty_list_and_a_version_that_nobody_knows_are_found() {
    for list in [&[0, 0][..], &[0, 5, 0, 3, 7, 1, 2]] {
        let mut draft = Draft::leaf();
        let octets = u8::try_from(list.len()).unwrap();
        draft.set_raw(
            &oids::SIGNED_CERTIFICATE_TIMESTAMPS,
            false,
            [&[tag::OCTET_STRING, octets], list].concat(),
        );
        let codes = codes(&lint(&draft));
        assert!(codes == ["HF-LINT-SCT-LIST"] || codes == ["HF-LINT-EXTENSION-UNREADABLE"], "{codes:?}");
    }
}
