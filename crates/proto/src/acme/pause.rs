//! An account whose validations only ever fail is paused: a client in a tight loop costs everybody, and nobody reads
//! its log.

use hf_core::time::{Lifetime, Timestamp};
use serde::{Deserialize, Serialize};

use super::problem::Problem;

/// When an account is paused, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PausePolicy {
    /// After how many failures in a row.
    pub failures: u32,
    /// Failures further apart than this are not in a row.
    pub within: Lifetime,
    /// How long the first pause is. Each further one in a row is twice as long.
    pub pause: Lifetime,
    /// The longest pause.
    pub longest: Lifetime,
}

impl Default for PausePolicy {
    /// Ten failures within an hour of one another; ten minutes to a day.
    fn default() -> Self {
        Self {
            failures: 10,
            within: Lifetime::from_hours(1),
            pause: Lifetime::from_seconds(600),
            longest: Lifetime::from_days(1),
        }
    }
}

/// What is remembered of the failures of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureHistory {
    /// Failures in a row, since the last success or pause.
    pub failures: u32,
    /// Pauses in a row, since the last success.
    pub pauses: u32,
    /// When the last failure was.
    pub last_failure: Option<Timestamp>,
    /// Until when it is paused, or was.
    pub paused_until: Option<Timestamp>,
}

impl FailureHistory {
    /// After a failed validation.
    #[must_use]
    pub fn failed(self, policy: PausePolicy, now: Timestamp) -> Self {
        let in_a_row = self
            .last_failure
            .is_some_and(|last| now.seconds_since(last).saturating_abs() <= policy.within.seconds());
        let failures = if in_a_row { self.failures.saturating_add(1) } else { 1 };
        // A pause counts towards the next one as long as failures go on about as soon as they may.
        let paused_lately = self.paused_until.is_some_and(|until| {
            now.seconds_since(until) <= policy.within.seconds().saturating_add(policy.longest.seconds())
        });
        let pauses = if paused_lately { self.pauses } else { 0 };
        if failures < policy.failures.max(1) {
            return Self { failures, pauses, last_failure: Some(now), ..self };
        }
        let doubled = policy.pause.seconds().saturating_mul(1_i64 << pauses.min(30));
        let pause = Lifetime::from_seconds(doubled.min(policy.longest.seconds()));
        Self {
            failures: 0,
            pauses: pauses.saturating_add(1),
            last_failure: Some(now),
            paused_until: Some(now.plus(pause)),
        }
    }

    /// After a validation that succeeded, or when an operator lifts the pause: all is forgotten.
    #[must_use]
    pub fn succeeded(self) -> Self {
        Self::default()
    }

    /// Whether the account may order, renewals too.
    ///
    /// # Errors
    /// `rateLimited`, with the end of the pause.
    pub fn check(self, now: Timestamp) -> Result<(), Problem> {
        match self.paused_until {
            Some(until) if now < until => Err(Problem::rate_limited(
                "this account is paused: its validations failed again and again; look into the log of the client",
                now,
                until,
            )),
            Some(_) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::problem::ProblemType;
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    fn fail(history: FailureHistory, times: u32, now: i64) -> FailureHistory {
        (0..times).fold(history, |history, _| history.failed(PausePolicy::default(), at(now)))
    }

    #[test]
    fn a_loop_is_paused_and_told_until_when() {
        let almost = fail(FailureHistory::default(), 9, 0);
        assert_eq!(almost.check(at(0)), Ok(()));
        let paused = fail(almost, 1, 0);
        let problem = paused.check(at(0)).unwrap_err();
        assert_eq!((problem.kind, problem.retry_after), (ProblemType::RateLimited, Some(600)));
        assert!(paused.check(at(599)).is_err());
        assert_eq!(paused.check(at(600)), Ok(()));
    }

    #[test]
    fn each_pause_in_a_row_is_twice_as_long_up_to_a_day() {
        let (mut history, mut now, mut pauses) = (FailureHistory::default(), 0, Vec::new());
        for _ in 0..10 {
            history = fail(history, 10, now);
            let until = history.paused_until.unwrap();
            pauses.push(until.seconds_since(at(now)));
            now = until.unix_seconds();
        }
        assert_eq!(&pauses[..4], [600, 1_200, 2_400, 4_800]);
        assert_eq!(pauses[9], 86_400);
    }

    #[test]
    fn a_success_and_a_long_quiet_time_forgive() {
        let paused = fail(FailureHistory::default(), 10, 0);
        assert_eq!(paused.succeeded().check(at(0)), Ok(()));
        let spread = (0..100).fold(FailureHistory::default(), |history, hour| {
            history.failed(PausePolicy::default(), at(hour * 3_601))
        });
        assert_eq!(spread.paused_until, None);
        let later = fail(paused, 10, 10 * 86_400);
        assert_eq!(later.paused_until.unwrap().seconds_since(at(10 * 86_400)), 600);
    }
}
