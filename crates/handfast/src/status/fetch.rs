//! What a certificate points to, over HTTP and within bounds. Redirections are not followed.
//!
//! What is fetched is signed by the issuer, and nothing is sent that is not in the certificate. So over HTTPS the server's
//! own certificate is not looked at: to ask whether *that* is revoked would lead in a circle (RFC 5280 section 8).

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hf_client::http::{Bounds, HttpError, Target, send};
use hf_core::causes::with_causes;
use hf_core::time::Clock;
use hf_identity::client::{ClientTls, ServerCheck};
use hf_x509::limits;
use hf_x509::ocsp::OcspResponse;
use http::Request;
use http::header::CONTENT_TYPE;
use url::{Host, Url};

use crate::error::CommandError;

const CONNECT: Duration = Duration::from_secs(5);

/// A list of a large authority has some ten megabytes.
pub(super) const LIST: Bounds =
    Bounds { connect: CONNECT, whole: Duration::from_secs(30), body: limits::MAX_CRL };

/// An answer has some two kilobytes.
pub(super) const ANSWER: Bounds =
    Bounds { connect: CONNECT, whole: Duration::from_secs(10), body: OcspResponse::MAX };

/// A few certificates have some kilobytes.
pub(super) const CERTIFICATES: Bounds =
    Bounds { connect: CONNECT, whole: Duration::from_secs(10), body: limits::MAX_OBJECT };

/// Why nothing came.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// No address that can be asked.
    #[error("`{url}` is no address that can be asked: expected `http://HOST/PATH` or `https://HOST/PATH`")]
    Address {
        /// What was found.
        url: String,
    },
    /// No answer.
    #[error("nothing came")]
    Http(#[source] HttpError),
    /// An answer that says no.
    #[error("the server answers with HTTP status {status}, expected 200")]
    Status {
        /// The status.
        status: u16,
    },
}

impl FetchError {
    /// This error and what caused it, on one line.
    pub(super) fn chain(&self) -> String {
        match self {
            Self::Http(error) => with_causes(error),
            Self::Address { .. } | Self::Status { .. } => self.to_string(),
        }
    }
}

/// Fetches.
pub(super) struct Fetcher {
    tls: Arc<ClientTls>,
}

impl Fetcher {
    pub(super) fn new(clock: &Arc<dyn Clock>) -> Result<Self, CommandError> {
        let tls = ClientTls::checking(ServerCheck::Nothing, None, Arc::clone(clock))
            .map_err(|error| CommandError::fault("no TLS connection can be made").because(error))?;
        Ok(Self { tls: Arc::new(tls) })
    }

    /// The body that a GET brings.
    pub(super) async fn get(&self, url: &str, bounds: Bounds) -> Result<Bytes, FetchError> {
        let (target, path) = self.place(url)?;
        let request = Request::get(path).body(Bytes::new());
        body(target, request.map_err(|_| refused(url))?, bounds).await
    }

    /// The body that answers `content`, which is of this media type.
    pub(super) async fn post(
        &self,
        url: &str,
        kind: &str,
        content: Vec<u8>,
        bounds: Bounds,
    ) -> Result<Bytes, FetchError> {
        let (target, path) = self.place(url)?;
        let request = Request::post(path).header(CONTENT_TYPE, kind).body(Bytes::from(content));
        body(target, request.map_err(|_| refused(url))?, bounds).await
    }

    fn place(&self, text: &str) -> Result<(Target, String), FetchError> {
        let url = Url::parse(text).map_err(|_| refused(text))?;
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(refused(text)),
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let port = url.port_or_known_default().ok_or_else(|| refused(text))?;
        match url.scheme() {
            "http" => Ok((Target::Tcp { host, port }, path)),
            "https" => Ok((Target::Tls { host, port, tls: Arc::clone(&self.tls) }, path)),
            _ => Err(refused(text)),
        }
    }
}

/// With at most so much of it as is good to read.
fn refused(url: &str) -> FetchError {
    FetchError::Address { url: url.chars().take(200).collect() }
}

async fn body(target: Target, request: Request<Bytes>, bounds: Bounds) -> Result<Bytes, FetchError> {
    let reply = send(&target, request, bounds).await.map_err(FetchError::Http)?;
    if reply.status == 200 { Ok(reply.body) } else { Err(FetchError::Status { status: reply.status }) }
}
