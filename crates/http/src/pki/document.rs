//! A document that caches may keep until a certain time.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;

/// What is sent, and for how long it may be kept.
pub(super) struct Document {
    pub(super) media_type: &'static str,
    /// Changes whenever the octets do; visible ASCII without quotes.
    pub(super) tag: String,
    pub(super) seconds: i64,
    pub(super) octets: Bytes,
}

impl Document {
    /// The document, or `304 Not Modified` for whoever has it already (RFC 9110 section 13.1.2).
    pub(super) fn answer(self, request: &HeaderMap) -> Response {
        let tag = format!("\"{}\"", self.tag);
        let known = request.get_all(header::IF_NONE_MATCH).iter().any(|value| matches(value, &tag));
        let mut response = if known {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            Response::new(Body::from(self.octets))
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
        let control = format!("public, max-age={}, must-revalidate", self.seconds.max(0));
        for (name, value) in [(header::ETAG, tag), (header::CACHE_CONTROL, control)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

fn matches(value: &HeaderValue, tag: &str) -> bool {
    value.to_str().is_ok_and(|text| {
        text.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
    })
}

/// There is no such document.
pub(super) fn absent() -> Response {
    plain(StatusCode::NOT_FOUND, "there is no such document\n")
}

/// It cannot be read now.
pub(super) fn unavailable() -> Response {
    plain(StatusCode::SERVICE_UNAVAILABLE, "the document cannot be read now\n")
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
