//! One connection: handshake, protocol, requests, end.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use axum::response::Response;
use hf_identity::server::ServerTls;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use prometheus_client::metrics::gauge::Gauge;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;

use super::listener::LookUp;
use super::record::OpenConnection;
use super::refusal::Wording;
use super::registry::{Activity, Entry};
use super::stall::StallGuard;
use super::{Shared, Stop, request};
use crate::limits::Limits;
use crate::peer::Peer;
use crate::telemetry::metrics::MemoryMetrics;

/// How often a connection looks whether it has been idle too long.
const LOOK: Duration = Duration::from_secs(5);

/// How often it looks while the server drains, and how long it may then be idle.
const LOOK_DRAINING: Duration = Duration::from_millis(200);

/// HTTP/2: octets that a peer may send of one body before we have read them (RFC 9113 section 5.2).
const STREAM_WINDOW: u32 = 64 * 1024;

/// HTTP/2: the same for all bodies of a connection.
const CONNECTION_WINDOW: u32 = 256 * 1024;

/// HTTP/2: answers that are buffered for a peer that reads slowly, octets a stream.
const SEND_BUFFER: usize = 64 * 1024;

/// HTTP/2: streams that were reset by the peer before we looked at them (CVE-2023-44487), and those that we reset for
/// faults of the peer.
const PENDING_RESETS: usize = 20;
const LOCAL_RESETS: usize = 128;

/// Octets that HTTP/1.1 reads ahead, beyond the longest header.
const READ_AHEAD: usize = 16 * 1024;

/// A listener, as its connections see it.
pub(super) struct Door {
    pub(super) name: Arc<str>,
    pub(super) router: Router,
    pub(super) tls: Option<Arc<ServerTls>>,
    pub(super) wording: Wording,
    pub(super) memory: Option<Memory>,
    pub(super) shared: Arc<Shared>,
    pub(super) open: Gauge,
}

/// Answers that are in memory, and what counts them.
pub(super) struct Memory {
    pub(super) look_up: LookUp,
    pub(super) metrics: MemoryMetrics,
}

#[derive(Clone, Copy)]
enum Protocol {
    Http1,
    Http2,
}

/// From the accepted stream to its end.
pub(super) async fn run<S>(
    stream: S,
    mut peer: Peer,
    door: Arc<Door>,
    entry: Entry,
    stop: watch::Receiver<Stop>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let _open = OpenConnection::new(door.open.clone());
    let limits = &door.shared.limits;
    let Some(tls) = &door.tls else {
        return serve(stream, Protocol::Http1, peer, &door, &entry, stop).await;
    };
    let handshake = tokio::time::timeout(limits.handshake, tls.acceptor().accept(stream));
    let mut stopped = stop.clone();
    let result = tokio::select! {
        result = handshake => result,
        () = entry.activity.close.notified() => return,
        _ = stopped.wait_for(|stop| *stop != Stop::No) => return,
    };
    match result {
        Ok(Ok(stream)) => {
            let session = stream.get_ref().1;
            let protocol =
                if session.alpn_protocol() == Some(b"h2") { Protocol::Http2 } else { Protocol::Http1 };
            peer.private = true;
            peer.tls = session
                .peer_certificates()
                .map(|chain| chain.iter().map(|certificate| certificate.to_vec()).collect());
            serve(stream, protocol, peer, &door, &entry, stop).await;
        }
        Ok(Err(error)) => {
            tracing::debug!(listener = %door.name, peer = %peer.address, %error, "TLS handshake failed");
            door.shared.metrics.connection_refused(&door.name, "handshake");
        }
        Err(_) => door.shared.metrics.connection_refused(&door.name, "handshake-time"),
    }
}

async fn serve<S>(
    stream: S,
    protocol: Protocol,
    peer: Peer,
    door: &Arc<Door>,
    entry: &Entry,
    stop: watch::Receiver<Stop>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = &door.shared.limits;
    let io = TokioIo::new(StallGuard::new(stream, limits.write_stall));
    let (handler, activity) = (Arc::clone(door), Arc::clone(&entry.activity));
    let service = service_fn(move |request: Request<Incoming>| {
        let (door, activity, peer) = (Arc::clone(&handler), Arc::clone(&activity), peer.clone());
        async move { Ok::<Response, Infallible>(request::answer(request, peer, &door, activity).await) }
    });
    let activity = &entry.activity;
    match protocol {
        Protocol::Http1 => {
            watch_over(http1_builder(limits).serve_connection(io, service), limits, activity, stop).await;
        }
        Protocol::Http2 => {
            watch_over(http2_builder(limits).serve_connection(io, service), limits, activity, stop).await;
        }
    }
}

fn http1_builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_headers(limits.header_fields)
        .max_header_size(limits.header_octets)
        .max_buf_size(limits.header_octets + READ_AHEAD);
    builder
}

fn http2_builder(limits: &Limits) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.header_octets).unwrap_or(u32::MAX))
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .max_pending_accept_reset_streams(PENDING_RESETS)
        .max_local_error_reset_streams(LOCAL_RESETS)
        .keep_alive_interval(limits.idle / 2)
        .keep_alive_timeout(limits.write_stall);
    builder
}

/// Drive the connection to its end: its own, that of the server, or that which the limits set.
async fn watch_over<C>(connection: C, limits: &Limits, activity: &Activity, mut stop: watch::Receiver<Stop>)
where
    C: GracefulConnection,
{
    let mut connection = pin!(connection);
    let mut look = tokio::time::interval(LOOK.min(limits.idle));
    let mut longest_idle = limits.idle;
    loop {
        tokio::select! {
            // What a peer did wrong on its own connection concerns nobody else.
            _ = connection.as_mut() => return,
            () = activity.close.notified() => return,
            changed = stop.changed() => {
                let stop = *stop.borrow_and_update();
                if changed.is_err() || stop == Stop::Now {
                    return;
                }
                drain(connection.as_mut());
                longest_idle = LOOK_DRAINING;
                look = tokio::time::interval(LOOK_DRAINING);
            }
            _ = look.tick() => {
                if activity.idle().is_some_and(|idle| idle >= longest_idle) {
                    return;
                }
            }
        }
    }
}

fn drain<C: GracefulConnection>(connection: Pin<&mut C>) {
    connection.graceful_shutdown();
}
