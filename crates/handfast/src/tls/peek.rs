//! What a server presents, without judging it: for `inspect` only.
//!
//! The connection is given up as soon as the chain is known; nothing is sent over it and nothing of it is trusted.

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme};

use super::live;

/// Why the chain could not be seen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PeekError {
    /// Neither a DNS name nor an IP address.
    #[error("`{name}` cannot be the name of a TLS server")]
    Name {
        /// What was found.
        name: String,
    },
    /// No connection, or it broke before the server presented anything.
    #[error("no TLS server answered")]
    Connection(#[source] std::io::Error),
    /// The client side cannot be set up.
    #[error("TLS cannot be set up")]
    Setup(#[source] rustls::Error),
    /// The handshake went by without a certificate.
    #[error("the server presented no certificate")]
    Nothing,
}

/// The certificates, DER, in the order in which the server at `address` (`host:port`) sends them for `name`.
pub(crate) fn presented_chain(address: &str, name: &str) -> Result<Vec<Vec<u8>>, PeekError> {
    let server_name =
        ServerName::try_from(name.to_owned()).map_err(|_| PeekError::Name { name: name.to_owned() })?;
    let provider = super::provider();
    let recorder = Arc::new(Recorder { provider: Arc::clone(&provider), chain: Mutex::new(Vec::new()) });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(PeekError::Setup)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(&recorder) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), server_name).map_err(PeekError::Setup)?;
    let mut tcp = live::open(address).map_err(PeekError::Connection)?;
    let handshake = connection.complete_io(&mut tcp);
    let chain = recorder.chain.lock().map(|chain| chain.clone()).unwrap_or_default();
    // A server may refuse us for lack of a client certificate after it has presented its own.
    match (chain.is_empty(), handshake) {
        (false, _) => Ok(chain),
        (true, Err(error)) => Err(PeekError::Connection(error)),
        (true, Ok(_)) => Err(PeekError::Nothing),
    }
}

/// Notes the chain and accepts it, so that the handshake goes on until the server's signature has been checked.
#[derive(Debug)]
struct Recorder {
    provider: Arc<CryptoProvider>,
    chain: Mutex<Vec<Vec<u8>>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Ok(mut chain) = self.chain.lock() {
            *chain = std::iter::once(end_entity).chain(intermediates).map(|der| der.to_vec()).collect();
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
