//! What a server presents, without judging it: for `inspect` only.
//!
//! The connection is given up as soon as the chain is known; nothing is sent over it and nothing of it is trusted.

use std::io;

use hf_identity::error::TlsError;
use hf_identity::presented::Presented;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;

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
    Connection(#[source] io::Error),
    /// The client side cannot be set up.
    #[error("TLS cannot be set up")]
    Setup(#[source] TlsError),
    /// The handshake went by without a certificate.
    #[error("the server presented no certificate")]
    Nothing,
}

impl PeekError {
    /// Whether nobody answers there, at least now; else somebody does who speaks something else, or what was asked for
    /// cannot be.
    pub(crate) fn is_silence(&self) -> bool {
        match self {
            Self::Connection(error) => {
                !matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
            }
            Self::Name { .. } | Self::Setup(_) | Self::Nothing => false,
        }
    }
}

/// The certificates, DER, in the order in which the server at `address` (`host:port`) sends them for `name`.
pub(crate) fn presented_chain(address: &str, name: &str) -> Result<Vec<Vec<u8>>, PeekError> {
    let server_name =
        ServerName::try_from(name.to_owned()).map_err(|_| PeekError::Name { name: name.to_owned() })?;
    let presented = Presented::new();
    let config = presented.client().map_err(PeekError::Setup)?;
    let connection = ClientConnection::new(config, server_name);
    let mut connection = connection.map_err(|error| PeekError::Setup(TlsError::Versions(error)))?;
    let mut tcp = live::open(address).map_err(PeekError::Connection)?;
    let handshake = connection.complete_io(&mut tcp);
    let chain = presented.chain();
    // A server may refuse us for lack of a client certificate after it has presented its own.
    match (chain.is_empty(), handshake) {
        (false, _) => Ok(chain),
        (true, Err(error)) => Err(PeekError::Connection(error)),
        (true, Ok(_)) => Err(PeekError::Nothing),
    }
}
