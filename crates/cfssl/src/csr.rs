//! Signing requests: `genkey` and `gencsr`, and the first half of `gencert`.

use hf_core::name::SanSet;
use hf_core::secret::Secret;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::csr_json::CertificateRequest;
use hf_x509::certificate::Certificate;
use hf_x509::csr::{CsrTemplate, RequestedExtension, UnverifiedCsr, VerifiedCsr};
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::ext::BasicConstraints;

use crate::{failure, keys, names};

/// `DelegationUsage`, with which a certificate may sign delegated credentials (RFC 9345 section 4.2).
const DELEGATION_USAGE: &str = "1.3.6.1.4.1.44363.44";

/// The most raw extensions in one request.
const MAX_EXTENSIONS: usize = 50;

/// A key and the request that it signed.
pub struct KeyAndCsr {
    /// The private key.
    pub key: PrivateKey,
    /// The request.
    pub csr: VerifiedCsr,
}

impl KeyAndCsr {
    /// The key in PEM, as CFSSL prints it.
    ///
    /// # Errors
    /// Code 2000 when it cannot be encoded.
    pub fn key_pem(&self) -> Result<Secret<String>, CfsslError> {
        keys::to_pem(&self.key)
    }
}

/// A new key and its request: `genkey`. The section `ca` is for new authorities only.
///
/// # Errors
/// Code 2400 when there is no key, 9300 for what no request can hold, 5300 for a section `ca`.
pub fn generate(request: &CertificateRequest) -> Result<KeyAndCsr, CfsslError> {
    if request.ca.is_some() {
        return Err(CfsslError::wrap(ErrorKind::PolicyInvalidRequest, "ca section only permitted in initca"));
    }
    generate_any(request)
}

/// The same, for authorities as well.
pub(crate) fn generate_any(request: &CertificateRequest) -> Result<KeyAndCsr, CfsslError> {
    let key = keys::generate(&request.key_request())?;
    let csr = with_key(request, &key)?;
    Ok(KeyAndCsr { key, csr })
}

/// The request for a key that exists: `gencsr -key`.
///
/// # Errors
/// Code 9300 for what no request can hold.
pub fn with_key(request: &CertificateRequest, key: &PrivateKey) -> Result<VerifiedCsr, CfsslError> {
    let subject = names::subject(&request.subject()?)?;
    let hosts = names::hosts(request.hosts.iter().flatten().map(String::as_str))?;
    sign(subject, hosts, &extensions(request)?, key)
}

/// The request that a certificate would be the answer to, for its key: `gencsr -key -cert`. `hosts` take the place of the
/// certificate's names.
///
/// # Errors
/// Code 2300 when the key is another one's.
pub fn from_certificate(
    certificate: &Certificate,
    hosts: Option<&[String]>,
    key: &PrivateKey,
) -> Result<VerifiedCsr, CfsslError> {
    if certificate.public_key() != key.public_key() {
        return Err(ErrorKind::KeyMismatch.into());
    }
    let names = match hosts {
        Some(hosts) => names::hosts(hosts.iter().map(String::as_str))?,
        None => certificate.san_set().map_err(|error| failure::certificate(&error))?,
    };
    sign(certificate.subject().clone(), names, &[], key)
}

fn sign(
    subject: DistinguishedName,
    names: SanSet,
    further: &[RequestedExtension],
    key: &PrivateKey,
) -> Result<VerifiedCsr, CfsslError> {
    let failed = |error: &dyn std::error::Error| failure::because(ErrorKind::CsrGeneration, error);
    let template = CsrTemplate { subject, names };
    let bytes = template
        .finalize_with(key.public_key(), key.signature_algorithm(), further)
        .map_err(|error| failed(&error))?;
    let signature = key.sign(&bytes).map_err(|error| failed(&error))?;
    let csr = UnverifiedCsr::from_der(&bytes.assemble(&signature)).and_then(UnverifiedCsr::verify);
    csr.map_err(|error| failure::csr(&error))
}

/// What the request asks for beyond names.
fn extensions(request: &CertificateRequest) -> Result<Vec<RequestedExtension>, CfsslError> {
    let mut extensions = Vec::new();
    if let Some(ca) = &request.ca {
        let constraints = BasicConstraints { ca: true, path_length: ca.path_length() };
        extensions.push(RequestedExtension::basic_constraints(&constraints));
    }
    let refuse = |text: String| failure::saying(ErrorKind::CsrBadRequest, text);
    if request.delegation_enabled {
        let id = DELEGATION_USAGE.parse().map_err(|_| refuse(format!("`{DELEGATION_USAGE}` is no OID")))?;
        extensions.push(RequestedExtension { id, critical: false, value: vec![5, 0] });
    }
    let raw = request.extensions.as_deref().unwrap_or_default();
    if raw.len() > MAX_EXTENSIONS {
        return Err(refuse(format!("{} extensions: expected at most {MAX_EXTENSIONS}", raw.len())));
    }
    for extension in raw {
        let id = extension.oid();
        extensions.push(RequestedExtension {
            id: id.parse().map_err(|_| refuse(format!("`{id}` is no OID")))?,
            critical: extension.critical,
            value: extension.value.as_slice().to_vec(),
        });
    }
    Ok(extensions)
}

/// A request from PEM, whose own signature is checked.
///
/// # Errors
/// Codes 9002, 9003 and 9300.
pub fn parse(pem: &str) -> Result<VerifiedCsr, CfsslError> {
    UnverifiedCsr::from_pem(pem).and_then(UnverifiedCsr::verify).map_err(|error| failure::csr(&error))
}
