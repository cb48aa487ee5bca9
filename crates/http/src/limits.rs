//! How much anybody may ask: of connections, of requests, of memory. Everything that an outsider can lengthen ends here.

pub mod addresses;
pub mod credentials;
mod rate;

use std::time::Duration;

pub use rate::{Rate, RetryAfter};

/// The limits of the listeners of one process.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections in all. When they are used up, the one that has been idle longest gives way.
    pub connections: usize,
    /// Connections of one address.
    pub connections_per_address: usize,
    /// From the connection to the end of the TLS handshake.
    pub handshake: Duration,
    /// From the first octet of a request, or from the answer before, to the end of the header.
    pub header: Duration,
    /// From the header to the last octet of the body.
    pub body: Duration,
    /// From the body to the answer.
    pub answer: Duration,
    /// How long a peer may take to accept a piece of an answer.
    pub write_stall: Duration,
    /// How long a connection may stay without a request.
    pub idle: Duration,
    /// Octets of the header of a request.
    pub header_octets: usize,
    /// Fields in the header of a request.
    pub header_fields: usize,
    /// Octets of the path and query of a request.
    pub uri_octets: usize,
    /// Octets of the body of a request.
    pub body_octets: usize,
    /// Octets of all bodies that are being read at one time.
    pub bodies_in_all: usize,
    /// Requests at one time on one HTTP/2 connection.
    pub streams: u32,
    /// Requests that a peer may give up on one HTTP/2 connection, beyond as many as it let finish.
    pub resets: u32,
    /// Requests that change or sign something, at one time.
    pub writers: usize,
    /// Requests that only read, at one time.
    pub readers: usize,
    /// Requests of one address; `None`: any.
    pub per_address: Option<Rate>,
    /// Requests of one credential; `None`: any.
    pub per_credential: Option<Rate>,
    /// Networks whose addresses have no limits of their own: those of proxies, behind which many share one.
    pub exempt: Vec<ipnet::IpNet>,
}

impl Limits {
    /// The largest body of a request, in octets: a signing request with a thousand names has a tenth of it.
    pub const BODY_OCTETS: usize = 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 8192,
            connections_per_address: 4096,
            handshake: Duration::from_secs(10),
            header: Duration::from_secs(15),
            body: Duration::from_secs(20),
            answer: Duration::from_secs(30),
            write_stall: Duration::from_secs(20),
            idle: Duration::from_mins(1),
            header_octets: 16 * 1024,
            header_fields: 64,
            uri_octets: 4096,
            body_octets: Self::BODY_OCTETS,
            bodies_in_all: 64 * 1024 * 1024,
            streams: 128,
            resets: 100,
            writers: 1024,
            readers: 1024,
            per_address: Some(Rate::per_second(200, 400)),
            per_credential: Some(Rate::per_second(1000, 2000)),
            exempt: Vec::new(),
        }
    }
}
