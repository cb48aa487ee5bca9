//! A rate, judged by the generic cell rate algorithm (GCRA): evenly spread requests pass, bursts up to a size.

use std::fmt;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// So many requests a second, and so many at once after a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second.
    pub per_second: NonZeroU32,
    /// Requests at once.
    pub burst: NonZeroU32,
}

impl Rate {
    /// From two numbers; a zero counts as one.
    pub fn per_second(per_second: u32, burst: u32) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self { per_second: at_least_one(per_second), burst: at_least_one(burst) }
    }
}

/// When to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    /// Whole seconds, rounded up, at least one: the form of the `Retry-After` header (RFC 9110 section 10.2.3).
    pub fn seconds(self) -> u64 {
        (self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0)).max(1)
    }
}

impl fmt::Display for RetryAfter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.seconds())
    }
}

/// Judges each key by itself. The memory of keys that have been quiet is given back.
pub(super) struct Keyed<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
    since_cleaning: AtomicU32,
}

/// After how many requests quiet keys are forgotten: at most so many are remembered needlessly.
const CLEANING: u32 = 16_384;

impl<K: Hash + Eq + Clone> Keyed<K> {
    pub(super) fn new(rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self {
            limiter: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            since_cleaning: AtomicU32::new(0),
        }
    }

    pub(super) fn check(&self, key: &K) -> Result<(), RetryAfter> {
        if self.since_cleaning.fetch_add(1, Ordering::Relaxed) >= CLEANING {
            self.since_cleaning.store(0, Ordering::Relaxed);
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(key).map_err(|until| RetryAfter(until.wait_time_from(self.clock.now())))
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.limiter.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_the_next_is_told_when() {
        let keyed = Keyed::new(Rate::per_second(1, 3));
        for _ in 0..3 {
            assert_eq!(keyed.check(&"a"), Ok(()));
        }
        let refused = keyed.check(&"a").unwrap_err();
        assert_eq!(refused.seconds(), 1);
        assert_eq!(keyed.check(&"b"), Ok(()), "another key has a measure of its own");
    }

    #[test]
    fn quiet_keys_are_forgotten() {
        let keyed = Keyed::new(Rate::per_second(1_000_000, 1));
        for key in 0..5 * CLEANING {
            assert_eq!(keyed.check(&key), Ok(()));
        }
        assert!(keyed.remembered() <= 2 * CLEANING as usize, "{}", keyed.remembered());
    }

    #[test]
    fn seconds_are_rounded_up() {
        assert_eq!(RetryAfter(Duration::ZERO).seconds(), 1);
        assert_eq!(RetryAfter(Duration::from_millis(1001)).seconds(), 2);
        assert_eq!(RetryAfter(Duration::from_secs(3)).seconds(), 3);
    }
}
