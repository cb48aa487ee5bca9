//! Reading certificates, requests and CRLs from files, with errors that name the file.

use std::io::Read;
use std::path::Path;

use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::csr::{CsrError, UnverifiedCsr, VerifiedCsr};
use hf_x509::error::X509Error;
use hf_x509::limits;
use hf_x509::pem;
use hf_x509::pkcs7::Bundle;

use crate::error::CommandError;

/// Octets of the file, at most `max`; `-` is standard input.
pub(crate) fn octets(path: &Path, max: usize) -> Result<Vec<u8>, CommandError> {
    let mut octets = Vec::new();
    let limit = max as u64 + 1;
    let read = if path == Path::new("-") {
        std::io::stdin().take(limit).read_to_end(&mut octets)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut octets))
    };
    read.map_err(|error| CommandError::io("read", path, error))?;
    if octets.len() > max {
        return Err(CommandError::refused(format!("`{}` is longer than {max} bytes", path.display())));
    }
    Ok(octets)
}

/// All certificates of a file: PEM with one or more, DER with one, or PKCS#7.
pub(crate) fn certificates(path: &Path) -> Result<Vec<Certificate>, CommandError> {
    certificates_in(&octets(path, limits::MAX_BUNDLE)?).map_err(|error| {
        CommandError::refused(format!("no certificate can be read from `{}`", path.display()))
            .because(error)
            .hint(format!("see what it holds: `handfast inspect {}`", path.display()))
    })
}

/// All certificates in these octets: PEM with one or more, DER with one, or PKCS#7.
pub(crate) fn certificates_in(octets: &[u8]) -> Result<Vec<Certificate>, X509Error> {
    if pem::is_pem(octets) {
        let text = String::from_utf8_lossy(octets);
        if let Ok(bundle) = Bundle::from_pem(&text) {
            return Ok(bundle.certificates);
        }
        return Certificate::many_from_pem(&text);
    }
    match Certificate::from_der(octets) {
        Ok(certificate) => Ok(vec![certificate]),
        Err(error) => Bundle::from_der(octets).map(|bundle| bundle.certificates).map_err(|_| error),
    }
}

/// All certificates of several files, in order.
pub(crate) fn all_certificates<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<Certificate>, CommandError> {
    let mut found = Vec::new();
    for path in paths {
        found.extend(certificates(path.as_ref())?);
    }
    Ok(found)
}

/// All CRLs of a file: PEM with one or more, or DER with one.
pub(crate) fn crls(path: &Path) -> Result<Vec<CertificateList>, CommandError> {
    crls_in(octets(path, limits::MAX_CRL)?).map_err(|error| {
        CommandError::refused(format!("no CRL can be read from `{}`", path.display())).because(error)
    })
}

/// All CRLs in these octets: PEM with one or more, or DER with one.
pub(crate) fn crls_in(octets: Vec<u8>) -> Result<Vec<CertificateList>, X509Error> {
    if pem::is_pem(&octets) {
        return CertificateList::many_from_pem(&String::from_utf8_lossy(&octets));
    }
    CertificateList::from_der(octets).map(|crl| vec![crl])
}

/// The certification request in a file, PEM or DER, signed with its own key.
pub(crate) fn verified_request(path: &Path) -> Result<VerifiedCsr, CommandError> {
    request(path)?.verify().map_err(|error| {
        let fault = match error {
            CsrError::Signature(_) => "does not prove its key",
            CsrError::TooManyNames { .. } => "asks for too much",
            CsrError::Syntax(_) | CsrError::Pem(_) | CsrError::Extension(_) => "cannot be read",
        };
        CommandError::refused(format!("the request in `{}` {fault}", path.display())).because(error)
    })
}

/// The certification request in a file, PEM or DER.
fn request(path: &Path) -> Result<UnverifiedCsr, CommandError> {
    let octets = octets(path, limits::MAX_OBJECT * 2)?;
    let read = if pem::is_pem(&octets) {
        UnverifiedCsr::from_pem(&String::from_utf8_lossy(&octets))
    } else {
        UnverifiedCsr::from_der(&octets)
    };
    read.map_err(|error| {
        CommandError::refused(format!("no certification request can be read from `{}`", path.display()))
            .because(error)
            .hint(format!("see what it holds: `handfast inspect {}`", path.display()))
    })
}
