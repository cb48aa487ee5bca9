//! Everything that can be asked of octets that somebody else made: what fuzz targets and hostile tests call.
//!
//! Nothing here may panic or take long, whatever the octets. What was read and is written again must be the same.

use crate::asn1::{Writer, tag};
use crate::certificate::Certificate;
use crate::crl::CertificateList;
use crate::csr::UnverifiedCsr;
use crate::distinguished_name::DistinguishedName;
use crate::ext::{ExtensionValue as _, SignedCertificateTimestamps};
use crate::lint::{self, Context, IssuerFacts};
use crate::ocsp::{OcspRequest, OcspResponse, OcspResponseTemplate};
use crate::pem::{self, Label};
use crate::pkcs7::Bundle;
use crate::public_key::PublicKey;
use crate::signature::{Signature, SignatureAlgorithm};
use crate::transparency::{SignedCertificateTimestamp, entry_of_certificate};

/// Read a certificate and every view of it, and lint it as if it had signed itself.
pub fn certificate(octets: &[u8]) {
    let Ok(certificate) = Certificate::from_der(octets) else { return };
    assert!(certificate.der() == octets, "a certificate keeps its octets");
    let _ = (certificate.serial(), certificate.validity(), certificate.is_self_signed());
    let _ = (certificate.san_set(), certificate.basic_constraints(), certificate.key_usage());
    let _ = (certificate.extended_key_usage(), certificate.subject_key_identifier());
    let _ = (certificate.authority_key_identifier(), certificate.crl_distribution_points());
    let _ = (certificate.freshest_crl(), certificate.authority_information_access());
    let _ = (certificate.subject_information_access(), certificate.certificate_policies());
    let _ =
        (certificate.policy_mappings(), certificate.policy_constraints(), certificate.inhibit_any_policy());
    let _ = (certificate.issuer_names(), certificate.duplicate_extension());
    let _ = (certificate.precertificate_poison(), certificate.signed_certificate_timestamps());
    let _ = entry_of_certificate(certificate.tbs_der());
    if let (Ok(names), Ok(Some(constraints))) = (certificate.names(), certificate.name_constraints()) {
        let _ = names.iter().take(100).filter_map(|name| constraints.refusal(name)).count();
    }
    let shown = format!("{} {}", certificate.subject(), certificate.issuer());
    assert!(!shown.contains(char::is_control), "a name that is shown moves no cursor");
    if let Ok(issuer) = IssuerFacts::of(&certificate) {
        let _ = lint::certificate(certificate.tbs_der(), &Context::of(&issuer));
    }
}

/// Read a list of timestamps of logs, and a single one; what was read is written as it was.
pub fn timestamps(octets: &[u8]) {
    if let Ok(timestamp) = SignedCertificateTimestamp::from_bytes(octets) {
        assert!(timestamp.to_bytes() == octets, "a timestamp keeps its octets");
    }
    let mut wrapped = Writer::default();
    wrapped.primitive(tag::OCTET_STRING, octets);
    let wrapped = wrapped.into_bytes();
    let Ok(list) = SignedCertificateTimestamps::decode(&wrapped) else { return };
    let mut again = Writer::default();
    list.write(&mut again);
    assert!(again.into_bytes() == wrapped, "a list keeps its octets");
    assert!(!list.timestamps().is_empty(), "a list is never empty");
}

/// Read a request, check its signature, and ask what it wants.
pub fn request(octets: &[u8]) {
    let Ok(csr) = UnverifiedCsr::from_der(octets) else { return };
    assert!(csr.der() == octets, "a request keeps its octets");
    let Ok(csr) = csr.verify() else { return };
    let _ = (
        csr.names(),
        csr.general_names(),
        csr.basic_constraints(),
        csr.key_usage(),
        csr.extended_key_usage(),
    );
    let _ = (csr.subject().to_string(), csr.requested_extensions().count());
}

/// Read a CRL, every entry and view of it, and lint it.
pub fn crl(octets: &[u8]) {
    let Ok(crl) = CertificateList::from_der(octets) else { return };
    assert!(crl.der() == octets, "a CRL keeps its octets");
    assert!(crl.entries().count() == crl.entry_count(), "every entry that was counted is there");
    for entry in crl.entries() {
        let _ = (entry.serial(), entry.reason(), entry.invalidity_date(), entry.certificate_issuer());
        assert!(crl.find(entry.serial_octets()).is_some() || crl.entry_count() > 100, "an entry is found");
        if crl.entry_count() > 100 {
            break;
        }
    }
    let _ = (crl.crl_number(), crl.delta_crl_indicator(), crl.authority_key_identifier(), crl.freshest_crl());
    let _ = crl.issuing_distribution_point();
    if let Ok(key) = PublicKey::from_ed25519(&[7; 32]) {
        let issuer = IssuerFacts {
            subject: crl.issuer().clone(),
            key_identifier: Some(key.key_identifier()),
            public_key: key,
            not_after: crl.this_update(),
            basic_constraints: None,
            key_usage: None,
            name_constraints: None,
        };
        let _ = lint::crl(crl.tbs_der(), &Context::of(&issuer));
    }
}

/// Read an OCSP request; what is written again asks the same.
pub fn ocsp_request(octets: &[u8]) {
    let Ok(request) = OcspRequest::from_der(octets) else { return };
    for certificate in &request.certificates {
        let _ = (certificate.serial(), certificate.hash());
        if let Ok(key) = PublicKey::from_ed25519(&[7; 32]) {
            let _ = certificate.is_issued_by(&DistinguishedName::empty(), &key);
        }
    }
    assert!(OcspRequest::from_der(&request.to_der()).as_ref() == Ok(&request), "a request survives");
}

/// Read an OCSP response, check it with a key that comes along, and make one that says the same.
pub fn ocsp_response(octets: &[u8]) {
    let Ok(response) = OcspResponse::from_der(octets) else { return };
    let Some(basic) = response.basic else { return };
    if let Some(certificate) = basic.certificates.first() {
        let _ = (basic.verify_signed_by(certificate.public_key()), basic.responder.is(certificate));
    }
    let template = OcspResponseTemplate {
        signature_algorithm: SignatureAlgorithm::Ed25519,
        responder: basic.responder.clone(),
        produced_at: basic.produced_at,
        responses: basic.responses.clone(),
        nonce: basic.nonce.clone(),
    };
    let Ok(tbs) = template.finalize() else { return };
    let again = OcspResponse::assemble(&tbs, &Signature::new([7; 64]), &[]);
    let again = again.and_then(|der| OcspResponse::from_der(&der).ok()).and_then(|response| response.basic);
    assert!(again.is_some_and(|again| again.responses == basic.responses), "answers survive");
}

/// Read PEM text; what is written again has the same content.
pub fn pem(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let Ok(blocks) = pem::blocks(&text) else { return };
    for block in blocks {
        let again = pem::encode(Label::Certificate, &block.der);
        assert!(pem::one(&again, Label::Certificate).as_ref() == Ok(&block.der), "PEM survives");
    }
    let _ = (
        Certificate::many_from_pem(&text),
        UnverifiedCsr::from_pem(&text),
        CertificateList::many_from_pem(&text),
    );
}

/// Read a bundle; what is written again holds the same.
pub fn pkcs7(octets: &[u8]) {
    let Ok(bundle) = Bundle::from_der(octets) else { return };
    assert!(Bundle::from_der(&bundle.to_der()).as_ref() == Ok(&bundle), "a bundle survives");
}

/// Read a name in DER, and the same octets as text; both survive being written.
pub fn distinguished_name(octets: &[u8]) {
    if let Ok(name) = DistinguishedName::from_der(octets) {
        assert!(name.to_der() == octets, "a name keeps its octets");
        assert!(name.matches(&name) && name.is_within(&name), "a name is itself");
        let _ = (name.common_name(), name.attributes().count());
    }
    let Ok(text) = std::str::from_utf8(octets) else { return };
    let Ok(name) = text.parse::<DistinguishedName>() else { return };
    let again = name.to_string().parse::<DistinguishedName>();
    assert!(again.as_ref() == Ok(&name), "a name survives its text");
}
