//! A certificate chain and the private key of its first certificate.

use hf_core::secret::Secret;
use hf_core::time::Validity;
use hf_x509::certificate::Certificate;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::TlsError;

/// What one side of a connection shows and proves to hold.
pub struct Credential {
    chain: Vec<Vec<u8>>,
    key: Secret<Vec<u8>>,
    validity: Validity,
}

impl Credential {
    /// From certificates in DER, leaf first, and the private key of the leaf in DER (PKCS#8, SEC 1 or PKCS#1).
    pub fn new(chain: Vec<Vec<u8>>, key: Secret<Vec<u8>>) -> Result<Self, TlsError> {
        let leaf = chain.first().ok_or(TlsError::NoCertificate)?;
        let leaf = Certificate::from_der(leaf).map_err(TlsError::Certificate)?;
        let validity = leaf.validity().map_err(TlsError::Certificate)?;
        Ok(Self { chain, key, validity })
    }

    /// The certificates in DER, leaf first.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// The first and the last second of the leaf, UTC.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    pub(crate) fn for_rustls(
        &self,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
        let key = PrivateKeyDer::try_from(self.key.expose().clone()).map_err(|_| TlsError::KeyForm)?;
        Ok((self.chain.iter().cloned().map(CertificateDer::from).collect(), key))
    }
}
