//! Hostile input: every octet of good objects changed, cut and stretched. Nothing may panic, and nothing that is not DER
//! may be read.

use proptest::prelude::*;

use crate::certificate::Certificate;
use crate::csr::{CsrTemplate, UnverifiedCsr};
use crate::distinguished_name::DistinguishedName;
use crate::fuzz;
use crate::ocsp;
use crate::pkcs7::Bundle;
use crate::signature::SignatureAlgorithm;
use crate::testing::{TestKey, leaf, now, root};

type Exercise = fn(&[u8]);

/// A certificate, a request, a CRL, a bundle and a name, all small.
fn objects() -> Vec<(Exercise, Vec<u8>)> {
    let key = TestKey::generate();
    let certificate = |tbs: &crate::tbs::TbsCertificate| {
        let tbs = tbs.finalize().unwrap();
        tbs.assemble_certificate(&key.sign(&tbs)).unwrap()
    };
    let (leaf, root) = (certificate(&leaf(&key, &key)), certificate(&root(&key)));
    let names = ["a.example", "10.0.0.1"].iter().map(|name| name.parse().unwrap()).collect();
    let request = CsrTemplate { subject: DistinguishedName::common("a"), names }
        .finalize(&key.public, SignatureAlgorithm::EcdsaSha256)
        .unwrap();
    let mut crl = crate::crl::CrlTemplate {
        signature_algorithm: SignatureAlgorithm::EcdsaSha256,
        issuer: root.subject().clone(),
        this_update: now(),
        next_update: now().plus(hf_core::time::Lifetime::from_days(1)),
        number: 1,
        authority_key_identifier: key.public.key_identifier(),
        issuing_distribution_point: None,
    }
    .writer(1)
    .unwrap();
    crl.push(&leaf.serial().unwrap(), now(), hf_core::reason::RevocationReason::KeyCompromise, Some(now()));
    let crl = crl.finish().unwrap();
    let id = ocsp::CertId::new(ocsp::CertIdHash::Sha1, &root, &leaf.serial().unwrap());
    let question = ocsp::OcspRequest { certificates: vec![id.clone()], nonce: Some(vec![7; 32]) };
    let answer = ocsp::OcspResponseTemplate {
        signature_algorithm: SignatureAlgorithm::EcdsaSha256,
        responder: ocsp::ResponderId::of_key(&key.public),
        produced_at: now(),
        responses: vec![ocsp::SingleResponse {
            certificate: id,
            status: ocsp::CertStatus::Revoked { at: now(), reason: Some(1) },
            this_update: now(),
            next_update: Some(now()),
        }],
        nonce: question.nonce.clone(),
    };
    let answer = answer.finalize().unwrap();
    let answer =
        ocsp::OcspResponse::assemble(&answer, &key.sign(&answer), std::slice::from_ref(&root)).unwrap();
    let bundle = Bundle { certificates: vec![leaf.clone(), root.clone()], crls: Vec::new() };
    vec![
        (fuzz::certificate, leaf.der().to_vec()),
        (fuzz::certificate, root.der().to_vec()),
        (fuzz::request, request.assemble(&key.sign(&request))),
        (fuzz::crl, crl.assemble(&key.sign(&crl))),
        (fuzz::ocsp_request, question.to_der()),
        (fuzz::ocsp_response, answer),
        (fuzz::pkcs7, bundle.to_der()),
        (fuzz::distinguished_name, "CN=a,O=b,C=DE".parse::<DistinguishedName>().unwrap().to_der().to_vec()),
        (fuzz::pem, leaf.to_pem().into_bytes()),
    ]
}

#[test]
fn every_octet_changed_leads_to_no_panic() {
    for (exercise, octets) in objects() {
        exercise(&octets);
        for index in 0..octets.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut changed = octets.clone();
                changed[index] ^= change;
                exercise(&changed);
            }
        }
    }
}

#[test]
fn cut_and_stretched_objects_are_refused() {
    let objects = objects();
    let (_, certificate) = &objects[0];
    let (_, request) = &objects[2];
    for end in 0..certificate.len() {
        assert!(Certificate::from_der(&certificate[..end]).is_err());
    }
    assert!(Certificate::from_der(&[certificate.as_slice(), &[0]].concat()).is_err());
    assert!(UnverifiedCsr::from_der(&[request.as_slice(), &[0]].concat()).is_err());
}

proptest! {
    #[test]
    fn random_octets_lead_to_no_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        for exercise in [
            fuzz::certificate, fuzz::request, fuzz::crl, fuzz::pkcs7, fuzz::distinguished_name, fuzz::pem,
        ] {
            exercise(&octets);
        }
    }

    #[test]
    fn names_survive_their_text(text in "((CN|O|OU|L|DC|1\\.2\\.3)=[ -~äß]{1,12},?){0,4}") {
        fuzz::distinguished_name(text.as_bytes());
    }

    #[test]
    fn common_names_survive(name in "\\PC{1,64}") {
        let name = DistinguishedName::common(&name);
        fuzz::distinguished_name(name.to_string().as_bytes());
        prop_assert!(DistinguishedName::from_der(name.to_der()).is_ok());
    }
}
