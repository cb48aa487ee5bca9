//! How long signatures take.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the classes, in microseconds; what takes longer is in none.
const ENDS: [u64; SignerLatency::CLASSES] = [
    500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
    5_000_000, 10_000_000,
];

/// How long signatures took, from the call to the answer, since the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignerLatency {
    /// How many.
    pub count: u64,
    /// All together.
    pub sum: Duration,
    /// For each class its upper end, and how many signatures fell into it and into no earlier one.
    pub classes: [(Duration, u64); Self::CLASSES],
}

impl SignerLatency {
    /// How many classes there are.
    pub const CLASSES: usize = 14;
}

/// The counters behind [`SignerLatency`].
#[derive(Debug, Default)]
pub(super) struct Latency {
    count: AtomicU64,
    micros: AtomicU64,
    classes: [AtomicU64; SignerLatency::CLASSES],
}

impl Latency {
    pub(super) fn note(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Ordering::Relaxed);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        let class = ENDS.iter().position(|end| micros <= *end);
        if let Some(counter) = class.and_then(|class| self.classes.get(class)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The mean, if there was any.
    pub(super) fn mean(&self) -> Option<Duration> {
        let count = self.count.load(Ordering::Relaxed);
        self.micros.load(Ordering::Relaxed).checked_div(count).map(Duration::from_micros)
    }

    pub(super) fn read(&self) -> SignerLatency {
        let mut classes = [(Duration::ZERO, 0); SignerLatency::CLASSES];
        for ((class, end), counter) in classes.iter_mut().zip(ENDS).zip(&self.classes) {
            *class = (Duration::from_micros(end), counter.load(Ordering::Relaxed));
        }
        SignerLatency {
            count: self.count.load(Ordering::Relaxed),
            sum: Duration::from_micros(self.micros.load(Ordering::Relaxed)),
            classes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_signature_is_in_the_class_that_it_fits() {
        let latency = Latency::default();
        assert_eq!(latency.mean(), None);
        for millis in [1, 1, 4, 60_000] {
            latency.note(Duration::from_millis(millis));
        }
        let read = latency.read();
        assert_eq!((read.count, read.sum), (4, Duration::from_millis(60_006)));
        let counts: Vec<u64> = read.classes.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [0, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
}
