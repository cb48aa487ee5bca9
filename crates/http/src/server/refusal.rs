//! What is turned away before any endpoint sees it, and in which words.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::json;

use crate::limits::RetryAfter;
use crate::peer::RequestId;

/// Why a request did not come through to an endpoint, or got no answer of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The address asked too often.
    TooMany {
        /// When to ask again.
        retry: RetryAfter,
    },
    /// As many requests are under way as may be.
    Overloaded {
        /// When to ask again.
        retry: RetryAfter,
    },
    /// Which host is meant is not said, said twice, or no name of a host (RFC 9112 section 3.2).
    Host,
    /// Path and query are too long.
    UriTooLong {
        /// Octets that they may have.
        limit: usize,
    },
    /// The body is too long.
    BodyTooLarge {
        /// Octets that it may have.
        limit: usize,
    },
    /// The body did not arrive in time.
    BodyTooSlow {
        /// How long it may take.
        limit: Duration,
    },
    /// The body could not be read to its end.
    BodyBroken,
    /// The answer was not ready in time. Whether what was asked was done is not known.
    AnswerTooSlow {
        /// How long it may take.
        limit: Duration,
    },
    /// A fault of ours. Whether what was asked was done is not known.
    Fault,
}

/// Puts a refusal into the form of a door. The status and `Retry-After` are set afterwards for every form.
pub type Wording = Arc<dyn Fn(&TurnedAway<'_>) -> Response + Send + Sync>;

/// A request that was turned away.
#[derive(Clone, Copy, Debug)]
pub struct TurnedAway<'a> {
    /// Why.
    pub refusal: &'a Refusal,
    /// What names it.
    pub id: &'a RequestId,
    /// The path that it was for.
    pub path: &'a str,
}

impl Refusal {
    /// The stable word for it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooMany { .. } => "too-many-requests",
            Self::Overloaded { .. } => "overloaded",
            Self::Host => "host",
            Self::UriTooLong { .. } => "uri-too-long",
            Self::BodyTooLarge { .. } => "body-too-large",
            Self::BodyTooSlow { .. } => "body-too-slow",
            Self::BodyBroken => "body-broken",
            Self::AnswerTooSlow { .. } => "answer-too-slow",
            Self::Fault => "internal",
        }
    }

    /// The status of HTTP (RFC 9110, RFC 6585).
    pub fn status(&self) -> StatusCode {
        match self {
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Overloaded { .. } | Self::AnswerTooSlow { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::UriTooLong { .. } => StatusCode::URI_TOO_LONG,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::Host | Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// When to ask again, where that helps.
    pub fn retry(&self) -> Option<RetryAfter> {
        match self {
            Self::TooMany { retry } | Self::Overloaded { retry } => Some(*retry),
            Self::AnswerTooSlow { .. } => Some(RetryAfter(Duration::from_secs(5))),
            Self::Host
            | Self::UriTooLong { .. }
            | Self::BodyTooLarge { .. }
            | Self::BodyTooSlow { .. }
            | Self::BodyBroken
            | Self::Fault => None,
        }
    }

    /// One sentence for whoever asked.
    pub fn sentence(&self) -> String {
        match self {
            Self::TooMany { retry } => format!("this address asks too often: ask again in {retry}"),
            Self::Overloaded { retry } => format!("too many requests are under way: ask again in {retry}"),
            Self::Host => "expected one header `Host` with the name of a host".to_owned(),
            Self::UriTooLong { limit } => format!("path and query are longer than {limit} octets"),
            Self::BodyTooLarge { limit } => format!("the body is longer than {limit} octets"),
            Self::BodyTooSlow { limit } => {
                format!("the body did not arrive within {} s", limit.as_secs())
            }
            Self::BodyBroken => "the body could not be read to its end".to_owned(),
            Self::AnswerTooSlow { limit } => format!(
                "the answer was not ready within {} s: what was asked may or may not be done",
                limit.as_secs()
            ),
            Self::Fault => {
                "an internal fault: the log of the server names it under this request id".to_owned()
            }
        }
    }
}

/// Problem details in JSON (RFC 9457).
pub fn problem(turned_away: &TurnedAway<'_>) -> Response {
    let TurnedAway { refusal, id, .. } = turned_away;
    let body = json!({
        "type": format!("urn:handfast:problem:{}", refusal.code()),
        "title": refusal.sentence(),
        "status": refusal.status().as_u16(),
        "code": refusal.code(),
        "request": id.0.as_ref(),
    });
    let mut response = Response::new(Body::from(body.to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}
