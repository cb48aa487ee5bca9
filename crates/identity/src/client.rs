//! TLS for calling others.

use std::io;
use std::sync::Arc;

use hf_core::time::Clock;
use hf_x509::certificate::Certificate;
use hf_x509::digest::{sha256, sha384, sha512};
use hf_x509::signature::SignatureAlgorithm;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::credential::Credential;
use crate::error::TlsError;
use crate::presented::Presented;
use crate::shared::{ClockTime, provider, root_store};

/// The TLS side of calls to others: whom to trust, and what to show when a server asks.
pub struct ClientTls {
    config: Arc<ClientConfig>,
}

/// How much of a server's certificate is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerCheck {
    /// It leads to one of these roots (DER) and has the name that was asked for.
    ChainAndName(Vec<Vec<u8>>),
    /// It leads to one of these roots, whatever its name: for peers that are told apart by who certifies them.
    Chain(Vec<Vec<u8>>),
    /// Nothing: the connection is encrypted, and it is not known with whom.
    Nothing,
}

impl ClientTls {
    /// Trust these roots (DER); show `credential` to servers that ask for one.
    ///
    /// `protocols` are the names offered by ALPN (RFC 7301), the preferred first; none are offered when it is empty.
    pub fn new(
        roots: &[Vec<u8>],
        credential: Option<&Credential>,
        protocols: &[&str],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TlsError> {
        let mut config = config(verifier(roots)?, credential, clock)?;
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(Self { config: Arc::new(config) })
    }

    /// Check so much of servers; show `credential` to those that ask for one.
    ///
    /// # Errors
    /// When roots or credential cannot be used.
    pub fn checking(
        check: ServerCheck,
        credential: Option<&Credential>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TlsError> {
        let verifier: Arc<dyn ServerCertVerifier> = match check {
            ServerCheck::ChainAndName(roots) => verifier(&roots)?,
            ServerCheck::Chain(roots) => Arc::new(AnyName(verifier(&roots)?)),
            ServerCheck::Nothing => Presented::new(),
        };
        Ok(Self { config: Arc::new(config(verifier, credential, clock)?) })
    }

    /// For the next connection.
    pub fn connector(&self) -> TlsConnector {
        TlsConnector::from(Arc::clone(&self.config))
    }

    /// Shake hands over `stream` with the server called `host`, a DNS name or an IP address without brackets.
    ///
    /// # Errors
    /// When `host` is neither, and when the handshake fails; the latter wraps a `rustls::Error`.
    pub async fn connect<S>(&self, host: &str, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        self.connector().connect(name, stream).await
    }
}

fn verifier(roots: &[Vec<u8>]) -> Result<Arc<WebPkiServerVerifier>, TlsError> {
    let built = WebPkiServerVerifier::builder_with_provider(root_store(roots)?, provider()).build();
    built.map_err(|_| TlsError::NoRoots)
}

fn config(
    verifier: Arc<dyn ServerCertVerifier>,
    credential: Option<&Credential>,
    clock: Arc<dyn Clock>,
) -> Result<ClientConfig, TlsError> {
    let builder = ClientConfig::builder_with_details(provider(), Arc::new(ClockTime(clock)))
        .with_protocol_versions(rustls::ALL_VERSIONS)
        .map_err(TlsError::Versions)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    match credential {
        Some(credential) => {
            let (chain, key) = credential.for_rustls()?;
            builder.with_client_auth_cert(chain, key).map_err(TlsError::Identity)
        }
        None => Ok(builder.with_no_client_auth()),
    }
}

/// `tls-server-end-point` of a connection (RFC 5929 section 4.1): a digest of the certificate that the server showed, by
/// the algorithm of its signature, or SHA-256 where that is weaker. `None` where the RFC names none, as for Ed25519.
pub fn server_end_point<S>(stream: &TlsStream<S>) -> Option<Vec<u8>> {
    let der = stream.get_ref().1.peer_certificates()?.first()?;
    let certificate = Certificate::from_der(der).ok()?;
    match certificate.signature_algorithm().ok()? {
        SignatureAlgorithm::EcdsaSha256
        | SignatureAlgorithm::RsaPkcs1Sha256
        | SignatureAlgorithm::RsaPssSha256
        | SignatureAlgorithm::EcdsaSha1
        | SignatureAlgorithm::RsaPkcs1Sha1
        | SignatureAlgorithm::RsaPkcs1Md5 => Some(sha256(der).to_vec()),
        SignatureAlgorithm::EcdsaSha384
        | SignatureAlgorithm::RsaPkcs1Sha384
        | SignatureAlgorithm::RsaPssSha384 => Some(sha384(der).to_vec()),
        SignatureAlgorithm::EcdsaSha512
        | SignatureAlgorithm::RsaPkcs1Sha512
        | SignatureAlgorithm::RsaPssSha512 => Some(sha512(der).to_vec()),
        SignatureAlgorithm::Ed25519 => None,
    }
}

/// Believes every name of a certificate that leads to a root.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        // The name is the last thing that is looked at: nothing else is wrong when only the name is.
        match self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}
