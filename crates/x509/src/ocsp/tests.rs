use hf_core::time::Lifetime;

use super::*;
use crate::certificate::Certificate;
use crate::signature::SignatureAlgorithm;
use crate::testing::{TestKey, leaf, now, root};

const REQUEST: &[u8] = include_bytes!("../../testdata/openssl-ocsp-request.der");
const REQUEST_SHA256: &[u8] = include_bytes!("../../testdata/openssl-ocsp-request-sha256.der");
const RESPONSE: &[u8] = include_bytes!("../../testdata/openssl-ocsp-response.der");
const ISSUER: &str = include_str!("../../testdata/openssl-ocsp-issuer.pem");

fn certificate(key: &TestKey) -> Certificate {
    let tbs = root(key).finalize().unwrap();
    tbs.assemble_certificate(&key.sign(&tbs)).unwrap()
}

fn template(key: &TestKey, statuses: &[CertStatus]) -> OcspResponseTemplate {
    let issuer = certificate(key);
    let serial = leaf(key, key).serial;
    OcspResponseTemplate {
        signature_algorithm: SignatureAlgorithm::EcdsaSha256,
        responder: ResponderId::of_key(&key.public),
        produced_at: now(),
        responses: statuses
            .iter()
            .map(|status| SingleResponse {
                certificate: CertId::new(CertIdHash::Sha256, &issuer, &serial),
                status: *status,
                this_update: now(),
                next_update: Some(now().plus(Lifetime::from_days(4))),
            })
            .collect(),
        nonce: Some(vec![1; 32]),
    }
}

#[test]
fn requests_of_openssl_are_read_and_name_their_issuer() {
    let issuer = Certificate::from_pem(ISSUER).unwrap();
    let stranger = certificate(&TestKey::generate());
    for (octets, hash) in [(REQUEST, CertIdHash::Sha1), (REQUEST_SHA256, CertIdHash::Sha256)] {
        let request = OcspRequest::from_der(octets).unwrap();
        let [id] = request.certificates.as_slice() else { panic!("one certificate") };
        assert_eq!(id.hash(), Some(hash));
        assert_eq!(id.serial().unwrap().to_string(), "0102ff");
        assert!(id.is_issued_by(issuer.subject(), issuer.public_key()));
        assert!(!id.is_issued_by(stranger.subject(), stranger.public_key()));
        assert!(!id.is_issued_by(issuer.subject(), stranger.public_key()), "the key counts");
        assert!(!id.is_issued_by(stranger.subject(), issuer.public_key()), "the name counts");
        assert!(request.nonce.is_some());
        assert_eq!(request.to_der(), octets, "ours would be the same");
        let ours = CertId::new(hash, &issuer, &"0102ff".parse().unwrap());
        assert_eq!(ours, *id);
    }
}

#[test]
fn a_digest_with_parameters_names_nobody() {
    let issuer = Certificate::from_pem(ISSUER).unwrap();
    let null = REQUEST.windows(4).position(|window| window == [0x1a, 5, 0, 4]).unwrap() + 1;
    let mut odd = REQUEST.to_vec();
    odd[null] = 0x04;
    let request = OcspRequest::from_der(&odd).unwrap();
    let id = &request.certificates[0];
    assert_eq!(id.hash(), None);
    assert!(
        !id.is_issued_by(issuer.subject(), issuer.public_key()),
        "else one question has endless spellings"
    );
}

#[test]
fn a_response_of_openssl_is_read_and_its_delegated_signature_checked() {
    let response = OcspResponse::from_der(RESPONSE).unwrap();
    assert_eq!(response.status, ResponseStatus::Successful);
    let basic = response.basic.unwrap();
    let [single] = basic.responses.as_slice() else { panic!("one answer") };
    let CertStatus::Revoked { at, reason } = single.status else { panic!("{:?}", single.status) };
    assert_eq!((at.to_string(), reason), ("2025-01-01T00:00:00Z".to_owned(), Some(1)));
    assert_eq!(basic.nonce, OcspRequest::from_der(REQUEST).unwrap().nonce);
    let responder = &basic.certificates[0];
    assert!(basic.responder.is(responder));
    basic.verify_signed_by(responder.public_key()).unwrap();
    let issuer = Certificate::from_pem(ISSUER).unwrap();
    responder.verify_signed_by(issuer.public_key()).unwrap();
    assert!(basic.verify_signed_by(issuer.public_key()).is_err());
}

#[test]
fn what_is_written_is_read_again() {
    let key = TestKey::generate();
    let statuses = [
        CertStatus::Good,
        CertStatus::Unknown,
        CertStatus::Revoked { at: now(), reason: None },
        CertStatus::Revoked { at: now(), reason: Some(9) },
    ];
    let template = template(&key, &statuses);
    let tbs = template.finalize().unwrap();
    let der = OcspResponse::assemble(&tbs, &key.sign(&tbs), &[certificate(&key)]).unwrap();
    let basic = OcspResponse::from_der(&der).unwrap().basic.unwrap();
    assert_eq!(basic.responses, template.responses);
    assert_eq!((basic.produced_at, &basic.nonce), (template.produced_at, &template.nonce));
    assert_eq!(basic.responder, template.responder);
    assert!(basic.responder.is(&basic.certificates[0]));
    basic.verify_signed_by(&key.public).unwrap();
    assert!(basic.verify_signed_by(&TestKey::generate().public).is_err());
    let by_name = OcspResponseTemplate {
        responder: ResponderId::Name(certificate(&key).subject().clone()),
        ..template
    };
    let tbs = by_name.finalize().unwrap();
    let der = OcspResponse::assemble(&tbs, &key.sign(&tbs), &[]).unwrap();
    assert!(OcspResponse::from_der(&der).unwrap().basic.unwrap().responder.is(&certificate(&key)));
}

#[test]
fn one_bit_of_an_answer_changed_breaks_its_signature() {
    let key = TestKey::generate();
    let tbs = template(&key, &[CertStatus::Good]).finalize().unwrap();
    let der = OcspResponse::assemble(&tbs, &key.sign(&tbs), &[]).unwrap();
    let start = der.windows(tbs.bytes().len()).position(|window| window == tbs.bytes()).unwrap();
    for index in start..start + tbs.bytes().len() {
        let mut changed = der.clone();
        changed[index] ^= 1;
        if let Ok(OcspResponse { basic: Some(basic), .. }) = OcspResponse::from_der(&changed) {
            assert!(basic.verify_signed_by(&key.public).is_err(), "octet {index}");
        }
    }
}

#[test]
fn refusals_say_their_status_and_nothing_else() {
    for status in ResponseStatus::ALL.into_iter().filter(|status| *status != ResponseStatus::Successful) {
        let der = OcspResponse::without_answer(status);
        assert_eq!(OcspResponse::from_der(&der).unwrap(), OcspResponse { status, basic: None });
    }
    let bare = OcspResponse::without_answer(ResponseStatus::Successful);
    assert!(OcspResponse::from_der(&bare).is_err(), "success without an answer");
    assert!(OcspResponse::from_der(&[0x30, 3, 0x0a, 1, 4]).is_err(), "4 is not used");
}

#[test]
fn what_no_client_should_send_is_refused() {
    let mut request = OcspRequest::from_der(REQUEST).unwrap();
    let with = |nonce: usize| OcspRequest { nonce: Some(vec![0; nonce]), ..request.clone() }.to_der();
    assert!(OcspRequest::from_der(&with(128)).is_ok());
    assert!(OcspRequest::from_der(&with(129)).is_err());
    assert!(OcspRequest::from_der(&with(0)).is_err());
    request.certificates = vec![request.certificates[0].clone(); MAX_SINGLE + 1];
    assert!(OcspRequest::from_der(&request.to_der()).is_err());
    request.certificates.clear();
    assert!(OcspRequest::from_der(&request.to_der()).is_err());
    assert!(OcspRequest::from_der(&[REQUEST, &[0]].concat()).is_err(), "something left over");
}

#[test]
fn what_no_response_can_say_is_not_built() {
    let key = TestKey::generate();
    assert!(template(&key, &[]).finalize().is_err());
    assert!(template(&key, &[CertStatus::Good; MAX_SINGLE + 1]).finalize().is_err());
    let good = template(&key, &[CertStatus::Good]);
    assert!(OcspResponseTemplate { nonce: Some(vec![0; 129]), ..good.clone() }.finalize().is_err());
    let broken = OcspResponseTemplate { signature_algorithm: SignatureAlgorithm::EcdsaSha1, ..good };
    assert!(broken.finalize().is_err());
    let tbs = root(&key).finalize().unwrap();
    assert!(OcspResponse::assemble(&tbs, &key.sign(&tbs), &[]).is_none(), "a certificate is no answer");
}
