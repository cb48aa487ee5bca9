//! A clock that jumped back must not date certificates.
//!
//! A machine whose clock was set back would issue certificates that begin before the ones already issued and end too
//! early, and revocations would seem to lie in the future. So: no signature when the clock shows less than the last
//! recorded signing, less a tolerance for ordinary corrections.

use std::sync::atomic::{AtomicI64, Ordering};

use hf_core::time::{Clock, Lifetime, Timestamp};

/// The clock shows a time well before the last recorded signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the clock shows {now}, but something was signed at {last}: nothing is signed while it is more than {tolerance} behind"
)]
pub struct ClockJumpedBack {
    /// What the clock shows.
    pub now: Timestamp,
    /// When something was last signed.
    pub last: Timestamp,
    /// How far behind the clock may be.
    pub tolerance: Lifetime,
}

/// Knows when something was last signed.
#[derive(Debug)]
pub struct SigningClock {
    last: AtomicI64,
    tolerance: Lifetime,
}

impl SigningClock {
    /// What time services correct without anybody noticing.
    pub const TOLERANCE: Lifetime = Lifetime::from_seconds(5 * 60);

    /// From the last signing on record.
    pub fn new(last: Option<Timestamp>, tolerance: Lifetime) -> Self {
        Self { last: AtomicI64::new(last.unwrap_or(Timestamp::MIN).unix_seconds()), tolerance }
    }

    /// The time to sign at.
    pub fn now(&self, clock: &dyn Clock) -> Result<Timestamp, ClockJumpedBack> {
        let now = clock.now();
        let last = Timestamp::from_unix_seconds(self.last.load(Ordering::Acquire));
        if now < last.minus(self.tolerance) {
            return Err(ClockJumpedBack { now, last, tolerance: self.tolerance });
        }
        Ok(now)
    }

    /// Something dated `at` is on record and about to be signed.
    pub fn note(&self, at: Timestamp) {
        self.last.fetch_max(at.unix_seconds(), Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use hf_testkit::ManualClock;

    use super::*;

    #[test]
    fn small_corrections_pass_and_jumps_do_not() {
        let clock = ManualClock::default();
        let start = clock.now();
        let guard = SigningClock::new(Some(start), SigningClock::TOLERANCE);
        assert_eq!(guard.now(&clock), Ok(start));
        clock.set(start.minus(SigningClock::TOLERANCE));
        assert!(guard.now(&clock).is_ok());
        clock.set(start.minus(Lifetime::from_seconds(301)));
        assert_eq!(guard.now(&clock).unwrap_err().last, start);
        clock.set(start.plus(Lifetime::from_days(365)));
        let future = guard.now(&clock).unwrap();
        clock.set(start);
        assert!(guard.now(&clock).is_ok(), "nothing was signed in the future");
        guard.note(future);
        assert!(guard.now(&clock).is_err(), "what was signed in the future is remembered");
    }
}
