//! A good and a bad CRL for every row.

use super::draft::{CrlDraft, algorithm, ec_key, value};
use super::{assert_found, assert_same, codes};
use crate::asn1::tag;
use crate::distinguished_name::DistinguishedName;
use crate::ext::{CrlNumber, IssuingDistributionPoint, KeyUsage};
use crate::lint::{Context, crl, crl_rules};
use crate::oids;
use crate::signature::SignatureAlgorithm;

type Fixture = (&'static str, fn(&mut CrlDraft), fn(&mut CrlDraft));

fn users_only() -> Vec<u8> {
    value(&IssuingDistributionPoint { only_user_certificates: true, ..Default::default() })
}

const FIXTURES: &[Fixture] = &[
    (
        "HF-LINT-CRL-VERSION",
        |_| {},
        |d| {
            d.version = None;
            d.extensions.clear();
        },
    ),
    (
        "HF-LINT-CRL-ISSUER",
        |_| {},
        |d| d.issuer_name = DistinguishedName::common("test ca").to_der().to_vec(),
    ),
    (
        "HF-LINT-CRL-SIGN",
        |d| d.issuer.key_usage = None,
        |d| d.issuer.key_usage = Some(KeyUsage::KEY_CERT_SIGN),
    ),
    (
        "HF-LINT-CRL-SIGNATURE-ALGORITHM",
        |_| {},
        |d| d.algorithm = algorithm(SignatureAlgorithm::RsaPkcs1Sha1),
    ),
    ("HF-LINT-CRL-NEXT-UPDATE", |d| d.times[1] = (tag::UTC_TIME, "270101000001Z"), |d| d.times.truncate(1)),
    (
        "HF-LINT-CRL-TIME-ENCODING",
        |d| d.times[1] = (tag::GENERALIZED_TIME, "20500101000000Z"),
        |d| {
            d.times[1] = (tag::GENERALIZED_TIME, "20270108000000Z");
        },
    ),
    ("HF-LINT-CRL-NUMBER", |_| {}, |d| d.remove(&oids::CRL_NUMBER)),
    ("HF-LINT-CRL-AKI", |_| {}, |d| d.aki(false, ec_key(3).key_identifier())),
    (
        "HF-LINT-CRL-IDP",
        |d| d.set(&oids::ISSUING_DISTRIBUTION_POINT, true, users_only()),
        |d| {
            d.set(&oids::ISSUING_DISTRIBUTION_POINT, false, users_only());
        },
    ),
    (
        "HF-LINT-CRL-DELTA",
        |d| d.set(&oids::DELTA_CRL_INDICATOR, true, value(&CrlNumber::from(6))),
        |d| {
            d.set(&oids::DELTA_CRL_INDICATOR, true, value(&CrlNumber::from(7)));
        },
    ),
    (
        "HF-LINT-CRL-EXTENSION-DUPLICATE",
        |_| {},
        |d| {
            let first = d.extensions[0].clone();
            d.extensions.push(first);
        },
    ),
    ("HF-LINT-CRL-EXTENSION-UNREADABLE", |_| {}, |d| d.set(&oids::CRL_NUMBER, false, vec![2, 1, 0x80])),
    ("HF-LINT-CRL-EXTENSION-UNKNOWN", |_| {}, |d| d.set(&"1.2.3.4".parse().unwrap(), false, vec![5, 0])),
    ("HF-LINT-CRL-ENTRIES-EMPTY", |d| d.entries = None, |d| d.entries = Some(Vec::new())),
    (
        "HF-LINT-CRL-ENTRY",
        |d| d.entry(&[6], "270101000000Z", None),
        |d| d.entry(&[0x80], "270101000000Z", None),
    ),
    (
        "HF-LINT-CRL-ENTRY-REASON",
        |d| d.entry(&[6], "270101000000Z", Some(9)),
        |d| {
            d.entry(&[6], "270101000000Z", Some(0));
        },
    ),
    (
        "HF-LINT-CRL-ENTRY-DATE",
        |d| d.entry(&[6], "270101000000Z", None),
        |d| d.entry(&[6], "270101000001Z", None),
    ),
    (
        "HF-LINT-CRL-ENTRY-DUPLICATE",
        |d| d.entry(&[4], "270101000000Z", None),
        |d| {
            d.entry(&[6], "270101000000Z", None);
            d.entry(&[5], "270101000000Z", None);
        },
    ),
];

fn lint(draft: &CrlDraft) -> Vec<hf_core::finding::Finding> {
    crl(&draft.der(), &Context::of(&draft.issuer))
}

#[test]
fn every_row_has_a_good_and_a_bad_fixture() {
    assert_same(crl_rules(), FIXTURES.iter().map(|(code, _, _)| *code));
}

#[test]
fn bad_fixtures_are_found_and_good_ones_are_not() {
    for (code, good, bad) in FIXTURES {
        let mut draft = CrlDraft::good();
        good(&mut draft);
        assert_eq!(codes(&lint(&draft)), [""; 0], "{code}: good fixture");
        let mut draft = CrlDraft::good();
        bad(&mut draft);
        assert_found(&lint(&draft), code, crl_rules());
    }
}
