//! One GET over one connection. Nothing is decompressed, and a body is read only where one counts.

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode, Version, header};
use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;
use url::{Position, Url};

use crate::error::{ChallengeError, Excerpt};

/// What came.
pub(crate) enum Answer {
    /// Status 200 with this body.
    Body(Bytes),
    /// A status of 300 to 399.
    Elsewhere { status: u16, location: Option<HeaderValue> },
}

/// Ask for `url` over `stream`, and read at most `limit` octets of a body.
pub(crate) async fn get<S>(stream: S, url: &Url, limit: usize) -> Result<Answer, ChallengeError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let broken = |source| ChallengeError::Exchange { url: url.to_string(), source };
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .handshake::<_, Empty<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // Ends with this function, however that ends.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let (head, body) = sender.send_request(request(url)).await.map_err(broken)?.into_parts();
    let status = head.status.as_u16();
    if head.status.is_redirection() {
        return Ok(Answer::Elsewhere { status, location: head.headers.get(header::LOCATION).cloned() });
    }
    if head.status != StatusCode::OK {
        return Err(ChallengeError::Status { url: url.to_string(), status });
    }
    if let Some(encoding) = head.headers.get(header::CONTENT_ENCODING).filter(|value| *value != "identity") {
        return Err(ChallengeError::Encoding { found: Excerpt::of(encoding.as_bytes()) });
    }
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(Answer::Body(body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(ChallengeError::BodyTooLong { limit }),
        Err(error) => match error.downcast::<hyper::Error>() {
            Ok(source) => Err(broken(*source)),
            Err(_) => Err(ChallengeError::BodyTooLong { limit }),
        },
    }
}

fn request(url: &Url) -> Request<Empty<Bytes>> {
    let mut request = Request::new(Empty::new());
    *request.method_mut() = Method::GET;
    *request.version_mut() = Version::HTTP_11;
    // A URL that was parsed is a URI, and what stands before its path is a header's value.
    *request.uri_mut() = url[Position::BeforePath..Position::AfterQuery].parse().unwrap_or_default();
    let host = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort]);
    let headers = request.headers_mut();
    headers.insert(header::HOST, host.unwrap_or(HeaderValue::from_static("")));
    headers.insert(header::USER_AGENT, HeaderValue::from_static("handfast-acme-validation"));
    headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    request
}

/// Octets of an answer's head. hyper asks for at least 8 KiB.
const MAX_HEAD: usize = 16 * 1024;
