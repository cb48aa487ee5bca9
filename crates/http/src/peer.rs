//! Who is at the other end of a connection, as far as the connection itself tells.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The other end of a connection. The listener puts it into the extensions of every request.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Where it is.
    pub address: PeerAddress,
    /// The chain of certificates that it showed in the handshake, DER, leaf first. It leads to a root that the
    /// listener was given, and the peer proved to hold the key of the leaf; revocation was not judged.
    pub tls: Option<Arc<[Vec<u8>]>>,
    /// On a UNIX socket: the effective user of the process at the other end.
    pub unix: Option<u32>,
    /// Whether the connection is encrypted, or does not leave the machine by its nature.
    pub private: bool,
}

/// Where the other end of a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeerAddress {
    /// Over TCP.
    Tcp(SocketAddr),
    /// Over a UNIX socket of this machine.
    Unix,
}

impl PeerAddress {
    /// The IP address, an IPv4 one as such even when it came in over IPv6 (RFC 4291 section 2.5.5.2).
    pub fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Tcp(address) => Some(address.ip().to_canonical()),
            Self::Unix => None,
        }
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => {
                write!(f, "{}", SocketAddr::new(address.ip().to_canonical(), address.port()))
            }
            Self::Unix => f.write_str("unix"),
        }
    }
}

/// What names one request in logs, traces and answers. The listener puts it into the extensions of every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
