//! Answers: status, headers, body.

use axum::body::Body;
use axum::response::Response;
use hf_ca::registration::Registration;
use hf_proto::acme::problem::{MEDIA_TYPE, Problem};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;

use super::error::Failure;

/// RFC 8555 section 7.4.2.
const PEM_CHAIN: &str = "application/pem-certificate-chain";

/// What an endpoint answers.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    media_type: Option<&'static str>,
    body: Vec<u8>,
    location: Option<String>,
    links: Vec<(String, &'static str)>,
    retry_after: Option<u64>,
    cache: &'static str,
}

impl Reply {
    /// Without a body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            media_type: None,
            body: Vec::new(),
            location: None,
            links: Vec::new(),
            retry_after: None,
            cache: "no-store",
        }
    }

    /// A resource.
    pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Result<Self, Failure> {
        let body = serde_json::to_vec(value).map_err(|error| Failure::internal(&error))?;
        Ok(Self { media_type: Some("application/json"), body, ..Self::empty(status) })
    }

    /// A certificate and its chain.
    pub(super) fn pem(pem: String) -> Self {
        Self { media_type: Some(PEM_CHAIN), body: pem.into_bytes(), ..Self::empty(StatusCode::OK) }
    }

    /// Where the resource is.
    #[must_use]
    pub(super) fn at(self, location: String) -> Self {
        Self { location: Some(location), ..self }
    }

    /// With a link (RFC 8288).
    #[must_use]
    pub(super) fn link(mut self, url: String, relation: &'static str) -> Self {
        self.links.push((url, relation));
        self
    }

    /// When to ask again, in seconds.
    #[must_use]
    pub(super) fn retry_after(self, seconds: Option<u64>) -> Self {
        Self { retry_after: seconds, ..self }
    }

    /// For whom else it may be kept.
    #[must_use]
    pub(super) fn cached(self, cache: &'static str) -> Self {
        Self { cache, ..self }
    }

    /// With another body.
    #[must_use]
    pub(super) fn map_body(self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        Self { body: change(self.body), ..self }
    }

    /// As it goes out.
    pub(super) fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(media_type) = self.media_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(location) = self.location.and_then(|url| HeaderValue::from_str(&url).ok()) {
            headers.insert(header::LOCATION, location);
        }
        for (url, relation) in &self.links {
            add_link(headers, url, relation);
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// One `Link`, in a line of its own: shell clients read one a line.
pub(super) fn add_link(headers: &mut HeaderMap, url: &str, relation: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("<{url}>;rel=\"{relation}\"")) {
        headers.append(header::LINK, value);
    }
}

/// Where the directory is (RFC 8555 section 7.1).
pub(super) fn add_index(headers: &mut HeaderMap, registration: &Registration) {
    add_link(headers, &registration.setup().urls.directory(), "index");
}

/// A problem document (RFC 9457), with the headers that belong to it.
pub(super) fn problem(problem: &Problem) -> Response {
    let mut response = Response::new(Body::from(problem.to_json()));
    *response.status_mut() =
        StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("en"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(location) = problem.location.as_deref().and_then(|url| HeaderValue::from_str(url).ok()) {
        headers.insert(header::LOCATION, location);
    }
    response
}
