//! Whether each certificate of the chain is signed by the next.

use hf_x509::certificate::Certificate;
use hf_x509::signature::SignatureAlgorithm;

use crate::scan::{Grade, Scanner, ScannerResult, Target, chain};

pub(in crate::scan) static SCANNER: Scanner = Scanner {
    name: "ChainValidation",
    description: "All certificates in host's chain are valid",
    look: |target| Box::pin(look(target)),
};

/// The longest that a certificate may be good for, seconds: 39 months, as CFSSL has it.
const LONGEST: i64 = 39 * 31 * 24 * 3600;

async fn look(target: &Target) -> ScannerResult {
    match chain::of(target).await {
        Ok(chain) => judge(&chain),
        Err(error) => ScannerResult::failed(error),
    }
}

fn judge(chain: &[Certificate]) -> ScannerResult {
    let mut warnings = Vec::new();
    for (certificate, parent) in chain.iter().zip(chain.iter().skip(1)) {
        if let Err(reason) = signed_by(certificate, parent) {
            return ScannerResult::failed(reason);
        }
        warnings.extend(warnings_of(certificate));
    }
    if warnings.is_empty() {
        ScannerResult::grade(Grade::Good)
    } else {
        ScannerResult::new(Grade::Warning, warnings)
    }
}

fn signed_by(certificate: &Certificate, parent: &Certificate) -> Result<(), String> {
    if !parent.is_ca() {
        return Err(format!("{} is not a CA", name(parent)));
    }
    let authority = certificate.authority_key_identifier().ok().flatten().and_then(|aki| aki.key_identifier);
    if authority != parent.subject_key_identifier().ok().flatten() {
        let (child, parent) = (name(certificate), name(parent));
        return Err(format!("{child} AuthorityKeyId differs from {parent} SubjectKeyId"));
    }
    certificate
        .verify_signed_by(parent.public_key())
        .map_err(|error| format!("{} is not signed by {}: {error}", name(certificate), name(parent)))
}

fn warnings_of(certificate: &Certificate) -> Vec<String> {
    let name = name(certificate);
    let mut warnings = Vec::new();
    if certificate.not_after().seconds_since(certificate.not_before()) > LONGEST {
        warnings.push(format!("Certificate for {name} is valid for too long"));
    }
    let has_crl = certificate.crl_distribution_points().is_ok_and(|points| points.is_some());
    let has_ocsp = certificate.authority_information_access().is_ok_and(|access| access.is_some());
    if has_crl || has_ocsp {
        warnings.push(format!("couldn't check if {name} is revoked: Handfast asks nobody but the host"));
    }
    match certificate.signature_algorithm() {
        Ok(SignatureAlgorithm::EcdsaSha1) => warnings.push(format!("{name} is signed by ECDSAWithSHA1")),
        Ok(SignatureAlgorithm::RsaPkcs1Sha1) => warnings.push(format!("{name} is signed by RSAWithSHA1")),
        _ => {}
    }
    warnings
}

fn name(certificate: &Certificate) -> String {
    certificate.subject().common_name().unwrap_or_else(|| certificate.subject().to_string())
}
