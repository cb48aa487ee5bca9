//! What other tools made: openssl (files in `testdata`) and rcgen.

use hf_core::reason::RevocationReason;
use proptest::prelude::*;
use rcgen::{CertificateParams, CustomExtension, KeyPair};

use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::csr::{CsrError, UnverifiedCsr};
use crate::error::X509Error;
use crate::ext::{
    BasicConstraints, CrlNumber, DistributionPointName, ExtendedKeyUsage, KeyUsage, PolicyQualifier,
};
use crate::fuzz;
use crate::general_name::GeneralName;
use crate::oids;
use crate::pkcs7::Bundle;
use crate::signature::{SignatureAlgorithm, SignatureError};

const EVERY_EXTENSION: &str = include_str!("../testdata/every-extension.pem");
const VERSION_1: &str = include_str!("../testdata/version1.pem");
const REQUEST: &str = include_str!("../testdata/openssl-request.pem");
const BUNDLE: &str = include_str!("../testdata/openssl-bundle.p7b");
const CRL: &str = include_str!("../testdata/openssl-crl.pem");
const CRL_ISSUER: &str = include_str!("../testdata/openssl-crl-issuer.pem");

#[test]
fn every_standard_extension_of_openssl_is_read() {
    let certificate = Certificate::from_pem(EVERY_EXTENSION).unwrap();
    assert_eq!(certificate.subject().to_string(), "CN=Every extension,O=Shop,C=DE");
    assert_eq!(certificate.signature_algorithm(), Ok(SignatureAlgorithm::RsaPssSha384));
    assert!(certificate.is_self_signed());
    assert_eq!(
        certificate.basic_constraints().unwrap(),
        Some(BasicConstraints { ca: true, path_length: Some(3) })
    );
    assert_eq!(certificate.key_usage().unwrap(), Some(KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN));
    let names = certificate.names().unwrap();
    let kinds: Vec<_> = names.iter().map(GeneralName::kind).collect();
    assert_eq!(
        kinds,
        [
            "dNSName",
            "iPAddress",
            "iPAddress",
            "rfc822Name",
            "uniformResourceIdentifier",
            "registeredID",
            "otherName",
            "directoryName"
        ]
    );
    assert!(matches!(certificate.san_set(), Err(X509Error::Name { index: 5, .. })));
    let constraints = certificate.name_constraints().unwrap().unwrap();
    let shown: Vec<_> = constraints.permitted.iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["shop.internal", "10.0.0.0/8", "O=Shop"]);
    assert_eq!(constraints.excluded, [GeneralName::Email(".evil.example".to_owned())]);
    let access = certificate.authority_information_access().unwrap().unwrap();
    assert_eq!(access.ocsp().collect::<Vec<_>>(), ["http://ocsp.example/"]);
    assert_eq!(access.ca_issuers().collect::<Vec<_>>(), ["http://ca.example/ca.cer"]);
    let identifier = certificate.authority_key_identifier().unwrap().unwrap();
    assert!(matches!(identifier.issuer[..], [GeneralName::Directory(_)]));
    assert_eq!(identifier.serial.as_deref(), Some(certificate.serial_octets()));
    assert!(certificate.extension(&"1.2.3.4.5".parse().unwrap()).unwrap().critical());
    fuzz::certificate(certificate.der());
}

#[test]
fn policies_and_points_of_openssl_are_read() {
    let certificate = Certificate::from_pem(EVERY_EXTENSION).unwrap();
    let policies = certificate.certificate_policies().unwrap().unwrap().0;
    assert_eq!(policies.len(), 2);
    assert_eq!(
        policies[1].qualifiers[0],
        PolicyQualifier::PracticeStatement("http://cps.example/".to_owned())
    );
    let constraints = certificate.policy_constraints().unwrap().unwrap();
    assert_eq!((constraints.require_explicit_policy, constraints.inhibit_policy_mapping), (Some(1), Some(0)));
    assert_eq!(certificate.inhibit_any_policy().unwrap().unwrap().0, 2);
    assert_eq!(certificate.policy_mappings().unwrap().unwrap().0[0].1.to_string(), "1.2.3.5");
    let points = certificate.crl_distribution_points().unwrap().unwrap();
    assert_eq!(points.uris().collect::<Vec<_>>(), ["http://crl.example/a.crl"]);
    assert_eq!(points.0[0].reasons, Some(0b0110_0000 << 8));
    assert!(matches!(points.0[0].crl_issuer[..], [GeneralName::Directory(_)]));
}

#[test]
fn a_certificate_of_version_1_with_serial_0_stays_readable() {
    let certificate = Certificate::from_pem(VERSION_1).unwrap();
    assert_eq!((certificate.version(), certificate.serial_octets()), (1, [0].as_slice()));
    assert!(certificate.serial().is_err());
    assert!(certificate.is_self_signed());
    assert_eq!(certificate.extensions().count(), 0);
}

#[test]
fn a_request_of_openssl_is_read() {
    let csr = UnverifiedCsr::from_pem(REQUEST).unwrap().verify().unwrap();
    let names: Vec<_> = csr.names().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["a.example", "10.0.0.1"]);
    assert_eq!(csr.requested_extensions().count(), 2, "an unknown extension is read and granted by nobody");
    assert_eq!(csr.subject().common_name().as_deref(), Some("a.example"));
}

#[test]
fn a_bundle_of_openssl_is_read_and_survives() {
    let bundle = Bundle::from_pem(BUNDLE).unwrap();
    assert_eq!(bundle.certificates, [Certificate::from_pem(EVERY_EXTENSION).unwrap()]);
    assert_eq!(Bundle::from_pem(&bundle.to_pem()).unwrap(), bundle);
    assert_eq!(
        bundle.to_pem().replace('\n', ""),
        BUNDLE.replace('\n', ""),
        "and openssl writes the same octets"
    );
}

#[test]
fn a_crl_of_openssl_is_read() {
    let crl = CertificateList::from_pem(CRL).unwrap();
    let issuer = Certificate::from_pem(CRL_ISSUER).unwrap();
    crl.verify_signed_by(issuer.public_key()).unwrap();
    assert_eq!(crl.issuer(), issuer.subject());
    assert_eq!(crl.crl_number().unwrap(), Some(CrlNumber::from(5)));
    let point = crl.issuing_distribution_point().unwrap().unwrap();
    assert!(point.only_user_certificates && !point.indirect);
    assert!(matches!(point.name, Some(DistributionPointName::Full(_))));
    let entry = crl.find(&[0x12, 0x34, 0xab, 0xcd]).unwrap();
    assert_eq!(entry.reason().unwrap(), Some(RevocationReason::KeyCompromise));
    let held = crl.find(&[0x12]).unwrap();
    assert_eq!((held.reason_code().unwrap(), held.reason().unwrap()), (Some(6), None));
    assert_eq!(crl.find(&[0x13]).unwrap().reason().unwrap(), Some(RevocationReason::Unspecified));
    assert!(crl.find(&[0x14]).is_none());
    assert!(CrlNumber::from(256) > CrlNumber::from(255));
    fuzz::crl(crl.der());
}

fn params(names: &[String]) -> CertificateParams {
    let mut params = CertificateParams::new(names.to_vec()).unwrap();
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    params
}

#[test]
fn every_key_of_rcgen_verifies_and_no_other() {
    let kinds = [
        (&rcgen::PKCS_ECDSA_P256_SHA256, SignatureAlgorithm::EcdsaSha256),
        (&rcgen::PKCS_ECDSA_P384_SHA384, SignatureAlgorithm::EcdsaSha384),
        (&rcgen::PKCS_ECDSA_P521_SHA512, SignatureAlgorithm::EcdsaSha512),
        (&rcgen::PKCS_ED25519, SignatureAlgorithm::Ed25519),
        (&rcgen::PKCS_RSA_SHA256, SignatureAlgorithm::RsaPkcs1Sha256),
        (&rcgen::PKCS_RSA_SHA512, SignatureAlgorithm::RsaPkcs1Sha512),
    ];
    let stranger = Certificate::from_pem(EVERY_EXTENSION).unwrap();
    for (kind, algorithm) in kinds {
        let key = KeyPair::generate_for(kind).unwrap();
        let made = params(&["a.example".to_owned()]).self_signed(&key).unwrap();
        let certificate = Certificate::from_der(made.der()).unwrap();
        assert_eq!(certificate.signature_algorithm(), Ok(algorithm));
        certificate.verify_signed_by(certificate.public_key()).unwrap();
        assert!(certificate.verify_signed_by(stranger.public_key()).is_err());
        assert_eq!(
            certificate.extended_key_usage().unwrap(),
            Some(ExtendedKeyUsage(vec![oids::SERVER_AUTH]))
        );
        let request = params(&["a.example".to_owned()]).serialize_request(&key).unwrap();
        let csr = UnverifiedCsr::from_der(request.der()).unwrap().verify().unwrap();
        assert_eq!(csr.public_key(), certificate.public_key());
        fuzz::certificate(certificate.der());
    }
}

#[test]
fn a_request_with_a_changed_signature_or_content_is_refused() {
    let key = KeyPair::generate().unwrap();
    let request = params(&["a.example".to_owned()]).serialize_request(&key).unwrap().der().to_vec();
    let mut changed = request.clone();
    *changed.last_mut().unwrap() ^= 1;
    let place = request.windows(9).position(|window| window == b"a.example").unwrap();
    let mut renamed = request.clone();
    renamed[place] = b'b';
    for bad in [changed, renamed] {
        let error = UnverifiedCsr::from_der(&bad).unwrap().verify().unwrap_err();
        assert_eq!(error, CsrError::Signature(SignatureError::Mismatch));
    }
}

#[test]
fn requests_for_what_no_certificate_may_hold_are_refused() {
    let key = KeyPair::generate().unwrap();
    let mut twice = params(&["a.example".to_owned()]);
    twice.custom_extensions =
        vec![CustomExtension::from_oid_content(&[2, 5, 29, 17], vec![0x30, 3, 0x82, 1, b'b'])];
    let many: Vec<String> = (0..101).map(|number| format!("n{number}.example")).collect();
    let mut nul = params(&[]);
    nul.custom_extensions =
        vec![CustomExtension::from_oid_content(&[2, 5, 29, 17], vec![0x30, 5, 0x82, 3, b'b', 0, b'a'])];
    for bad in [twice, params(&many), params(&["a_b.example".to_owned()]), nul] {
        let request = bad.serialize_request(&key).unwrap();
        let error = UnverifiedCsr::from_der(request.der()).unwrap().verify().unwrap_err();
        assert!(matches!(error, CsrError::Extension(_) | CsrError::TooManyNames { .. }), "{error}");
    }
}

#[test]
fn odd_extensions_leave_the_certificate_readable() {
    let key = KeyPair::generate().unwrap();
    let mut odd = params(&["a.example".to_owned()]);
    odd.serial_number = Some(vec![0x7f; 21].into());
    let mut unknown = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![0xff]);
    unknown.set_criticality(true);
    odd.custom_extensions = vec![
        unknown,
        CustomExtension::from_oid_content(&[2, 5, 29, 19], vec![0x30, 0x80]),
        CustomExtension::from_oid_content(&[2, 5, 29, 37], vec![0x30, 0]),
    ];
    let certificate = Certificate::from_der(odd.self_signed(&key).unwrap().der()).unwrap();
    assert!(certificate.serial().is_err());
    assert_eq!(certificate.serial_octets().len(), 21);
    assert!(matches!(certificate.basic_constraints(), Err(X509Error::Extension { .. })));
    assert!(!certificate.is_ca());
    assert_eq!(certificate.duplicate_extension(), Some(oids::EXTENDED_KEY_USAGE));
    assert!(matches!(certificate.extended_key_usage(), Err(X509Error::DuplicateExtension { .. })));
    assert_eq!(certificate.san_set().unwrap().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn names_of_rcgen_are_read_back(
        labels in proptest::collection::btree_set("[a-z][a-z0-9]{0,20}", 1..8),
        serial in proptest::collection::vec(any::<u8>(), 1..20),
    ) {
        let names: Vec<String> = labels.iter().map(|label| format!("{label}.example")).collect();
        let key = KeyPair::generate().unwrap();
        let mut params = params(&names);
        params.serial_number = Some(serial.clone().into());
        let made = params.self_signed(&key).unwrap();
        let certificate = Certificate::from_der(made.der()).unwrap();
        let read: Vec<String> = certificate.san_set().unwrap().iter().map(ToString::to_string).collect();
        prop_assert_eq!(read, names);
        let significant: Vec<u8> = serial.iter().copied().skip_while(|octet| *octet == 0).collect();
        if let Ok(read) = certificate.serial() {
            prop_assert_eq!(read.as_unsigned(), significant.as_slice());
        } else {
            prop_assert!(significant.is_empty());
        }
    }
}
