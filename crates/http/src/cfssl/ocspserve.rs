//! `ocspserve`: OCSP over HTTP, RFC 6960 appendix A, with the caching headers of RFC 5019 section 6.2.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use hf_cfssl::ocsp::{Answer, FileSource};
use hf_cfssl::records::Records;
use hf_core::time::{Clock, Timestamp};
use hf_store::audit::hex;
use hf_x509::digest::sha256;
use hf_x509::ocsp::ResponseStatus;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, EXPIRES, HeaderValue, IF_NONE_MATCH, LAST_MODIFIED};
use http::{HeaderMap, Method, StatusCode};

use super::body;
use crate::http_date::http_date;
use crate::ocsp_path;

/// Where the responses are.
pub enum Source {
    /// In a file.
    File(FileSource),
    /// In the certificate database.
    Records(Records),
}

/// Answers requests below one path.
pub struct Responses {
    source: ArcSwap<Source>,
    path: String,
    clock: Arc<dyn Clock>,
}

impl Responses {
    /// From this source, below this path, `/` for all.
    pub fn new(source: Source, path: String, clock: Arc<dyn Clock>) -> Self {
        Self { source: ArcSwap::from_pointee(source), path, clock }
    }

    /// Answer from this source from now on.
    pub fn replace(&self, source: Source) {
        self.source.store(Arc::new(source));
    }
}

/// The responder. Everything goes to one handler, because base64 in a path holds `/` and `//`, which no router may mend.
pub fn router(responses: Arc<Responses>) -> Router {
    Router::new().fallback(receive).with_state(responses)
}

async fn receive(State(responses): State<Arc<Responses>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Some(rest) = below(head.uri.path(), &responses.path) else {
        return plain(StatusCode::NOT_FOUND);
    };
    let asked = match head.method {
        Method::GET => ocsp_path::request(rest),
        Method::POST => body::read(body).await.ok().map(|body| body.to_vec()),
        _ => return plain(StatusCode::METHOD_NOT_ALLOWED),
    };
    let now = responses.clock.now();
    let source = responses.source.load_full();
    let answer = match (asked, source.as_ref()) {
        (None, _) => Answer::refusal(ResponseStatus::MalformedRequest),
        (Some(asked), Source::File(file)) => file.answer(&asked, now),
        (Some(asked), Source::Records(records)) => records.answer_ocsp(&asked, now).await,
    };
    response(answer, &head.headers, now)
}

/// What follows the path of the responder.
fn below<'a>(path: &'a str, mount: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(mount.trim_end_matches('/'))?;
    (rest.is_empty() || rest.starts_with('/')).then_some(rest)
}

fn response(answer: Answer, headers: &HeaderMap, now: Timestamp) -> Response {
    let status = match answer.status {
        ResponseStatus::MalformedRequest => StatusCode::BAD_REQUEST,
        ResponseStatus::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
        ResponseStatus::Successful
        | ResponseStatus::TryLater
        | ResponseStatus::SigRequired
        | ResponseStatus::Unauthorized => StatusCode::OK,
    };
    let etag = format!("\"{}\"", hex(&sha256(&answer.der)).to_uppercase());
    let cached = answer.fresh.map(|(_, ends)| ends.seconds_since(now).max(0));
    let cache = match cached {
        Some(seconds) => format!("max-age={seconds}, public, no-transform, must-revalidate"),
        None => "max-age=0, no-cache".to_owned(),
    };
    let same = cached.is_some() && headers.get(IF_NONE_MATCH).is_some_and(|known| known == etag.as_str());
    let (status, body) = if same { (StatusCode::NOT_MODIFIED, Vec::new()) } else { (status, answer.der) };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let fields = response.headers_mut();
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/ocsp-response"));
    let dates = answer.fresh.map(|(begins, ends)| [(LAST_MODIFIED, begins), (EXPIRES, ends)]);
    let dates = dates.into_iter().flatten().map(|(name, at)| (name, http_date(at)));
    for (name, value) in [(CACHE_CONTROL, cache), (ETAG, etag)].into_iter().chain(dates) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            fields.insert(name, value);
        }
    }
    response
}

fn plain(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_responder_is_a_whole_segment() {
        assert_eq!(below("/ocsp/MAo=", "/ocsp"), Some("/MAo="));
        assert_eq!(below("/ocsp/MAo=", "/"), Some("/ocsp/MAo="));
        assert_eq!(below("/ocspMAo=", "/ocsp"), None);
    }
}
