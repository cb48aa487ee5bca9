//! TLS for calling others.

use std::io;
use std::sync::Arc;

use hf_core::time::Clock;
use rustls::ClientConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::credential::Credential;
use crate::error::TlsError;
use crate::shared::{ClockTime, provider, root_store};

/// The TLS side of calls to others: whom to trust, and what to show when a server asks.
pub struct ClientTls {
    config: Arc<ClientConfig>,
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
        let verifier = WebPkiServerVerifier::builder_with_provider(root_store(roots)?, provider())
            .build()
            .map_err(|_| TlsError::NoRoots)?;
        let builder = ClientConfig::builder_with_details(provider(), Arc::new(ClockTime(clock)))
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .map_err(TlsError::Versions)?
            .with_webpki_verifier(verifier);
        let mut config = match credential {
            Some(credential) => {
                let (chain, key) = credential.for_rustls()?;
                builder.with_client_auth_cert(chain, key).map_err(TlsError::Identity)?
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        Ok(Self { config: Arc::new(config) })
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
