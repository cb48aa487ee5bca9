//! Why there is no answer.

use std::io;
use std::time::Duration;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// No connection.
    #[error("cannot connect to `{to}`")]
    Connect {
        /// Where to.
        to: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// No connection in time.
    #[error("no connection within {} ms", after.as_millis())]
    ConnectTimeout {
        /// How long was waited.
        after: Duration,
    },
    /// The TLS handshake failed.
    #[error("no TLS connection to `{to}`")]
    Tls {
        /// Where to.
        to: String,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// No whole answer in time.
    #[error("no whole answer within {} ms", after.as_millis())]
    Timeout {
        /// How long was waited.
        after: Duration,
    },
    /// The connection broke, or what came is no HTTP.
    #[error("no answer")]
    Exchange(#[source] hyper::Error),
    /// The connection broke within the body.
    #[error("the answer breaks off")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The body is too long.
    #[error("the answer is longer than {limit} octets")]
    Body {
        /// How long it may be.
        limit: usize,
    },
    /// The name of the server cannot stand in a header.
    #[error("the name of the server cannot stand in the header `Host`")]
    Host,
}
