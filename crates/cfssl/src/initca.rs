//! `gencert -initca` and `-renewca`: roots.

use std::sync::Arc;

use hf_ca::profile::UrlTemplate;
use hf_core::time::Lifetime;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::csr_json::{CaConfig, CertificateRequest};
use hf_proto::cfssl::duration::GoDuration;
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;

use crate::csr::{self, KeyAndCsr};
use crate::failure;
use crate::machine::Machine;
use crate::root::{self, Wish};

/// A new root.
pub struct NewRoot {
    /// Its certificate.
    pub certificate: Certificate,
    /// The request that says the same.
    pub csr: VerifiedCsr,
    /// Its key, when it was made here.
    pub key: Option<Arc<PrivateKey>>,
}

/// A new root with a new key.
///
/// # Errors
/// Code 5300 without a subject, 2400 without a key, 5200 for durations that are none.
pub async fn create(machine: &Machine, request: &CertificateRequest) -> Result<NewRoot, CfsslError> {
    request.check_authority_subject()?;
    let wish = wish(request)?;
    let KeyAndCsr { key, csr } = csr::generate_any(&as_authority(request))?;
    let key = Arc::new(key);
    let certificate =
        root::make(machine, Arc::clone(&key), Wish { subject: csr.subject().clone(), ..wish }).await?;
    Ok(NewRoot { certificate, csr, key: Some(key) })
}

/// A new root with a key that exists.
///
/// # Errors
/// As [`create`].
pub async fn create_with_key(
    machine: &Machine,
    request: &CertificateRequest,
    key: PrivateKey,
) -> Result<NewRoot, CfsslError> {
    request.check_authority_subject()?;
    let wish = wish(request)?;
    let csr = csr::with_key(&as_authority(request), &key)?;
    let certificate =
        root::make(machine, Arc::new(key), Wish { subject: csr.subject().clone(), ..wish }).await?;
    Ok(NewRoot { certificate, csr, key: None })
}

/// The certificate of a root anew: same subject, key, length of validity, path length and CRL; new serial number and dates.
///
/// # Errors
/// Code 2300 when the key is another one's, 1300 for a certificate that is none of a root, or that limits names: the new
/// one would not.
pub async fn renew(machine: &Machine, old: &Certificate, key: PrivateKey) -> Result<Certificate, CfsslError> {
    let refuse = |text: &str| failure::saying(ErrorKind::CertificateBadRequest, text);
    if !old.is_ca() {
        return Err(refuse("input certificate is not a CA cert"));
    }
    if old.public_key() != key.public_key() {
        return Err(ErrorKind::KeyMismatch.into());
    }
    if !old.is_self_issued() {
        return Err(refuse(
            "the certificate is not self-signed: its issuer must sign the new one (`cfssl sign`)",
        ));
    }
    if !matches!(old.name_constraints(), Ok(None)) {
        return Err(refuse("the certificate limits names, which a renewal would not keep"));
    }
    let constraints = old.basic_constraints().map_err(|error| failure::certificate(&error))?;
    let length = constraints.and_then(|constraints| constraints.path_length);
    let wish = Wish {
        subject: old.subject().clone(),
        expiry: Lifetime::from_seconds(old.not_after().seconds_since(old.not_before())),
        backdate: root::BACKDATE,
        path_length: length.map(|length| u8::try_from(length).unwrap_or(u8::MAX)),
        crl: crl_of(old),
    };
    root::make(machine, Arc::new(key), wish).await
}

/// The request as that of an authority, which says so in its signing request only when there is a section `ca`.
fn as_authority(request: &CertificateRequest) -> CertificateRequest {
    request.clone()
}

/// What the section `ca` says; the subject comes from the request that is made of it.
fn wish(request: &CertificateRequest) -> Result<Wish, CfsslError> {
    let ca = request.ca.clone().unwrap_or_default();
    Ok(Wish {
        subject: hf_x509::distinguished_name::DistinguishedName::empty(),
        expiry: duration(&ca.expiry)?.unwrap_or(root::EXPIRY),
        backdate: duration(&ca.backdate)?.unwrap_or(root::BACKDATE),
        path_length: path_length(&ca)?,
        crl: Some(request.crl_url.as_str()).filter(|url| !url.is_empty()).map(url).transpose()?,
    })
}

/// The CRL that a certificate names, if it names one that we would name.
fn crl_of(certificate: &Certificate) -> Option<UrlTemplate> {
    let points = certificate.crl_distribution_points().ok().flatten()?;
    points.uris().find_map(|uri| uri.parse().ok())
}

fn url(text: &str) -> Result<UrlTemplate, CfsslError> {
    text.parse().map_err(|error| failure::because(ErrorKind::PolicyInvalid, &error))
}

fn path_length(ca: &CaConfig) -> Result<Option<u8>, CfsslError> {
    let length = ca.path_length().map(u8::try_from).transpose();
    let negative = ca.pathlen < 0;
    match length {
        Ok(length) if !negative => Ok(length),
        _ => Err(failure::saying(
            ErrorKind::PolicyInvalidRequest,
            format!("a path length of {}: expected 0 to 255", ca.pathlen),
        )),
    }
}

/// A duration that may be left out.
fn duration(text: &str) -> Result<Option<Lifetime>, CfsslError> {
    if text.is_empty() {
        return Ok(None);
    }
    let parsed: GoDuration =
        text.parse().map_err(|error| failure::because(ErrorKind::PolicyInvalid, &error))?;
    Ok(Some(Lifetime::from_seconds(parsed.seconds())))
}
