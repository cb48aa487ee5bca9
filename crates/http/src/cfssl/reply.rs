//! Answers as CFSSL gives them: an envelope, `application/json` after a success, `text/plain` after a failure.

use std::borrow::Cow;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use hf_proto::cfssl::envelope::{Envelope, Failure, Message};
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS};
use http::{Method, StatusCode};
use serde::Serialize;

/// The reason of what the engine refuses: its code says more.
pub(super) const REFUSED: &str = "refused";

/// The body of a success.
#[derive(Debug)]
pub(super) struct Reply(Vec<u8>);

impl Reply {
    /// With a result and nothing more to say.
    pub(super) fn of<T: Serialize>(result: T) -> Self {
        Self(Envelope::success(result).to_body())
    }

    /// With a result and remarks.
    pub(super) fn with_messages<T: Serialize>(result: T, messages: Vec<Message>) -> Self {
        Self(Envelope { success: true, result: Some(result), errors: Vec::new(), messages }.to_body())
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        with_type(StatusCode::OK, HeaderValue::from_static("application/json"), self.0)
    }
}

/// A failure on its way out, with the headers that belong to it.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Status, code and message.
    pub(super) failure: Failure,
    /// Why, in one word: for the log and the metrics.
    pub(super) reason: &'static str,
    /// After how many seconds another try makes sense.
    pub(super) retry_after: Option<u64>,
    /// The only method that is answered.
    pub(super) allow: Option<Method>,
}

impl Refusal {
    /// A failure that needs no headers of its own.
    pub(super) fn new(reason: &'static str, failure: Failure) -> Self {
        Self { failure, reason, retry_after: None, allow: None }
    }

    /// Too much at once: come back after so many seconds.
    pub(super) fn later(reason: &'static str, failure: Failure, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..Self::new(reason, failure) }
    }

    /// The reason as it is counted: of what the engine refuses the code.
    pub(super) fn counted(&self) -> Cow<'static, str> {
        match self.reason {
            REFUSED => Cow::Owned(self.failure.error.code.to_string()),
            reason => Cow::Borrowed(reason),
        }
    }

    /// Whether the request could not be read, whoever sent it.
    pub(super) fn is_bad_input(&self) -> bool {
        matches!(self.reason, "json" | "size" | "incomplete" | "empty")
    }

    /// The endpoint answers `allowed` alone.
    pub(super) fn method(found: &Method, allowed: Method) -> Self {
        let failure = Failure::method_not_allowed(found.as_str());
        Self { allow: Some(allowed), ..Self::new("method", failure) }
    }
}

impl<F: Into<Failure>> From<F> for Refusal {
    fn from(failure: F) -> Self {
        Self::new(REFUSED, failure.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let content_type = HeaderValue::from_static(Failure::CONTENT_TYPE);
        let mut response = with_type(status, content_type, self.failure.to_body());
        let headers = response.headers_mut();
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow.and_then(|method| HeaderValue::from_str(method.as_str()).ok()) {
            headers.insert(ALLOW, allow);
        }
        response
    }
}

/// What Go's file server answers for a path that nobody serves.
pub(super) fn no_such_page() -> Response {
    let content_type = HeaderValue::from_static(Failure::CONTENT_TYPE);
    let mut response = with_type(StatusCode::NOT_FOUND, content_type, b"404 page not found\n".to_vec());
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn with_type(status: StatusCode, content_type: HeaderValue, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
