//! A document that caches may keep until a certain time.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use hf_core::time::Timestamp;

use crate::http_date::http_date;

/// What is sent, and for how long it may be kept.
pub(super) struct Document {
    pub(super) media_type: &'static str,
    /// Changes whenever the octets do; visible ASCII without quotes.
    pub(super) tag: String,
    /// When it was made: a time that no other document of this address has, or none.
    pub(super) modified: Option<Timestamp>,
    pub(super) seconds: i64,
    pub(super) octets: Bytes,
}

impl Document {
    /// The document, or `304 Not Modified` for whoever has it already (RFC 9110 sections 13.1.2 and 13.1.3).
    pub(super) fn answer(self, request: &HeaderMap) -> Response {
        let tag = format!("\"{}\"", self.tag);
        let modified = self.modified.map(http_date);
        let mut tags = request.get_all(header::IF_NONE_MATCH).iter().peekable();
        let known = if tags.peek().is_some() {
            tags.any(|value| matches(value, &tag))
        } else {
            // Whoever has it sends back the very date that it was given.
            let since = request.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
            since.is_some() && since == modified.as_deref()
        };
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
        let dated = modified.map(|date| (header::LAST_MODIFIED, date));
        for (name, value) in [(header::ETAG, tag), (header::CACHE_CONTROL, control)].into_iter().chain(dated)
        {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// Whether `If-None-Match` names this tag.
pub(super) fn matches(value: &HeaderValue, tag: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        Document {
            media_type: "application/pkix-crl",
            tag: "7".to_owned(),
            modified: Some(Timestamp::from_unix_seconds(784_111_777)),
            seconds: 300,
            octets: Bytes::from_static(b"list"),
        }
    }

    fn status(name: header::HeaderName, value: &'static str) -> StatusCode {
        let mut request = HeaderMap::new();
        request.insert(name, HeaderValue::from_static(value));
        document().answer(&request).status()
    }

    #[test]
    fn who_has_it_is_told_so() {
        let (none, since) = (header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE);
        assert_eq!(status(none.clone(), "\"6\", W/\"7\""), StatusCode::NOT_MODIFIED);
        assert_eq!(status(none.clone(), "\"6\""), StatusCode::OK);
        assert_eq!(status(since.clone(), "Sun, 06 Nov 1994 08:49:37 GMT"), StatusCode::NOT_MODIFIED);
        assert_eq!(status(since.clone(), "Sun, 06 Nov 1994 08:49:36 GMT"), StatusCode::OK);
        // The tag goes first.
        let mut request = HeaderMap::new();
        request.insert(since, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
        request.insert(none, HeaderValue::from_static("\"6\""));
        assert_eq!(document().answer(&request).status(), StatusCode::OK);
        // Without a date there is nothing to compare.
        let mut request = HeaderMap::new();
        request.insert(header::IF_MODIFIED_SINCE, HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
        let answer = Document { modified: None, ..document() }.answer(&request);
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(!answer.headers().contains_key(header::LAST_MODIFIED));
        let answer = document().answer(&HeaderMap::new());
        assert_eq!(answer.headers()[header::LAST_MODIFIED], "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "public, max-age=300, must-revalidate");
    }
}
