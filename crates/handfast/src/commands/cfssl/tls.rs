//! Whom to trust behind `https://`, and what to show there: `-tls-remote-ca`, `-mutual-tls-client-cert` and `-key`.

use std::sync::Arc;

use hf_identity::client::ClientTls;
use hf_identity::credential::Credential;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_x509::certificate::Certificate;

use super::call::{Call, Failure, text};
use super::flags;

/// Where systems keep the roots of the web.
const SYSTEM_ROOTS: &[&str] =
    &["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

impl Call {
    /// The client's side of TLS; nothing when no roots are named and the machine has none.
    pub(super) fn client_tls(&self) -> Result<Option<Arc<ClientTls>>, Failure> {
        let named = self.some(&flags::TLS_REMOTE_CA).map(|path| self.read(path));
        let roots = match named {
            Some(octets) => octets?,
            None => match system_roots() {
                Some(octets) => octets,
                None => return Ok(None),
            },
        };
        let roots = certificates(&text(roots)?)?;
        let credential = self.client_credential()?;
        let made = ClientTls::new(&roots, credential.as_ref(), &[], Arc::clone(&self.clock));
        Ok(Some(Arc::new(made.map_err(|error| CfsslError::wrap(ErrorKind::RootUnknown, error))?)))
    }

    /// The certificate to show, with its key.
    fn client_credential(&self) -> Result<Option<Credential>, Failure> {
        let (cert, key) =
            (self.some(&flags::MUTUAL_TLS_CLIENT_CERT), self.some(&flags::MUTUAL_TLS_CLIENT_KEY));
        let (Some(cert), Some(key)) = (cert, key) else { return Ok(None) };
        let chain = certificates(&text(self.read(cert)?)?)?;
        let key = self.authority_key(key)?.to_pkcs8_der();
        let made =
            Credential::new(chain, key).map_err(|error| CfsslError::wrap(ErrorKind::KeyUnknown, error))?;
        Ok(Some(made))
    }
}

/// The roots of the web, PEM, if this machine has them.
pub(super) fn system_roots() -> Option<Vec<u8>> {
    SYSTEM_ROOTS.iter().find_map(|path| std::fs::read(path).ok())
}

fn certificates(pem: &str) -> Result<Vec<Vec<u8>>, Failure> {
    let read = Certificate::many_from_pem(pem)
        .map_err(|error| CfsslError::wrap(ErrorKind::CertificateParse, error))?;
    Ok(read.iter().map(|certificate| certificate.der().to_vec()).collect())
}
