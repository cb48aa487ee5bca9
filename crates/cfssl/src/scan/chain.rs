//! What a server presents, unbelieved.

use std::io;
use std::sync::{Arc, Mutex};

use hf_x509::certificate::Certificate;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};

use super::hello::{self, Offer, Version};
use super::{Target, connect, groups, signatures, suites};

/// The certificates that the target presents, its own first. Nothing of it is believed.
///
/// # Errors
/// When there is no connection, or nothing is presented.
pub async fn of(target: &Target) -> io::Result<Vec<Certificate>> {
    let chain = match by_handshake(target).await {
        Ok(chain) if !chain.is_empty() => chain,
        // A server that rustls cannot talk to may still show its certificates.
        Ok(_) => by_hello(target).await?,
        Err(error) => match by_hello(target).await {
            Ok(chain) if !chain.is_empty() => chain,
            _ => return Err(error),
        },
    };
    let chain: Result<Vec<Certificate>, _> = chain.iter().map(|der| Certificate::from_der(der)).collect();
    let chain = chain.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    if chain.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the server presented no certificate"));
    }
    Ok(chain)
}

async fn by_handshake(target: &Target) -> io::Result<Vec<Vec<u8>>> {
    let recorder = Arc::new(Recorder { provider: provider(), chain: Mutex::new(Vec::new()) });
    let tcp = connect::tcp(target).await?;
    let handshake = connect::tls(target, tcp, unbelieving(Arc::clone(&recorder))?).await;
    let chain = recorder.chain.lock().map(|chain| chain.clone()).unwrap_or_default();
    // A server may refuse us for lack of a client certificate after it has presented its own.
    match handshake {
        Err(error) if chain.is_empty() => Err(error),
        _ => Ok(chain),
    }
}

async fn by_hello(target: &Target) -> io::Result<Vec<Vec<u8>>> {
    for version in [Version::Tls12, Version::Tls11, Version::Tls10, Version::Ssl30] {
        let offer = Offer {
            version,
            suites: suites::LEGACY.iter().map(|suite| suite.id).collect(),
            groups: groups::curves(),
            schemes: signatures::SCHEMES.iter().map(|scheme| scheme.id).collect(),
        };
        if let Some(choice) = hello::ask(target, &offer).await? {
            return Ok(choice.chain);
        }
    }
    Ok(Vec::new())
}

/// The algorithms that TLS is spoken with.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// A client that takes whatever is presented, and notes it.
pub(super) fn unbelieving(recorder: Arc<Recorder>) -> io::Result<Arc<ClientConfig>> {
    let config = ClientConfig::builder_with_provider(Arc::clone(&recorder.provider))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(recorder)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Notes the chain and accepts it, so that the handshake goes on until the server's signature has been checked.
#[derive(Debug)]
pub(super) struct Recorder {
    provider: Arc<CryptoProvider>,
    chain: Mutex<Vec<Vec<u8>>>,
}

impl Recorder {
    /// That has noted nothing.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { provider: provider(), chain: Mutex::new(Vec::new()) })
    }
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
