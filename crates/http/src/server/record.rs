//! The name of a request, and the one record that log and metrics are made of.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::http::{Method, StatusCode, Uri};
use hf_core::random::{Random, RandomUnavailable};
use prometheus_client::metrics::gauge::Gauge;
use tokio::time::Instant;

use super::connection::{Door, Memory};
use super::registry::Activity;
use crate::peer::{PeerAddress, RequestId};

/// Names for requests: random at the start of the process, then counted.
pub(super) struct RequestIds {
    prefix: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new(random: &dyn Random) -> Result<Self, RandomUnavailable> {
        let mut octets = [0; 8];
        random.fill(&mut octets)?;
        Ok(Self { prefix: u64::from_be_bytes(octets) >> 24, next: AtomicU64::new(1) })
    }

    pub(super) fn next(&self) -> RequestId {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        RequestId(Arc::from(format!("{:010x}-{number:x}", self.prefix)))
    }
}

/// A connection that is counted as open until it is dropped.
pub(super) struct OpenConnection(Gauge);

impl OpenConnection {
    pub(super) fn new(gauge: Gauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A request under way. Finishing consumes it; one that is dropped unfinished was given up by the peer.
pub(super) struct RequestRecord<'a> {
    pub(super) door: &'a Door,
    pub(super) activity: Arc<Activity>,
    /// Named when somebody wants to know.
    id: OnceLock<RequestId>,
    pub(super) method: Method,
    uri: Uri,
    pub(super) peer: PeerAddress,
    began: Instant,
    finished: bool,
}

/// The status under which requests that the peer gave up are counted: no answer was sent.
const GIVEN_UP: u16 = 499;

impl<'a> RequestRecord<'a> {
    pub(super) fn begin(
        door: &'a Door,
        activity: Arc<Activity>,
        method: Method,
        uri: Uri,
        peer: PeerAddress,
    ) -> Self {
        activity.begin();
        Self {
            door,
            activity,
            id: OnceLock::new(),
            method,
            uri,
            peer,
            began: Instant::now(),
            finished: false,
        }
    }

    /// Its name.
    pub(super) fn id(&self) -> &RequestId {
        self.id.get_or_init(|| self.door.shared.ids.next())
    }

    /// Its path, for logs. What a peer wrote must not look like a line of ours: nothing but visible ASCII passes.
    pub(super) fn path(&self) -> String {
        let shown = self.uri.path().chars().map(|c| if c.is_ascii_graphic() { c } else { '?' });
        shown.take(256).collect()
    }

    /// The answer is made.
    pub(super) fn finish(mut self, endpoint: &str, status: StatusCode) {
        self.finished = true;
        let elapsed = self.count(endpoint, status.as_u16(), true);
        self.log(status.as_u16(), elapsed);
    }

    /// The answer was in memory: there are so many of them that they are counted only.
    pub(super) fn finish_quietly(mut self, memory: &Memory, status: StatusCode) {
        self.finished = true;
        self.activity.end(true, self.door.shared.limits.resets);
        memory.metrics.answered(&self.method, status, self.began.elapsed().as_secs_f64());
    }

    fn count(&self, endpoint: &str, status: u16, answered: bool) -> Duration {
        let elapsed = self.began.elapsed();
        self.activity.end(answered, self.door.shared.limits.resets);
        self.door.shared.metrics.answered(
            &self.door.name,
            known(&self.method),
            endpoint,
            status,
            elapsed.as_secs_f64(),
        );
        elapsed
    }

    fn log(&self, status: u16, elapsed: Duration) {
        tracing::info!(
            target: "handfast::request",
            id = %self.id(),
            listener = %self.door.name,
            peer = %self.peer,
            method = known(&self.method),
            path = %self.path(),
            status,
            milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            "request"
        );
    }
}

impl Drop for RequestRecord<'_> {
    fn drop(&mut self) {
        if !self.finished {
            let elapsed = self.count("", GIVEN_UP, false);
            self.log(GIVEN_UP, elapsed);
        }
    }
}

/// Methods are a label of metrics, so that peers must not choose it.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
