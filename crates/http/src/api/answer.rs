//! Answers in JSON.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use hf_proto::api::json;
use serde::Serialize;

use super::failure::Failure;

/// The value, with this status.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Result<Response, Failure> {
    let octets = json::write(value).map_err(|error| Failure::internal(&error))?;
    Ok(octet_answer(status, "application/json", octets))
}

/// Octets of a media type.
pub(super) fn octet_answer(status: StatusCode, media_type: &'static str, octets: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(octets));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// Let work that changes the record go on to its end, even when whoever asked goes away: half an issuance helps nobody.
pub(super) async fn to_the_end<T, F>(work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    use tracing::Instrument as _;
    tokio::spawn(work.in_current_span()).await.map_err(|error| Failure::internal(&error))
}
