//! TLS for being called: a certificate that can be replaced while connections go on, and what is asked of clients.

use std::sync::Arc;

use arc_swap::ArcSwap;
use hf_core::time::Clock;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio_rustls::TlsAcceptor;

use crate::credential::Credential;
use crate::error::TlsError;
use crate::shared::{ClockTime, provider, root_store};

/// What is asked of clients. Roots are DER. Whether a certificate is revoked is not judged here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientAuth {
    /// Nothing: a client's certificate is not asked for.
    None,
    /// A certificate is asked for; a client may show none, but one that does not lead to the roots ends the handshake.
    Optional(Vec<Vec<u8>>),
    /// Whoever shows no certificate that leads to the roots is turned away in the handshake.
    Required(Vec<Vec<u8>>),
}

/// The lowest version of TLS that a listener speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MinimumVersion {
    /// TLS 1.2, RFC 5246, and 1.3.
    #[default]
    Tls12,
    /// TLS 1.3, RFC 8446, alone.
    Tls13,
}

static ONLY_TLS13: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];

impl MinimumVersion {
    fn versions(self) -> &'static [&'static SupportedProtocolVersion] {
        match self {
            Self::Tls12 => rustls::ALL_VERSIONS,
            Self::Tls13 => ONLY_TLS13,
        }
    }
}

/// The TLS side of a listener. Connections that are open keep what they began with; new ones get what is current.
pub struct ServerTls {
    clock: Arc<dyn Clock>,
    minimum: MinimumVersion,
    current: ArcSwap<Current>,
}

struct Current {
    config: Arc<ServerConfig>,
    credential: Arc<Credential>,
    clients: ClientAuth,
}

impl ServerTls {
    /// With this credential, asking this of clients, from TLS 1.2 on.
    pub fn new(credential: Credential, clients: ClientAuth, clock: Arc<dyn Clock>) -> Result<Self, TlsError> {
        Self::from_version(MinimumVersion::default(), credential, clients, clock)
    }

    /// The same from this version on.
    pub fn from_version(
        minimum: MinimumVersion,
        credential: Credential,
        clients: ClientAuth,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, TlsError> {
        let current = Current::new(minimum, Arc::new(credential), clients, &clock)?;
        Ok(Self { clock, minimum, current: ArcSwap::from_pointee(current) })
    }

    /// Show this credential from now on. On error the old one stays.
    pub fn replace(&self, credential: Credential) -> Result<(), TlsError> {
        let clients = self.current.load().clients.clone();
        self.set(Arc::new(credential), clients)
    }

    /// Ask this of clients from now on. On error what was asked stays.
    pub fn ask(&self, clients: ClientAuth) -> Result<(), TlsError> {
        let credential = Arc::clone(&self.current.load().credential);
        self.set(credential, clients)
    }

    /// Show this credential and ask this of clients from now on. On error both stay as they were.
    pub fn replace_all(&self, credential: Credential, clients: ClientAuth) -> Result<(), TlsError> {
        self.set(Arc::new(credential), clients)
    }

    /// What is shown now.
    pub fn credential(&self) -> Arc<Credential> {
        Arc::clone(&self.current.load().credential)
    }

    /// For the next connection.
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.current.load().config))
    }

    fn set(&self, credential: Arc<Credential>, clients: ClientAuth) -> Result<(), TlsError> {
        let current = Current::new(self.minimum, credential, clients, &self.clock)?;
        self.current.store(Arc::new(current));
        Ok(())
    }
}

impl Current {
    fn new(
        minimum: MinimumVersion,
        credential: Arc<Credential>,
        clients: ClientAuth,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, TlsError> {
        let (chain, key) = credential.for_rustls()?;
        let builder = ServerConfig::builder_with_details(provider(), Arc::new(ClockTime(Arc::clone(clock))))
            .with_protocol_versions(minimum.versions())
            .map_err(TlsError::Versions)?;
        let builder = match verifier(&clients)? {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_single_cert(chain, key).map_err(TlsError::Identity)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), credential, clients })
    }
}

fn verifier(clients: &ClientAuth) -> Result<Option<Arc<dyn ClientCertVerifier>>, TlsError> {
    let (roots, optional) = match clients {
        ClientAuth::None => return Ok(None),
        ClientAuth::Optional(roots) => (roots, true),
        ClientAuth::Required(roots) => (roots, false),
    };
    let builder = WebPkiClientVerifier::builder_with_provider(root_store(roots)?, provider());
    let builder = if optional { builder.allow_unauthenticated() } else { builder };
    builder.build().map(Some).map_err(|_| TlsError::NoRoots)
}
