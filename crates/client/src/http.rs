//! HTTP/1.1 (RFC 9112) for short conversations: one connection a request, over TCP, TLS or a UNIX socket, with bounds on time
//! and size. Redirects are not followed: a door of an authority has none.

mod connect;
mod error;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderMap, HeaderValue, Request, header};
use bytes::Bytes;
use hf_identity::client::ClientTls;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::task::JoinSet;

pub use error::HttpError;

/// Where a request goes.
#[derive(Clone)]
pub enum Target {
    /// Plain TCP.
    Tcp {
        /// Name or IP address, IPv6 without brackets.
        host: String,
        /// Port.
        port: u16,
    },
    /// TLS over TCP; the server must prove that it is `host`.
    Tls {
        /// Name or IP address, IPv6 without brackets.
        host: String,
        /// Port.
        port: u16,
        /// Whom to trust, and what to show.
        tls: Arc<ClientTls>,
    },
    /// A UNIX socket of this machine.
    Unix(PathBuf),
}

impl Target {
    /// What the header `Host` says.
    fn authority(&self) -> String {
        match self {
            Self::Tcp { host, port } | Self::Tls { host, port, .. } if host.contains(':') => {
                format!("[{host}]:{port}")
            }
            Self::Tcp { host, port } | Self::Tls { host, port, .. } => format!("{host}:{port}"),
            Self::Unix(_) => "localhost".to_owned(),
        }
    }
}

/// Bounds of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// For name, connection and TLS handshake.
    pub connect: Duration,
    /// For all of it.
    pub whole: Duration,
    /// Octets of an answer's body.
    pub body: usize,
}

impl Default for Bounds {
    /// 30 seconds to connect, as Go's default dialer; 60 seconds in all; 16 MiB, which is more than a CRL of 300,000 entries.
    fn default() -> Self {
        Self { connect: Duration::from_secs(30), whole: Duration::from_mins(1), body: 16 * 1024 * 1024 }
    }
}

/// Octets of an answer's head. hyper asks for at least 8 KiB.
const MAX_HEAD: usize = 64 * 1024;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

/// Send one request and read the answer. The URI of `request` is path and query; `Host` and `Connection: close` are set here.
///
/// # Errors
/// When there is no whole answer within the bounds. A status that tells of a failure is no error here.
pub async fn send(target: &Target, request: Request<Bytes>, bounds: Bounds) -> Result<Reply, HttpError> {
    let whole = async {
        let stream = tokio::time::timeout(bounds.connect, connect::connect(target))
            .await
            .map_err(|_| HttpError::ConnectTimeout { after: bounds.connect })??;
        exchange(stream, prepared(target, request)?, bounds.body).await
    };
    tokio::time::timeout(bounds.whole, whole).await.map_err(|_| HttpError::Timeout { after: bounds.whole })?
}

fn prepared(target: &Target, request: Request<Bytes>) -> Result<Request<Full<Bytes>>, HttpError> {
    let host = HeaderValue::from_str(&target.authority()).map_err(|_| HttpError::Host)?;
    let mut request = request.map(Full::new);
    request.headers_mut().insert(header::HOST, host);
    request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(request)
}

async fn exchange(
    stream: connect::BoxedStream,
    request: Request<Full<Bytes>>,
    limit: usize,
) -> Result<Reply, HttpError> {
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(HttpError::Exchange)?;
    // Ends with this function, however that ends.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let answer = sender.send_request(request).await.map_err(HttpError::Exchange)?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, limit).collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() { HttpError::Body { limit } } else { HttpError::Broken(error) }
    })?;
    Ok(Reply { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
}

#[cfg(test)]
mod tests;
