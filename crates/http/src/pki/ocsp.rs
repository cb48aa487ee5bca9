//! `POST /ocsp/{authority}` and `GET /ocsp/{authority}/{base64}`: OCSP over HTTP, RFC 6960 appendix A, with the caching
//! of RFC 5019 section 6.
//!
//! What came of a request is in the response itself, so every one that OCSP answers has the status 200 of HTTP: clients
//! read nothing else.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use hf_ca::ocsp::{Kept, OcspAnswer, OcspError};
use hf_core::time::Timestamp;
use hf_x509::ocsp::ResponseStatus;

use super::STATUS;
use super::document::{absent, matches};
use crate::http_date::http_date;
use crate::ocsp_path;
use crate::state::Doors;

/// The routes.
pub(super) const POST: &str = "/ocsp/{authority}";
pub(super) const GET: &str = "/ocsp/{authority}/{*request}";

/// How long caches may keep an answer at most, in seconds, as with CRLs: the delay after which a revocation is seen
/// through them.
const KEEP: i64 = 300;

/// When whoever was told `tryLater` is to ask again, in seconds.
const LATER: u16 = 5;

/// The request is the body.
pub(super) async fn post(State(doors): State<Doors>, Path(authority): Path<String>, body: Bytes) -> Response {
    if doors.authority.issuers().get(&authority).is_none() {
        return absent();
    }
    response(&doors, ask(&doors, &authority, &body).await, &HeaderMap::new())
}

/// The request is what follows the name in the path, as it came.
pub(super) async fn get(
    State(doors): State<Doors>,
    Path((authority, _)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if doors.authority.issuers().get(&authority).is_none() {
        return absent();
    }
    let text = uri.path().splitn(4, '/').nth(3).unwrap_or_default();
    let request = ocsp_path::request(text).unwrap_or_default();
    response(&doors, ask(&doors, &authority, &request).await, &headers)
}

/// The answer to such a request, if it is in memory: then nobody has to wait for anything.
pub(super) fn remembered(doors: &Doors, head: &Parts, body: &[u8]) -> Option<Response> {
    let rest = head.uri.path().strip_prefix(STATUS)?;
    match (rest.split_once('/'), &head.method) {
        (None, &Method::POST) => {
            Some(response(doors, doors.responder.remembered(rest, body)?, &HeaderMap::new()))
        }
        (Some((authority, text)), &Method::GET) => {
            let answer = doors.responder.remembered(authority, &ocsp_path::request(text)?)?;
            Some(response(doors, answer, &head.headers))
        }
        _ => None,
    }
}

async fn ask(doors: &Doors, authority: &str, request: &[u8]) -> OcspAnswer {
    let outcome = doors.responder.answer(authority, request).await;
    outcome.unwrap_or_else(|error| {
        log(authority, &error);
        error.answer()
    })
}

/// What clients do wrong is theirs; the rest operators should know, and `/readyz` says it once more.
fn log(authority: &str, error: &Arc<OcspError>) {
    if error.is_of_the_client() {
        tracing::debug!(authority, %error, "an OCSP request was refused");
    } else {
        let cause = std::error::Error::source(&**error).map(ToString::to_string).unwrap_or_default();
        tracing::warn!(authority, %error, cause, "there is no OCSP answer");
    }
}

/// `request`: the headers of a GET. Conditions of a POST mean nothing: 304 is no answer to one (RFC 9110 section 13.1.2).
fn response(doors: &Doors, answer: OcspAnswer, request: &HeaderMap) -> Response {
    let now = doors.clock.now();
    let age = answer.kept.as_ref().map(|kept| now.seconds_since(kept.this_update));
    doors.metrics.ocsp().answered(answer.status, age);
    let status = answer.status;
    let mut response = Response::new(Body::from(answer.der));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/ocsp-response"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    if let Some(kept) = answer.kept {
        let tag = format!("\"{}\"", kept.tag);
        let known = request.get_all(header::IF_NONE_MATCH).iter().any(|value| matches(value, &tag));
        describe(headers, &kept, tag, now);
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
        }
    } else {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == ResponseStatus::TryLater {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(LATER));
        }
    }
    response
}

/// RFC 5019 section 6.2.
fn describe(headers: &mut HeaderMap, kept: &Kept, tag: String, now: Timestamp) {
    let seconds = KEEP.min(kept.next_update.seconds_since(now)).max(0);
    let control = format!("max-age={seconds}, public, no-transform, must-revalidate");
    for (name, value) in [
        (header::ETAG, tag),
        (header::LAST_MODIFIED, http_date(kept.this_update)),
        (header::EXPIRES, http_date(kept.next_update)),
        (header::CACHE_CONTROL, control),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}
