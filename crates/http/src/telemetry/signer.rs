//! How long signatures take, as the signer itself counts it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use hf_ca::signer::SignerLatency;
use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

/// A histogram that was counted elsewhere; empty until it is set.
#[derive(Clone, Debug, Default)]
pub(super) struct SignerHistogram(Arc<Mutex<Option<SignerLatency>>>);

impl SignerHistogram {
    pub(super) fn set(&self, latency: &SignerLatency) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(*latency);
    }
}

impl EncodeMetric for SignerHistogram {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let Some(latency) = *self.0.lock().unwrap_or_else(PoisonError::into_inner) else { return Ok(()) };
        let mut buckets: Vec<(f64, u64)> =
            latency.classes.iter().map(|(end, count)| (end.as_secs_f64(), *count)).collect();
        let within: u64 = buckets.iter().map(|(_, count)| count).sum();
        buckets.push((f64::INFINITY, latency.count.saturating_sub(within)));
        encoder.encode_histogram::<NoLabelSet>(latency.sum.as_secs_f64(), latency.count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}
