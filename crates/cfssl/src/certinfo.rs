//! `certinfo`: a certificate, or a signing request, in words.

mod csr_dump;

use hf_core::serial::Serial;
use hf_proto::cfssl::certinfo::{CertInfo, NameInfo, key_id};
use hf_proto::cfssl::go_json::BigInteger;
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::general_name::GeneralName;
use hf_x509::signature::SignatureAlgorithm;

pub use csr_dump::dump as csr;

/// What `certinfo` tells of a certificate.
pub fn of(certificate: &Certificate) -> CertInfo {
    let authority = certificate.authority_key_identifier().ok().flatten();
    let authority = authority.and_then(|found| found.key_identifier);
    let own = certificate.subject_key_identifier().ok().flatten();
    CertInfo {
        subject: name(certificate.subject()),
        issuer: name(certificate.issuer()),
        serial_number: decimal_octets(certificate.serial_octets()),
        sans: sans(certificate),
        not_before: certificate.not_before().into(),
        not_after: certificate.not_after().into(),
        sigalg: signature_word(certificate.signature_algorithm().ok()).to_owned(),
        authority_key_id: authority.map(|id| key_id(id.as_bytes())).unwrap_or_default(),
        subject_key_id: own.map(|id| key_id(id.as_bytes())).unwrap_or_default(),
        pem: certificate.to_pem(),
    }
}

/// A serial number in decimal digits.
pub fn decimal(serial: &Serial) -> String {
    decimal_octets(serial.as_unsigned())
}

fn decimal_octets(octets: &[u8]) -> String {
    BigInteger::from_unsigned(octets).to_string()
}

fn name(name: &DistinguishedName) -> NameInfo {
    let attributes = texts(name);
    NameInfo::from_attributes(attributes.iter().map(|(oid, value)| (oid.as_str(), value.as_str())))
}

/// Every attribute that is text: dotted identifier and value.
pub(crate) fn texts(name: &DistinguishedName) -> Vec<(String, String)> {
    name.attributes().filter_map(|one| Some((one.kind.to_string(), one.text().ok()?))).collect()
}

/// DNS names, then addresses.
fn sans(certificate: &Certificate) -> Vec<String> {
    let names = certificate.names().unwrap_or_default();
    let addresses = names.iter().filter_map(GeneralName::address).map(|address| address.to_string());
    dns_names(certificate).into_iter().chain(addresses).collect()
}

/// DNS names in the order of the certificate.
pub(crate) fn dns_names(certificate: &Certificate) -> Vec<String> {
    let names = certificate.names().unwrap_or_default().into_iter();
    names.filter_map(|name| if let GeneralName::Dns(text) = name { Some(text) } else { None }).collect()
}

/// The word of CFSSL for an algorithm.
pub(crate) fn signature_word(algorithm: Option<SignatureAlgorithm>) -> &'static str {
    match algorithm {
        Some(SignatureAlgorithm::EcdsaSha256) => "ECDSAWithSHA256",
        Some(SignatureAlgorithm::EcdsaSha384) => "ECDSAWithSHA384",
        Some(SignatureAlgorithm::EcdsaSha512) => "ECDSAWithSHA512",
        Some(SignatureAlgorithm::EcdsaSha1) => "ECDSAWithSHA1",
        Some(SignatureAlgorithm::Ed25519) => "Ed25519",
        Some(SignatureAlgorithm::RsaPkcs1Sha256) => "SHA256WithRSA",
        Some(SignatureAlgorithm::RsaPkcs1Sha384) => "SHA384WithRSA",
        Some(SignatureAlgorithm::RsaPkcs1Sha512) => "SHA512WithRSA",
        Some(SignatureAlgorithm::RsaPkcs1Sha1) => "SHA1WithRSA",
        Some(SignatureAlgorithm::RsaPkcs1Md5) => "MD5WithRSA",
        // CFSSL has no words for RSASSA-PSS.
        Some(
            SignatureAlgorithm::RsaPssSha256
            | SignatureAlgorithm::RsaPssSha384
            | SignatureAlgorithm::RsaPssSha512,
        )
        | None => "Unknown Signature",
    }
}
