//! Certificates as CFSSL reads them: one object where one is meant, a pool where several are.

use hf_core::secret::Secret;
use hf_keys::key_store::{Content, KeyStore, pkcs12};
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_x509::certificate::Certificate;
use hf_x509::pem;
use hf_x509::pkcs7::Bundle;

use crate::failure;

/// The most certificates in one file of a pool; the trust store of a Linux distribution has about 150.
pub const MAX_POOL: usize = 5_000;

/// The one certificate of a PEM text; a PKCS#7 block with one certificate counts.
///
/// # Errors
/// Code 1002 for what is no PEM, 1003 for what is no certificate, or for more than one object.
pub fn one(text: &str) -> Result<Certificate, CfsslError> {
    let blocks = pem::blocks(text).map_err(|error| failure::because(ErrorKind::CertificateDecode, &error))?;
    let [block] = blocks.as_slice() else {
        if blocks.is_empty() {
            return Err(ErrorKind::CertificateDecode.into());
        }
        let text = "the PEM file should contain only one object";
        return Err(CfsslError::wrap(ErrorKind::CertificateParse, text));
    };
    match block.label.as_str() {
        "CERTIFICATE" => Certificate::from_der(&block.der).map_err(|error| failure::certificate(&error)),
        "PKCS7" | "CMS" => {
            let bundle = Bundle::from_der(&block.der).map_err(|error| failure::certificate(&error))?;
            match bundle.certificates.as_slice() {
                [one] => Ok(one.clone()),
                several => Err(failure::saying(
                    ErrorKind::CertificateParse,
                    format!("the PKCS#7 object holds {} certificates: expected one", several.len()),
                )),
            }
        }
        label => {
            let text = format!("found `{}`, expected `CERTIFICATE`", label.escape_debug());
            Err(failure::saying(ErrorKind::CertificateParse, text))
        }
    }
}

/// Every certificate of a PEM text, at least one: a pool of roots or intermediates, or a CA with those above it.
///
/// # Errors
/// `kind` with the reason.
pub fn pool(text: &str, kind: ErrorKind) -> Result<Vec<Certificate>, CfsslError> {
    let pool = Certificate::many_from_pem(text).map_err(|error| failure::because(kind, &error))?;
    if pool.len() > MAX_POOL {
        let text = format!("{} certificates: expected at most {MAX_POOL}", pool.len());
        return Err(failure::saying(kind, text));
    }
    Ok(pool)
}

/// Certificates in whichever form: PEM, DER, PKCS#7 or PKCS#12, and the key of the latter. The leaf is first.
///
/// # Errors
/// Code 1003 for what is none of these, 1002 for a PKCS#12 file that `password` does not open.
pub fn any(
    octets: &[u8],
    password: &Secret<String>,
) -> Result<(Vec<Certificate>, Option<PrivateKey>), CfsslError> {
    if let Ok(text) = std::str::from_utf8(octets)
        && pem::is_pem(octets)
    {
        return Ok((from_pem(text)?, None));
    }
    if let Ok(certificate) = Certificate::from_der(octets) {
        return Ok((vec![certificate], None));
    }
    if let Ok(bundle) = Bundle::from_der(octets) {
        return Ok((bundle.certificates, None));
    }
    from_pkcs12(octets, password)
}

fn from_pem(text: &str) -> Result<Vec<Certificate>, CfsslError> {
    if text.contains("-----BEGIN PKCS7-----") {
        let bundle = Bundle::from_pem(text).map_err(|error| failure::certificate(&error))?;
        return Ok(bundle.certificates);
    }
    Certificate::many_from_pem(text).map_err(|error| failure::certificate(&error))
}

/// The first key with its chain; the certificates of the others follow.
fn from_pkcs12(
    octets: &[u8],
    password: &Secret<String>,
) -> Result<(Vec<Certificate>, Option<PrivateKey>), CfsslError> {
    let failed = |error: &dyn std::error::Error| failure::because(ErrorKind::CertificateDecode, error);
    let KeyStore { entries } = pkcs12::read(octets, Some(password)).map_err(|error| failed(&error))?;
    let (mut key, mut leaf, mut others) = (None, Vec::new(), Vec::new());
    for entry in entries {
        match entry.content {
            Content::Key { key: stored, chain } if leaf.is_empty() => {
                key = Some(stored.private_key().map_err(|error| failure::key(&error))?);
                leaf = chain;
            }
            Content::Key { chain, .. } => others.extend(chain),
            Content::Certificate { der, .. } => others.push(der),
        }
    }
    let read = |der: &Vec<u8>| Certificate::from_der(der).map_err(|error| failure::certificate(&error));
    let certificates = leaf.iter().chain(&others).map(read).collect::<Result<Vec<_>, _>>()?;
    if certificates.is_empty() { Err(ErrorKind::CertificateDecode.into()) } else { Ok((certificates, key)) }
}
