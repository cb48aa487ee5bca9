//! TLS around a connection to a database, by whoever knows TLS: the store does not.

use std::fmt;
use std::io;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};

/// A connection.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A connection inside TLS, after its handshake.
pub struct Secured {
    /// What goes through it is encrypted.
    pub stream: Box<dyn Duplex>,
    /// `tls-server-end-point`, RFC 5929 section 4: a digest of the server's certificate to which a password is bound.
    pub server_end_point: Option<Vec<u8>>,
}

/// A handshake that is under way.
pub type Securing = Pin<Box<dyn Future<Output = io::Result<Secured>> + Send>>;

/// Makes TLS connections out of plain ones.
pub trait Secure: fmt::Debug + Send + Sync {
    /// Shake hands with the server called `host` over `stream`.
    fn secure(&self, host: &str, stream: Box<dyn Duplex>) -> Securing;
}
