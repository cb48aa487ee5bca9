//! One request: named, limited, read whole, answered in time, recorded.
//!
//! The order matters: what costs least is judged first, and a place among the requests under way is taken only when the
//! body has arrived, so that slow bodies hold up nobody.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::MatchedPath;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Request, Version, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tower::ServiceExt;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::connection::{Door, Memory};
use super::health::is_health_check;
use super::record::RequestRecord;
use super::refusal::{Refusal, TurnedAway};
use super::registry::Activity;
use crate::limits::RetryAfter;
use crate::peer::Peer;

/// The header that names a request.
const REQUEST_ID: &str = "x-request-id";

/// When whoever found no place is to ask again.
const RETRY: RetryAfter = RetryAfter(Duration::from_secs(1));

/// The route that answered, for metrics.
#[derive(Clone)]
struct Route(MatchedPath);

/// Let answers say which route made them.
pub(super) fn with_route(router: Router) -> Router {
    router.layer(middleware::from_fn(async |request: axum::extract::Request, next: Next| {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let mut response = next.run(request).await;
        if let Some(route) = route {
            response.extensions_mut().insert(Route(route));
        }
        response
    }))
}

/// Answer one request.
pub(super) async fn answer(
    request: Request<Incoming>,
    peer: Peer,
    door: &Door,
    activity: Arc<Activity>,
) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let record = RequestRecord::begin(door, activity, method, uri, peer.address);
    let admitted = match admitted(request, &peer, door).await {
        Ok(admitted) => match out_of_memory(&admitted, door) {
            Some((memory, response)) => {
                record.finish_quietly(memory, response.status());
                return response;
            }
            None => Ok(admitted),
        },
        Err(refusal) => Err(refusal),
    };
    let span = span(door, &record, admitted.as_ref().ok().map(|admitted| &admitted.head.headers));
    let routed = async { routed(admitted?, peer, door, &record).await };
    let mut response = match routed.instrument(span.clone()).await {
        Ok(response) => response,
        Err(refusal) => refuse(&refusal, door, &record),
    };
    if let Ok(value) = HeaderValue::from_str(&record.id().0) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if door.shared.traces.is_some() {
        span.record("status", response.status().as_u16());
    }
    let route = response.extensions().get::<Route>().map(|route| route.0.as_str().to_owned());
    record.finish(route.as_deref().unwrap_or_default(), response.status());
    response
}

/// Names the request in each line of the log; where traces are collected, it says all about it.
fn span(door: &Door, record: &RequestRecord<'_>, headers: Option<&HeaderMap>) -> Span {
    let Some(traces) = &door.shared.traces else {
        return tracing::info_span!("request", id = %record.id());
    };
    let span = tracing::info_span!(
        "request",
        id = %record.id(),
        listener = %door.name,
        method = %record.method,
        path = %record.path(),
        peer = %record.peer,
        status = Empty,
    );
    if let Some(headers) = headers {
        traces.join(&span, headers);
    }
    span
}

/// A request that is within the limits, read whole.
struct Admitted {
    head: Parts,
    body: Bytes,
    /// The memory that its body takes.
    _memory: Option<OwnedSemaphorePermit>,
}

async fn admitted(request: Request<Incoming>, peer: &Peer, door: &Door) -> Result<Admitted, Refusal> {
    let limits = &door.shared.limits;
    if let Some(address) = peer.address.ip()
        && !(is_health_check(request.method(), request.uri())
            && hyper::body::Body::is_end_stream(request.body()))
    {
        door.shared.addresses.check(address).map_err(|retry| Refusal::TooMany { retry })?;
    }
    let uri = request.uri().path_and_query().map_or(0, |part| part.as_str().len());
    if uri > limits.uri_octets {
        return Err(Refusal::UriTooLong { limit: limits.uri_octets });
    }
    let (head, body) = request.into_parts();
    check_host(&head)?;
    let (body, memory) = read(body, door).await?;
    Ok(Admitted { head, body, _memory: memory })
}

/// A place among the requests under way; a health check needs none.
fn place<'a>(head: &Parts, door: &'a Door) -> Result<Option<SemaphorePermit<'a>>, Refusal> {
    if is_health_check(&head.method, &head.uri) {
        return Ok(None);
    }
    let places = if is_read(head) { &door.shared.readers } else { &door.shared.writers };
    places.try_acquire().map(Some).map_err(|_| Refusal::Overloaded { retry: RETRY })
}

/// RFC 9112 section 3.2: one `Host`, which HTTP/1.0 may leave out, and which HTTP/2 says in `:authority`. Whoever stands
/// between may have understood another of two.
fn check_host(head: &Parts) -> Result<(), Refusal> {
    let mut hosts = head.headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if head.version != Version::HTTP_11 => Ok(()),
        (Some(host), None) if is_host(host) => Ok(()),
        _ => Err(Refusal::Host),
    }
}

/// Empty where the target has no authority (RFC 9110 section 7.2); never with user information.
fn is_host(value: &HeaderValue) -> bool {
    let octets = value.as_bytes();
    octets.is_empty() || (!octets.contains(&b'@') && Authority::try_from(octets).is_ok())
}

/// What needs no router, no place and no line in the log.
fn out_of_memory<'a>(admitted: &Admitted, door: &'a Door) -> Option<(&'a Memory, Response)> {
    let memory = door.memory.as_ref()?;
    (memory.look_up)(&admitted.head, &admitted.body).map(|response| (memory, response))
}

async fn routed(
    admitted: Admitted,
    peer: Peer,
    door: &Door,
    record: &RequestRecord<'_>,
) -> Result<Response, Refusal> {
    let limits = &door.shared.limits;
    let Admitted { mut head, body, _memory } = admitted;
    let _place = place(&head, door)?;
    head.extensions.insert(peer);
    head.extensions.insert(record.id().clone());
    let answer = door.router.clone().oneshot(Request::from_parts(head, Body::from(body)));
    let answer = tokio::time::timeout(limits.answer, AssertUnwindSafe(answer).catch_unwind()).await;
    match answer {
        Ok(Ok(Ok(response))) => Ok(response),
        Ok(Err(_)) => {
            tracing::error!(id = %record.id(), "an endpoint fell over");
            Err(Refusal::Fault)
        }
        Err(_) => Err(Refusal::AnswerTooSlow { limit: limits.answer }),
    }
}

/// Whoever asks for a status changes nothing, by whichever method.
fn is_read(head: &Parts) -> bool {
    head.method.is_safe() || head.uri.path().starts_with(crate::pki::STATUS)
}

fn refuse(refusal: &Refusal, door: &Door, record: &RequestRecord<'_>) -> Response {
    door.shared.metrics.limited(&door.name, refusal.code());
    tracing::debug!(id = %record.id(), reason = refusal.code(), "request turned away");
    let path = record.path();
    let mut response = (door.wording)(&TurnedAway { refusal, id: record.id(), path: &path });
    *response.status_mut() = refusal.status();
    let headers = response.headers_mut();
    if let Some(retry) = refusal.retry() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(retry.seconds()));
    }
    if matches!(refusal, Refusal::BodyTooLarge { .. } | Refusal::BodyTooSlow { .. } | Refusal::BodyBroken) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The whole body, within size, time and the memory that all bodies share.
async fn read(body: Incoming, door: &Door) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Refusal> {
    let limits = &door.shared.limits;
    let limit = limits.body_octets;
    let announced = hyper::body::Body::size_hint(&body);
    if announced.lower() > limit as u64 {
        return Err(Refusal::BodyTooLarge { limit });
    }
    if hyper::body::Body::is_end_stream(&body) {
        return Ok((Bytes::new(), None));
    }
    tokio::time::timeout(limits.body, collect(body, limit, &door.shared.bodies))
        .await
        .map_err(|_| Refusal::BodyTooSlow { limit: limits.body })?
}

async fn collect(
    mut body: Incoming,
    limit: usize,
    memory: &Arc<Semaphore>,
) -> Result<(Bytes, Option<OwnedSemaphorePermit>), Refusal> {
    let mut read = BytesMut::new();
    let mut held: Option<OwnedSemaphorePermit> = None;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Refusal::BodyBroken)?.into_data() else { continue };
        if read.len() + data.len() > limit {
            return Err(Refusal::BodyTooLarge { limit });
        }
        let octets = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let more = Arc::clone(memory)
            .try_acquire_many_owned(octets)
            .map_err(|_| Refusal::Overloaded { retry: RETRY })?;
        match &mut held {
            Some(held) => held.merge(more),
            None => held = Some(more),
        }
        read.extend_from_slice(&data);
    }
    Ok((read.freeze(), held))
}
