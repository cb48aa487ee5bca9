//! What is counted of OCSP, as `handfast_ocsp_…`.

use hf_ca::ocsp::OcspCounts;
use hf_x509::ocsp::ResponseStatus;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper bounds of the classes of age, in seconds: from a minute to a week.
const AGES: [f64; 8] = [60.0, 600.0, 3_600.0, 6.0 * 3_600.0, 43_200.0, 86_400.0, 259_200.0, 604_800.0];

/// The counts.
pub(crate) struct OcspMetrics {
    by_status: Family<StatusLabels, Counter>,
    /// The counters of `by_status`: counted at every answer, so without looking for a label.
    answers: [(ResponseStatus, Counter); 6],
    age: Histogram,
    made: Family<HowLabels, Counter>,
    entries: Gauge,
    octets: Gauge,
    evicted: Counter,
    delegate_expiry: Family<AuthorityLabels, Gauge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct HowLabels {
    how: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AuthorityLabels {
    authority: String,
}

impl Default for OcspMetrics {
    fn default() -> Self {
        let by_status = Family::<StatusLabels, Counter>::default();
        Self {
            answers: ResponseStatus::ALL.map(|status| {
                (status, by_status.get_or_create_owned(&StatusLabels { status: word(status) }))
            }),
            by_status,
            age: Histogram::new(AGES),
            made: Family::default(),
            entries: Gauge::default(),
            octets: Gauge::default(),
            evicted: Counter::default(),
            delegate_expiry: Family::default(),
        }
    }
}

impl OcspMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "answers",
            "Answers, by the status that RFC 6960 gives them",
            self.by_status.clone(),
        );
        registry.register(
            "answer_age_seconds",
            "How old answers were that others may keep",
            self.age.clone(),
        );
        registry.register("answers_made", "How answers were come by", self.made.clone());
        registry.register("cache_entries", "Statuses in memory", self.entries.clone());
        registry.register("cache_bytes", "Octets that they take", self.octets.clone());
        registry.register("cache_evicted", "Statuses that gave way to others", self.evicted.clone());
        registry.register(
            "responder_expiry_seconds",
            "Seconds until the certificate of the delegate of an authority ends",
            self.delegate_expiry.clone(),
        );
    }

    /// An answer went out; its age in seconds, when others may keep it.
    pub(crate) fn answered(&self, status: ResponseStatus, age: Option<i64>) {
        if let Some((_, counter)) = self.answers.iter().find(|(known, _)| *known == status) {
            counter.inc();
        }
        if let Some(age) = age.and_then(|age| u32::try_from(age.max(0)).ok()) {
            self.age.observe(f64::from(age));
        }
    }

    /// What the responder did since the start of the process, and what it keeps.
    pub(super) fn took(&self, counts: &OcspCounts) {
        for (how, total) in [
            ("memory", counts.hits),
            ("signed", counts.signed),
            ("ahead", counts.ahead),
            ("fallback", counts.fallbacks),
        ] {
            raise(&self.made.get_or_create_owned(&HowLabels { how }), total);
        }
        raise(&self.evicted, counts.evicted);
        self.entries.set(i64::try_from(counts.entries).unwrap_or(i64::MAX));
        self.octets.set(i64::try_from(counts.octets).unwrap_or(i64::MAX));
    }

    /// Seconds until the certificate of a delegate ends; negative afterwards.
    pub(super) fn delegate_expiry(&self, authority: &str, seconds: i64) {
        let labels = AuthorityLabels { authority: authority.to_owned() };
        self.delegate_expiry.get_or_create(&labels).set(seconds);
    }
}

fn raise(counter: &Counter, total: u64) {
    counter.inc_by(total.saturating_sub(counter.get()));
}

/// The status as RFC 6960 section 4.2.1 calls it.
fn word(status: ResponseStatus) -> &'static str {
    match status {
        ResponseStatus::Successful => "successful",
        ResponseStatus::MalformedRequest => "malformedRequest",
        ResponseStatus::InternalError => "internalError",
        ResponseStatus::TryLater => "tryLater",
        ResponseStatus::SigRequired => "sigRequired",
        ResponseStatus::Unauthorized => "unauthorized",
    }
}
