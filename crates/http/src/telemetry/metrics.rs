//! What is counted, in the text format of `OpenMetrics`.

use std::sync::atomic::AtomicU64;

use axum::http::{Method, StatusCode};
use hf_ca::signer::SignerLatency;
use hf_store::CommitCounts;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::acme::AcmeCounters;
use super::certificates::{CertificateCounters, ChannelLabels};
use super::ocsp::OcspMetrics;
use super::signer::SignerHistogram;

/// Upper bounds of the latency buckets in seconds: from a read of memory to the longest answer.
const LATENCIES: [f64; 14] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The counts of one process. Cheap to add to from any thread.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latency: Family<LatencyLabels, Histogram, fn() -> Histogram>,
    limited: Family<LimitLabels, Counter>,
    connections: Family<ListenerLabels, Gauge>,
    connections_refused: Family<LimitLabels, Counter>,
    certificates: CertificateCounters,
    repeated: Family<ChannelLabels, Counter>,
    signatures: Family<ResultLabels, Counter>,
    signer_latency: SignerHistogram,
    signer_queue: Gauge,
    commits: Counter,
    commit_records: Counter,
    commit_seconds: Counter<f64, AtomicU64>,
    authority_expiry: Family<AuthorityLabels, Gauge>,
    authority_revoked: Family<AuthorityLabels, Gauge>,
    crl_expiry: Family<AuthorityLabels, Gauge>,
    crl_stale: Family<AuthorityLabels, Gauge>,
    acme: AcmeCounters,
    ocsp: OcspMetrics,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    listener: String,
    method: String,
    endpoint: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LatencyLabels {
    listener: String,
    endpoint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ListenerLabels {
    listener: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LimitLabels {
    listener: String,
    limit: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    result: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AuthorityLabels {
    authority: String,
}

impl Metrics {
    /// Everything at zero.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("handfast"),
            requests: Family::default(),
            latency: Family::new_with_constructor(histogram),
            limited: Family::default(),
            connections: Family::default(),
            connections_refused: Family::default(),
            certificates: CertificateCounters::default(),
            repeated: Family::default(),
            signatures: Family::default(),
            signer_latency: SignerHistogram::default(),
            signer_queue: Gauge::default(),
            commits: Counter::default(),
            commit_records: Counter::default(),
            commit_seconds: Counter::default(),
            authority_expiry: Family::default(),
            authority_revoked: Family::default(),
            crl_expiry: Family::default(),
            crl_stale: Family::default(),
            acme: AcmeCounters::default(),
            ocsp: OcspMetrics::default(),
        };
        metrics.register();
        metrics
    }

    /// What the endpoints of CFSSL count; certificates together with all other doors.
    pub fn for_cfssl(&self) -> crate::cfssl::metrics::Metrics {
        crate::cfssl::metrics::Metrics::beside(self.certificates.clone())
    }

    /// With what the endpoints of CFSSL count, as `handfast_cfssl_…`.
    #[must_use]
    pub fn with_cfssl(mut self, cfssl: &crate::cfssl::metrics::Metrics) -> Self {
        cfssl.register(self.registry.sub_registry_with_prefix("cfssl"));
        self
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("requests", "Requests answered", self.requests.clone());
        registry.register("request_seconds", "From the header to the answer", self.latency.clone());
        registry.register("requests_limited", "Requests turned away by a limit", self.limited.clone());
        registry.register("connections", "Connections that are open", self.connections.clone());
        registry.register(
            "connections_refused",
            "Connections closed by a limit",
            self.connections_refused.clone(),
        );
        self.certificates.register(registry);
        registry.register(
            "requests_repeated",
            "Authenticated requests seen before, word for word",
            self.repeated.clone(),
        );
        registry.register("signatures", "Signatures asked of keys, by how it ended", self.signatures.clone());
        registry.register(
            "signature_seconds",
            "From the call for a signature to the answer",
            self.signer_latency.clone(),
        );
        registry.register("signer_queue", "Signatures that wait or are under way", self.signer_queue.clone());
        registry.register("store_commits", "Writes to stable storage of issuances", self.commits.clone());
        registry.register("store_commit_records", "Records in these writes", self.commit_records.clone());
        registry.register("store_commit_seconds", "Time that these writes took", self.commit_seconds.clone());
        registry.register(
            "authority_expiry_seconds",
            "Seconds until the certificate of an authority ends",
            self.authority_expiry.clone(),
        );
        registry.register(
            "authority_revoked",
            "1 when the certificate of an authority, or one above, is revoked: it is out of service, its CRLs with it",
            self.authority_revoked.clone(),
        );
        registry.register(
            "crl_expiry_seconds",
            "Seconds until the first of the latest CRLs of an authority ends",
            self.crl_expiry.clone(),
        );
        registry.register(
            "crl_stale",
            "CRLs of an authority of which more than 75 % of their life are over",
            self.crl_stale.clone(),
        );
        self.acme.register(registry);
        self.ocsp.register(registry.sub_registry_with_prefix("ocsp"));
    }

    pub(super) fn acme(&self) -> &AcmeCounters {
        &self.acme
    }

    /// A request was answered. `endpoint` is the route, never the path of the request.
    pub(crate) fn answered(&self, listener: &str, method: &str, endpoint: &str, status: u16, seconds: f64) {
        let (listener, endpoint) = (listener.to_owned(), endpoint.to_owned());
        let labels = LatencyLabels { listener: listener.clone(), endpoint: endpoint.clone() };
        self.latency.get_or_create(&labels).observe(seconds);
        let labels = RequestLabels { listener, method: method.to_owned(), endpoint, status };
        self.requests.get_or_create(&labels).inc();
    }

    /// The counters of answers that a listener gives out of memory.
    pub(crate) fn memory(&self, listener: &str, endpoint: &str) -> MemoryMetrics {
        let endpoint = endpoint.to_owned();
        let labels = LatencyLabels { listener: listener.to_owned(), endpoint: endpoint.clone() };
        let counter = |method: &str, status| {
            let (listener, endpoint) = (listener.to_owned(), endpoint.clone());
            let labels = RequestLabels { listener, method: method.to_owned(), endpoint, status };
            self.requests.get_or_create_owned(&labels)
        };
        MemoryMetrics {
            latency: self.latency.get_or_create_owned(&labels),
            got: counter("GET", 200),
            unchanged: counter("GET", 304),
            posted: counter("POST", 200),
        }
    }

    /// A limit turned a request away.
    pub(crate) fn limited(&self, listener: &str, limit: &str) {
        let labels = LimitLabels { listener: listener.to_owned(), limit: limit.to_owned() };
        self.limited.get_or_create(&labels).inc();
    }

    /// A limit closed a connection.
    pub(crate) fn connection_refused(&self, listener: &str, limit: &str) {
        let labels = LimitLabels { listener: listener.to_owned(), limit: limit.to_owned() };
        self.connections_refused.get_or_create(&labels).inc();
    }

    /// The connections of a listener that are open.
    pub(crate) fn connections(&self, listener: &str) -> Gauge {
        self.connections.get_or_create_owned(&ListenerLabels { listener: listener.to_owned() })
    }

    /// A certificate was handed out.
    pub fn issued(&self, channel: &str, authority: &str, profile: &str) {
        self.certificates.issued(channel, authority, profile);
    }

    /// A request for a certificate was refused. `reason` is a code of a closed set, never a text of the request.
    pub fn refused(&self, channel: &str, reason: &str) {
        self.certificates.refused(channel, reason);
    }

    /// An authenticated request came again, word for word.
    pub fn repeated(&self, channel: &str) {
        self.repeated.get_or_create(&ChannelLabels { channel: channel.to_owned() }).inc();
    }

    /// A certificate was revoked.
    pub fn revoked(&self, channel: &str) {
        self.certificates.revoked(channel);
    }

    /// Signatures since the start of the process.
    pub(crate) fn signatures(&self, result: &str, total: u64) {
        let labels = ResultLabels { result: result.to_owned() };
        let counter = self.signatures.get_or_create_owned(&labels);
        counter.inc_by(total.saturating_sub(counter.get()));
    }

    /// What the store wrote to stable storage since the start of the process.
    pub(crate) fn commits(&self, counts: CommitCounts) {
        self.commits.inc_by(counts.commits.saturating_sub(self.commits.get()));
        self.commit_records.inc_by(counts.records.saturating_sub(self.commit_records.get()));
        let seconds = counts.time.as_secs_f64() - self.commit_seconds.get();
        self.commit_seconds.inc_by(seconds.max(0.0));
    }

    /// How long signatures took since the start of the process, and how many wait or are under way.
    pub(crate) fn signer(&self, latency: &SignerLatency, held: usize) {
        self.signer_latency.set(latency);
        self.signer_queue.set(i64::try_from(held).unwrap_or(i64::MAX));
    }

    /// Seconds until the certificate of an authority ends; negative afterwards.
    pub(crate) fn authority_expiry(&self, authority: &str, seconds: i64) {
        let labels = AuthorityLabels { authority: authority.to_owned() };
        self.authority_expiry.get_or_create(&labels).set(seconds);
    }

    /// Whether the certificate of an authority, or one above, is revoked. What it signed last is not looked at any more: it has
    /// no next one, and nobody who verifies comes so far.
    pub(crate) fn authority_revoked(&self, authority: &str, revoked: bool) {
        let labels = AuthorityLabels { authority: authority.to_owned() };
        self.authority_revoked.get_or_create(&labels).set(i64::from(revoked));
        if revoked {
            self.crl_stale.remove(&labels);
            self.crl_expiry.remove(&labels);
        }
    }

    /// How many of the latest CRLs of an authority are past three quarters of their life.
    pub(crate) fn crl_stale(&self, authority: &str, lists: i64) {
        let labels = AuthorityLabels { authority: authority.to_owned() };
        self.crl_stale.get_or_create(&labels).set(lists);
    }

    /// Seconds until the first of the latest CRLs of an authority ends; negative afterwards.
    pub(crate) fn crl_expiry(&self, authority: &str, seconds: i64) {
        let labels = AuthorityLabels { authority: authority.to_owned() };
        self.crl_expiry.get_or_create(&labels).set(seconds);
    }

    /// What is counted of OCSP.
    pub(crate) fn ocsp(&self) -> &OcspMetrics {
        &self.ocsp
    }

    /// Everything, as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string fails only if an encoder does, and then what there is is all there is.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Counters that are at hand, for answers that take less time than it takes to find a counter.
pub(crate) struct MemoryMetrics {
    latency: Histogram,
    got: Counter,
    unchanged: Counter,
    posted: Counter,
}

impl MemoryMetrics {
    /// A request was answered out of memory.
    pub(crate) fn answered(&self, method: &Method, status: StatusCode, seconds: f64) {
        self.latency.observe(seconds);
        let counter = match (method, status) {
            (&Method::POST, _) => &self.posted,
            (_, StatusCode::NOT_MODIFIED) => &self.unchanged,
            _ => &self.got,
        };
        counter.inc();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn histogram() -> Histogram {
    Histogram::new(LATENCIES)
}
