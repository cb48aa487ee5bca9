use super::*;
use crate::signature::SignatureAlgorithm;
use crate::testing::TestKey;

fn made(template: &CsrTemplate, key: &TestKey) -> Vec<u8> {
    let tbs = template.finalize(&key.public, SignatureAlgorithm::EcdsaSha256).unwrap();
    tbs.assemble(&key.sign(&tbs))
}

#[test]
fn what_was_asked_for_is_what_is_read_back() {
    let key = TestKey::generate();
    let names: SanSet = ["a.example", "*.b.example", "::1", "spiffe://d/a", "x@y.example"]
        .iter()
        .map(|name| name.parse().unwrap())
        .collect();
    for names in [names, SanSet::new()] {
        for subject in [DistinguishedName::common("a.example"), DistinguishedName::empty()] {
            let template = CsrTemplate { subject: subject.clone(), names: names.clone() };
            let csr = UnverifiedCsr::from_der(&made(&template, &key)).unwrap().verify().unwrap();
            assert_eq!((csr.subject(), csr.names(), csr.public_key()), (&subject, &names, &key.public));
            let again = UnverifiedCsr::from_pem(&csr.to_pem()).unwrap();
            assert_eq!(again.der(), csr.der());
        }
    }
}

#[test]
fn a_request_signed_by_another_key_is_refused() {
    let (key, thief) = (TestKey::generate(), TestKey::generate());
    let template = CsrTemplate { subject: DistinguishedName::common("a"), names: SanSet::new() };
    let tbs = template.finalize(&key.public, SignatureAlgorithm::EcdsaSha256).unwrap();
    let csr = UnverifiedCsr::from_der(&tbs.assemble(&thief.sign(&tbs))).unwrap();
    assert_eq!(csr.verify().unwrap_err(), CsrError::Signature(SignatureError::Mismatch));
}

#[test]
fn a_certificate_is_no_request() {
    let key = TestKey::generate();
    let tbs = crate::testing::leaf(&key, &key).finalize().unwrap();
    assert!(matches!(UnverifiedCsr::from_der(&tbs.assemble(&key.sign(&tbs))), Err(CsrError::Syntax(_))));
    assert!(matches!(UnverifiedCsr::from_pem("nothing"), Err(CsrError::Pem(_))));
}
