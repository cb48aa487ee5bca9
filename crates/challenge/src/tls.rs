//! TLS towards whoever is validated: 1.2 and 1.3, and no path is verified, because a certificate is what they want to get.
//!
//! The server still proves that it holds the key of the certificate that it shows.

use std::net::SocketAddr;
use std::sync::Arc;

use hf_x509::certificate::Certificate;
use hf_x509::signature::{Signature, SignatureAlgorithm};
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::error::ChallengeError;
use crate::proof::certificate;
use crate::redirect::Subject;

/// What TLS is spoken with during validation.
pub(crate) struct ValidationTls {
    redirect: TlsConnector,
    challenge: TlsConnector,
}

impl ValidationTls {
    pub(crate) fn new() -> Result<Self, rustls::Error> {
        let config = || -> Result<ClientConfig, rustls::Error> {
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let mut config = ClientConfig::builder_with_provider(provider)
                .with_protocol_versions(rustls::ALL_VERSIONS)?
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyCertificate))
                .with_no_client_auth();
            // A resumed session would show no certificate.
            config.resumption = Resumption::disabled();
            Ok(config)
        };
        let mut challenge = config()?;
        challenge.alpn_protocols = vec![PROTOCOL.to_vec()];
        Ok(Self {
            redirect: TlsConnector::from(Arc::new(config()?)),
            challenge: TlsConnector::from(Arc::new(challenge)),
        })
    }

    /// For a redirect to `https`.
    pub(crate) async fn for_redirect(
        &self,
        subject: &Subject,
        address: SocketAddr,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, ChallengeError> {
        let name = match subject {
            Subject::Dns(name) => server_name(name.as_str(), address)?,
            Subject::Ip(ip) => ServerName::IpAddress((*ip).into()),
        };
        let shaken = self.redirect.connect(name, stream).await;
        shaken.map_err(|source| ChallengeError::Handshake { address, source })
    }

    /// The certificate that is shown in the protocol `acme-tls/1`.
    pub(crate) async fn for_challenge(
        &self,
        subject: &Subject,
        address: SocketAddr,
        stream: TcpStream,
    ) -> Result<Option<Vec<u8>>, ChallengeError> {
        let name = server_name(&certificate::server_name(subject), address)?;
        let shaken = self.challenge.connect(name, stream).await;
        let stream = shaken.map_err(|source| ChallengeError::Handshake { address, source })?;
        let (_, session) = stream.get_ref();
        if session.alpn_protocol() != Some(PROTOCOL) {
            return Err(ChallengeError::Protocol { address });
        }
        Ok(session.peer_certificates().and_then(|chain| chain.first()).map(|der| der.to_vec()))
    }
}

fn server_name(text: &str, address: SocketAddr) -> Result<ServerName<'static>, ChallengeError> {
    ServerName::try_from(text.to_owned())
        .map_err(|error| ChallengeError::Handshake { address, source: std::io::Error::other(error) })
}

/// Takes every certificate, and no handshake that its key did not sign.
///
/// The checks of rustls cannot be used for the signature: they refuse the critical extension that RFC 8737 asks for.
#[derive(Debug)]
struct AnyCertificate;

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        SCHEMES.iter().map(|(scheme, _)| *scheme).collect()
    }
}

fn verify(
    message: &[u8],
    cert: &CertificateDer<'_>,
    dss: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, rustls::Error> {
    let refused = rustls::Error::InvalidCertificate;
    let certificate = Certificate::from_der(cert).map_err(|_| refused(CertificateError::BadEncoding))?;
    let algorithm = SCHEMES.iter().find(|(scheme, _)| *scheme == dss.scheme).map(|(_, algorithm)| *algorithm);
    let algorithm = algorithm.ok_or_else(|| refused(CertificateError::BadSignature))?;
    certificate
        .public_key()
        .verify(algorithm, message, &Signature::new(dss.signature()))
        .map_err(|_| refused(CertificateError::BadSignature))?;
    Ok(HandshakeSignatureValid::assertion())
}

/// The schemes of RFC 8446 section 4.2.3 that are offered, and what they are in X.509.
const SCHEMES: &[(SignatureScheme, SignatureAlgorithm)] = &[
    (SignatureScheme::ECDSA_NISTP256_SHA256, SignatureAlgorithm::EcdsaSha256),
    (SignatureScheme::ECDSA_NISTP384_SHA384, SignatureAlgorithm::EcdsaSha384),
    (SignatureScheme::ECDSA_NISTP521_SHA512, SignatureAlgorithm::EcdsaSha512),
    (SignatureScheme::ED25519, SignatureAlgorithm::Ed25519),
    (SignatureScheme::RSA_PSS_SHA256, SignatureAlgorithm::RsaPssSha256),
    (SignatureScheme::RSA_PSS_SHA384, SignatureAlgorithm::RsaPssSha384),
    (SignatureScheme::RSA_PSS_SHA512, SignatureAlgorithm::RsaPssSha512),
    (SignatureScheme::RSA_PKCS1_SHA256, SignatureAlgorithm::RsaPkcs1Sha256),
    (SignatureScheme::RSA_PKCS1_SHA384, SignatureAlgorithm::RsaPkcs1Sha384),
    (SignatureScheme::RSA_PKCS1_SHA512, SignatureAlgorithm::RsaPkcs1Sha512),
];

/// RFC 8737 section 6.2.
const PROTOCOL: &[u8] = b"acme-tls/1";
