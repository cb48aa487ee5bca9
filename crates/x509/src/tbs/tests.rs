use super::*;
use crate::testing::{TestKey, leaf};

#[test]
fn what_was_asked_for_is_what_is_read_back() {
    let key = TestKey::generate();
    let wanted = leaf(&key, &key);
    let tbs = wanted.finalize().unwrap();
    let certificate = tbs.assemble_certificate(&key.sign(&tbs)).unwrap();
    certificate.verify_signed_by(&key.public).unwrap();
    assert_eq!(certificate.tbs_der(), tbs.bytes());
    assert_eq!(certificate.serial().unwrap(), wanted.serial);
    assert_eq!(certificate.validity().unwrap(), wanted.validity);
    assert_eq!(certificate.issuer(), &wanted.issuer);
    assert_eq!(certificate.san_set().unwrap(), wanted.extensions.subject_alt_names);
    assert_eq!(certificate.key_usage().unwrap(), Some(wanted.extensions.key_usage));
    assert_eq!(certificate.extended_key_usage().unwrap().unwrap().0, wanted.extensions.extended_key_usage);
    assert_eq!(certificate.basic_constraints().unwrap(), Some(BasicConstraints::default()));
    assert_eq!(certificate.subject_key_identifier().unwrap(), Some(key.public.key_identifier()));
    assert!(certificate.extension(&oids::SUBJECT_ALT_NAME).unwrap().critical());
    assert_eq!(Certificate::from_pem(&certificate.to_pem()).unwrap(), certificate);
}

#[test]
fn assembling_in_place_gives_the_same_octets() {
    let key = TestKey::generate();
    let tbs = leaf(&key, &key).finalize().unwrap();
    let signature = key.sign(&tbs);
    assert_eq!(tbs.assemble(&signature), tbs.clone().into_assembled(&signature));
}
