//! All that knows rustls: identities, handshakes in memory, handshakes over TCP. TLS 1.3 (RFC 8446) with client
//! authentication, 1.2 too with servers that run; the provider is given explicitly.

mod asked;
mod live;
mod memory;
mod peek;
mod refusal;

use std::sync::Arc;

use hf_core::time::Timestamp;
use hf_identity::presented::Presented;
use rustls::client::danger::ServerCertVerifier;
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{RootCertStore, SupportedProtocolVersion};

pub(crate) use rustls::{ClientConfig, ServerConfig};

pub(crate) use asked::Asked;
pub(crate) use live::connect;
pub(crate) use memory::handshake;
pub(crate) use peek::presented_chain;
pub(crate) use refusal::{Refusal, Stage};

/// What one side of a connection is and trusts.
pub(crate) struct Endpoint {
    /// Certificates as sent, leaf first, DER.
    pub(crate) chain: Vec<Vec<u8>>,
    /// The private key, PKCS#8 DER.
    pub(crate) key: hf_core::secret::Secret<Vec<u8>>,
    /// The trust anchors, DER.
    pub(crate) roots: Vec<Vec<u8>>,
}

/// Why an endpoint cannot take part in any handshake.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EndpointError {
    /// The private key is in no form that TLS can use, or does not belong to the certificate.
    #[error("key and certificate cannot be used together")]
    Identity(#[source] rustls::Error),
    /// A certificate in the list of roots cannot be a trust anchor.
    #[error("root number {number} cannot be a trust anchor")]
    Root {
        /// Counted from 1.
        number: usize,
        /// Why not.
        #[source]
        source: rustls::Error,
    },
    /// The private key is not ours to use.
    #[error("its private key is not here")]
    NoKey,
    /// The list of roots is empty, so nobody can be trusted.
    #[error("the list of roots is empty")]
    NoRoots,
    /// The server's name is neither a DNS name nor an IP address.
    #[error("`{name}` cannot be the name of a TLS server")]
    Name {
        /// What was found.
        name: String,
    },
    /// The provider supports none of the protocol versions.
    #[error("the cryptographic provider lacks TLS 1.3")]
    Versions(#[source] rustls::Error),
}

/// A clock that stands at the time of the check.
#[derive(Debug)]
struct FixedTime(Timestamp);

impl TimeProvider for FixedTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.unix_seconds()).ok()?;
        Some(UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds)))
    }
}

impl Endpoint {
    /// Configuration for calling others in memory: shows its certificate, checks the server's chain and name.
    pub(crate) fn client(&self, now: Timestamp) -> Result<Arc<ClientConfig>, EndpointError> {
        self.calling(now, self.roots_verifier()?, &[&rustls::version::TLS13])
    }

    /// Configuration for calling a server that runs: it may speak TLS 1.2.
    pub(crate) fn caller(&self, now: Timestamp) -> Result<Arc<ClientConfig>, EndpointError> {
        self.calling(now, self.roots_verifier()?, rustls::ALL_VERSIONS)
    }

    /// The same for one that takes whoever answers: to find out whether the server would take it.
    pub(crate) fn credulous_caller(&self, now: Timestamp) -> Result<Arc<ClientConfig>, EndpointError> {
        self.calling(now, Presented::new(), rustls::ALL_VERSIONS)
    }

    fn calling(
        &self,
        now: Timestamp,
        verifier: Arc<dyn ServerCertVerifier>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<Arc<ClientConfig>, EndpointError> {
        let (chain, key) = self.identity()?;
        let mut config = ClientConfig::builder_with_details(provider(), Arc::new(FixedTime(now)))
            .with_protocol_versions(versions)
            .map_err(EndpointError::Versions)?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_client_auth_cert(chain, key)
            .map_err(EndpointError::Identity)?;
        config.resumption = Resumption::disabled();
        Ok(Arc::new(config))
    }

    fn roots_verifier(&self) -> Result<Arc<WebPkiServerVerifier>, EndpointError> {
        WebPkiServerVerifier::builder_with_provider(self.root_store()?, provider())
            .build()
            .map_err(|_| EndpointError::NoRoots)
    }

    /// Configuration for being called: demands a certificate of the client.
    pub(crate) fn server(&self, now: Timestamp) -> Result<Arc<ServerConfig>, EndpointError> {
        let verifier = WebPkiClientVerifier::builder_with_provider(self.root_store()?, provider())
            .build()
            .map_err(|_| EndpointError::NoRoots)?;
        let (chain, key) = self.identity()?;
        let mut config = ServerConfig::builder_with_details(provider(), Arc::new(FixedTime(now)))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(EndpointError::Versions)?
            .with_client_cert_verifier(verifier)
            .with_single_cert(chain, key)
            .map_err(EndpointError::Identity)?;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Arc::new(config))
    }

    fn identity(&self) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), EndpointError> {
        let key = PrivateKeyDer::try_from(self.key.expose().clone())
            .map_err(|problem| EndpointError::Identity(rustls::Error::General(problem.to_owned())))?;
        Ok((self.chain.iter().cloned().map(CertificateDer::from).collect(), key))
    }

    fn root_store(&self) -> Result<Arc<RootCertStore>, EndpointError> {
        let mut store = RootCertStore::empty();
        for (index, root) in self.roots.iter().enumerate() {
            store
                .add(CertificateDer::from(root.as_slice()))
                .map_err(|source| EndpointError::Root { number: index + 1, source })?;
        }
        Ok(Arc::new(store))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}
