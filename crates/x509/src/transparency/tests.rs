use hf_core::time::Lifetime;

use super::*;
use crate::asn1::Writer;
use crate::ext::SignedCertificateTimestamps;
use crate::signature::Signature;
use crate::tbs::{TbsCertificate, ToBeSigned, ToBeSignedKind};
use crate::testing::{TestKey, leaf};
use crate::{digest, oids};

fn precertificate(key: &TestKey) -> TbsCertificate {
    let mut tbs = leaf(key, key);
    tbs.extensions.precertificate_poison = true;
    tbs
}

/// What an honest log says of an entry.
fn promise(log: &TestKey, issuer: &TestKey, entry: &[u8]) -> SignedCertificateTimestamp {
    let mut timestamp = SignedCertificateTimestamp {
        log_id: digest::sha256(log.public.spki_der()),
        milliseconds: 1_800_000_000_000,
        extensions: Vec::new(),
        algorithm: TimestampAlgorithm::EcdsaSha256,
        signature: Signature::new(Vec::new()),
    };
    let signed = timestamp.signed(&issuer.public, entry);
    let algorithm = crate::signature::SignatureAlgorithm::EcdsaSha256;
    timestamp.signature = log.sign(&ToBeSigned::new(signed, algorithm, ToBeSignedKind::Renewal));
    timestamp
}

#[test]
fn the_certificate_has_the_timestamps_where_the_poison_was() {
    let key = TestKey::generate();
    let poisoned = precertificate(&key).finalize().unwrap();
    let entry = entry_of_precertificate(poisoned.bytes()).unwrap();
    assert_eq!(entry, leaf(&key, &key).finalize().unwrap().bytes(), "an entry is what nobody poisoned");
    let list = SignedCertificateTimestamps::new(vec![promise(&key, &key, &entry)]).unwrap();
    let certificate = poisoned.with_timestamps(&list).unwrap();
    assert_eq!(entry_of_certificate(certificate.bytes()).unwrap(), entry);
    correspond(certificate.bytes(), poisoned.bytes()).unwrap();
    let read = certificate.assemble_certificate(&key.sign(&certificate)).unwrap();
    assert_eq!(read.signed_certificate_timestamps().unwrap(), Some(list));
    assert_eq!(read.precertificate_poison().unwrap(), None);
}

#[test]
fn any_difference_but_that_is_found() {
    let key = TestKey::generate();
    let poisoned = precertificate(&key).finalize().unwrap();
    let list = SignedCertificateTimestamps::new(vec![promise(&key, &key, b"x")]).unwrap();
    let mut longer = precertificate(&key);
    longer.validity = hf_core::time::Validity::starting(crate::testing::now(), Lifetime::from_days(91));
    let longer = longer.finalize().unwrap().with_timestamps(&list).unwrap();
    assert_eq!(correspond(longer.bytes(), poisoned.bytes()), Err(CorrespondenceError::Differ));
    let mut more = precertificate(&key);
    more.extensions.ocsp_no_check = true;
    let more = more.finalize().unwrap().with_timestamps(&list).unwrap();
    assert_eq!(correspond(more.bytes(), poisoned.bytes()), Err(CorrespondenceError::Differ));
    let plain = leaf(&key, &key).finalize().unwrap();
    assert!(correspond(plain.bytes(), poisoned.bytes()).is_err(), "no timestamps");
    let good = poisoned.with_timestamps(&list).unwrap();
    assert!(correspond(good.bytes(), plain.bytes()).is_err(), "no poison");
    assert!(good.with_timestamps(&list).is_err(), "a certificate becomes no second one");
    assert!(entry_of_precertificate(&poisoned.bytes()[..40]).is_err());
}

#[test]
fn two_poisons_are_one_too_many() {
    let key = TestKey::generate();
    let mut twice = precertificate(&key);
    let mut value = Writer::default();
    value.null();
    twice.extensions.further.push(crate::tbs::FurtherExtension {
        id: oids::PRECERTIFICATE_POISON,
        critical: true,
        value: value.into_bytes(),
    });
    assert!(entry_of_precertificate(twice.finalize().unwrap().bytes()).is_err());
}

#[test]
fn a_timestamp_is_for_one_log_one_issuer_and_one_entry() {
    let (log, issuer, other) = (TestKey::generate(), TestKey::generate(), TestKey::generate());
    let timestamp = promise(&log, &issuer, b"entry");
    timestamp.verify(&log.public, &issuer.public, b"entry").unwrap();
    assert!(timestamp.verify(&other.public, &issuer.public, b"entry").is_err());
    assert!(timestamp.verify(&log.public, &other.public, b"entry").is_err());
    assert!(timestamp.verify(&log.public, &issuer.public, b"other").is_err());
    let later = SignedCertificateTimestamp { milliseconds: timestamp.milliseconds + 1, ..timestamp.clone() };
    assert!(later.verify(&log.public, &issuer.public, b"entry").is_err());
    let extended = SignedCertificateTimestamp { extensions: vec![1], ..timestamp.clone() };
    assert!(extended.verify(&log.public, &issuer.public, b"entry").is_err());
    let as_rsa = SignedCertificateTimestamp { algorithm: TimestampAlgorithm::RsaSha256, ..timestamp };
    assert!(as_rsa.verify(&log.public, &issuer.public, b"entry").is_err());
}

#[test]
fn octets_and_parts_lead_to_the_same_timestamp() {
    let key = TestKey::generate();
    let timestamp = promise(&key, &key, b"entry");
    let octets = timestamp.to_bytes();
    assert_eq!(SignedCertificateTimestamp::from_bytes(&octets).unwrap(), timestamp);
    let signature = &octets[1 + 32 + 8 + 2..];
    let parts = |version| {
        let (id, at) = (timestamp.log_id, timestamp.milliseconds);
        SignedCertificateTimestamp::from_parts(version, id, at, Vec::new(), signature)
    };
    assert_eq!(parts(0).unwrap(), timestamp);
    assert_eq!(parts(1), Err(TimestampError::Version { found: 1 }));
    for cut in 0..octets.len() {
        let cut = &octets[..cut];
        assert_eq!(SignedCertificateTimestamp::from_bytes(cut), Err(TimestampError::Malformed));
    }
    let longer = [&octets[..], &[0]].concat();
    assert_eq!(SignedCertificateTimestamp::from_bytes(&longer), Err(TimestampError::Malformed));
    let mut sha1 = octets;
    sha1[43] = 2;
    let refused = SignedCertificateTimestamp::from_bytes(&sha1);
    assert_eq!(refused, Err(TimestampError::Algorithm { hash: 2, signature: 3 }));
}
