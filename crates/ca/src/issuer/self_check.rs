//! Is this authority what its record says? Asked at the start, before it may sign.

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::SanSet;
use hf_keys::signing_key::SigningKey;
use hf_x509::certificate::Certificate;
use hf_x509::csr::CsrTemplate;
use hf_x509::error::X509Error;
use hf_x509::ext::KeyUsage;
use hf_x509::signature::{SignatureAlgorithm, SignatureError};

const UNREADABLE: FindingCode = FindingCode::new("HF-ISSUER-UNREADABLE");
const OTHER_KEY: FindingCode = FindingCode::new("HF-ISSUER-OTHER-KEY");
const NO_SIGNATURE: FindingCode = FindingCode::new("HF-ISSUER-NO-SIGNATURE");
const EMPTY: FindingCode = FindingCode::new("HF-ISSUER-NO-CERTIFICATE");
const NOT_AUTHORITY: FindingCode = FindingCode::new("HF-ISSUER-NOT-AUTHORITY");
const NO_CERT_SIGN: FindingCode = FindingCode::new("HF-ISSUER-NO-CERT-SIGN");
const CHAIN: FindingCode = FindingCode::new("HF-ISSUER-CHAIN");
const DEPTH: FindingCode = FindingCode::new("HF-ISSUER-PATH-LENGTH");

/// A certificate on record that cannot be read.
pub(super) fn unreadable(name: &str, error: &X509Error) -> Finding {
    Finding::error(UNREADABLE, about(name), format!("a certificate on record cannot be read: {error}"))
}

/// The key belongs to the certificate, shown by a test signature.
///
/// What is signed is a certificate request for the authority's own name: a request binds nobody.
pub(crate) fn check_key(name: &str, key: &dyn SigningKey, certificate: &Certificate) -> Option<Finding> {
    let expected = certificate.public_key();
    if key.public_key().spki_der() != expected.spki_der() {
        return Some(
            Finding::error(OTHER_KEY, about(name), "the private key does not belong to the certificate")
                .expected_found(
                    hf_store::audit::hex(&expected.spki_sha256()),
                    hf_store::audit::hex(&key.public_key().spki_sha256()),
                )
                .hint("put the right key in place, or import certificate and key together"),
        );
    }
    let template = CsrTemplate { subject: certificate.subject().clone(), names: SanSet::new() };
    let test = template.finalize(key.public_key(), key.signature_algorithm()).ok()?;
    let broken = |detail: String| {
        Finding::error(NO_SIGNATURE, about(name), "the private key gives no good signature")
            .evidence("found", detail)
    };
    match key.sign(&test) {
        Err(error) => Some(broken(error.to_string())),
        Ok(signature) => expected
            .verify(key.signature_algorithm(), test.bytes(), &signature)
            .err()
            .map(|_| broken("a test signature that does not verify".to_owned())),
    }
}

/// Each certificate is that of an authority, may be at its place, and is signed by the next.
pub(crate) fn check_chain(name: &str, chain: &[Certificate]) -> Vec<Finding> {
    if chain.is_empty() {
        return vec![Finding::error(EMPTY, about(name), "there is no certificate on record")];
    }
    let mut findings = Vec::new();
    for (distance, certificate) in chain.iter().enumerate() {
        findings.extend(check_authority(name, certificate, distance));
        let signer = chain.get(distance + 1).or_else(|| certificate.is_self_issued().then_some(certificate));
        let Some(signer) = signer else { continue };
        if let Err(SignatureError::Broken { algorithm }) = certificate.verify_signed_by(signer.public_key()) {
            findings.push(broken_signature(name, certificate, algorithm));
            continue;
        }
        let linked = certificate.issuer() == signer.subject()
            && certificate.verify_signed_by(signer.public_key()).is_ok();
        if !linked {
            findings.push(
                Finding::error(CHAIN, about(name), "a certificate is not signed by the next in its chain")
                    .expected_found(certificate.issuer().to_string(), signer.subject().to_string())
                    .hint("`handfast chain` puts chains in order")
                    .rfc("RFC 5280 section 6.1.3"),
            );
        }
    }
    findings
}

/// A signature that nobody should believe; of a root it is often all that is wrong with it.
fn broken_signature(name: &str, certificate: &Certificate, algorithm: SignatureAlgorithm) -> Finding {
    let expected = if certificate.is_self_issued() {
        "SHA-256 or stronger (`handfast cfssl gencert -renewca -ca CERTIFICATE -ca-key KEY` signs it anew, for the same key)"
    } else {
        "SHA-256 or stronger, by its issuer"
    };
    let subject = certificate.subject();
    Finding::error(
        CHAIN,
        about(name),
        format!("the certificate of `{subject}` has a signature that proves nothing"),
    )
    .expected_found(expected, algorithm.to_string())
}

/// RFC 5280 section 6.1.4 (k) to (n): `cA`, path length, `keyCertSign`.
fn check_authority(name: &str, certificate: &Certificate, distance: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    let subject = certificate.subject().to_string();
    let constraints = certificate.basic_constraints().ok().flatten();
    if !constraints.as_ref().is_some_and(|constraints| constraints.ca) {
        findings.push(
            Finding::error(
                NOT_AUTHORITY,
                about(name),
                format!("`{subject}` is not the certificate of an authority"),
            )
            .expected_found("`cA` TRUE", "a leaf")
            .rfc("RFC 5280 section 4.2.1.9"),
        );
    }
    let length = constraints.and_then(|constraints| constraints.path_length);
    if let Some(length) = length.filter(|length| usize::try_from(*length).unwrap_or(usize::MAX) < distance) {
        findings.push(
            Finding::error(DEPTH, about(name), format!("too many authorities below `{subject}`"))
                .expected_found(format!("at most {length}"), distance.to_string())
                .rfc("RFC 5280 section 4.2.1.9"),
        );
    }
    let usage = certificate.key_usage().ok().flatten();
    if usage.is_some_and(|usage| !usage.contains(KeyUsage::KEY_CERT_SIGN)) {
        findings.push(
            Finding::error(NO_CERT_SIGN, about(name), format!("`{subject}` may not sign certificates"))
                .expected_found("`keyCertSign`", "a key usage without it")
                .rfc("RFC 5280 section 4.2.1.3"),
        );
    }
    findings
}

fn about(name: &str) -> String {
    format!("authority `{name}`")
}
