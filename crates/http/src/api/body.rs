//! What comes in: bodies, parameters of the path, of the query. Read strictly; what cannot be read is a problem.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use hf_core::serial::Serial;
use hf_proto::api::json;
use hf_proto::api::problem::{Code, Problem};
use serde::de::DeserializeOwned;

use super::failure::Failure;
use crate::limits::Limits;

/// A body in JSON.
pub(super) struct Json<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let stated = request.headers().get(header::CONTENT_TYPE).cloned();
        let octets = read(request.into_body()).await?;
        let media_type = stated.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !is_json(media_type) {
            return Err(Problem::new(Code::MediaType)
                .detail("expected `Content-Type: application/json`")
                .into());
        }
        Ok(Self(json::read(&octets)?))
    }
}

async fn read(body: Body) -> Result<Vec<u8>, Failure> {
    let octets = to_bytes(body, Limits::BODY_OCTETS).await.map_err(|_| {
        Problem::new(Code::BodyTooLarge).detail(format!("at most {} octets are read", Limits::BODY_OCTETS))
    })?;
    Ok(octets.into())
}

fn is_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    is_json && parts.all(|parameter| parameter.eq_ignore_ascii_case("charset=utf-8"))
}

/// Parameters of the path.
pub(super) struct InPath<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for InPath<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(value)| Self(value)).map_err(|error| Failure::malformed(error.body_text()))
    }
}

/// Parameters of the query.
pub(super) struct InQuery<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for InQuery<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let read = Query::<T>::from_request_parts(parts, state).await;
        read.map(|Query(value)| Self(value)).map_err(|error| Failure::malformed(error.body_text()))
    }
}

/// A serial number in a path: only as this API writes it, so that one certificate has one address.
pub(super) fn serial(text: &str) -> Result<Serial, Failure> {
    let parsed = text.parse::<Serial>().ok().filter(|serial| serial.to_string() == text);
    parsed.ok_or_else(|| Failure::malformed("the serial number is not in lower-case hexadecimal"))
}

/// How many items of a list are wanted.
pub(super) fn limit(wanted: Option<u16>) -> Result<usize, Failure> {
    match wanted.unwrap_or(100) {
        limit @ 1..=1000 => Ok(usize::from(limit)),
        _ => Err(Failure::malformed("`limit` is not within 1 and 1000")),
    }
}
