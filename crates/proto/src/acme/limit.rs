//! How much may be asked for, by the generic cell rate algorithm (GCRA): one time for each key.

use std::collections::HashMap;
use std::hash::Hash;

use hf_core::time::{Lifetime, Timestamp};

use super::problem::Problem;

/// So many in so long: so many at once after a pause, evenly spread after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many; zero counts as one.
    pub count: u32,
    /// In how long.
    pub period: Lifetime,
}

/// What a limit says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be; the state from now on.
    Admitted(Cell),
    /// It may not be before this time.
    Limited {
        /// When it may be.
        until: Timestamp,
    },
}

/// What a limit remembers of a key: when it is as good as new, in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell(i64);

const MICROSECONDS: i64 = 1_000_000;

impl Quota {
    /// Judge one more. `cell` is the state from before, if there is one.
    pub fn judge(self, cell: Option<Cell>, now: Timestamp) -> Verdict {
        let now = now.unix_seconds().saturating_mul(MICROSECONDS);
        let period = self.period.seconds().saturating_mul(MICROSECONDS);
        let increment = (period / i64::from(self.count.max(1))).max(1);
        let arrival = cell.map_or(now, |cell| cell.0.max(now));
        let next = arrival.saturating_add(increment);
        let earliest = next.saturating_sub(period);
        if earliest > now {
            let seconds = earliest.saturating_add(MICROSECONDS - 1) / MICROSECONDS;
            return Verdict::Limited { until: Timestamp::from_unix_seconds(seconds) };
        }
        Verdict::Admitted(Cell(next))
    }
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitName {
    /// New accounts from one address.
    AccountsPerAddress,
    /// New orders of one account.
    OrdersPerAccount,
    /// New orders that replace one certificate.
    RenewalsPerCertificate,
    /// New orders of one account for the names of one of its certificates.
    OrdersPerNames,
    /// Failed validations of one account for one name.
    FailuresPerName,
}

impl LimitName {
    /// What a client is told.
    pub fn describe(self) -> &'static str {
        match self {
            Self::AccountsPerAddress => "too many new accounts from this address",
            Self::OrdersPerAccount => "too many new orders of this account",
            Self::RenewalsPerCertificate => "too many new orders that replace this certificate",
            Self::OrdersPerNames => "too many new orders of this account for exactly these names",
            Self::FailuresPerName => "too many failed validations of this account for this name",
        }
    }
}

/// Many keys under one quota, in bounded memory.
#[derive(Debug)]
pub struct Limit<K> {
    name: LimitName,
    quota: Quota,
    most: usize,
    cells: HashMap<K, Cell>,
}

impl<K: Hash + Eq> Limit<K> {
    /// Remembers at most `most` keys. When they are all needed, a new key is judged as if it were known to be at its
    /// limit: whoever brings many keys gains nothing by it.
    pub fn new(name: LimitName, quota: Quota, most: usize) -> Self {
        Self { name, quota, most: most.max(1), cells: HashMap::new() }
    }

    /// Count one for `key`.
    ///
    /// # Errors
    /// `rateLimited`, with the time from which on it may be.
    pub fn count(&mut self, key: K, now: Timestamp) -> Result<(), Problem> {
        match self.quota.judge(self.cells.get(&key).copied(), now) {
            Verdict::Limited { until } => Err(Problem::rate_limited(self.name.describe(), now, until)),
            Verdict::Admitted(cell) => {
                if !self.cells.contains_key(&key) && !self.make_room(now) {
                    let until = now.plus(Lifetime::from_seconds(60));
                    return Err(Problem::rate_limited(self.name.describe(), now, until));
                }
                self.cells.insert(key, cell);
                Ok(())
            }
        }
    }

    /// Whether one more would be admitted, without counting it.
    ///
    /// # Errors
    /// `rateLimited`, with the time from which on it may be.
    pub fn check(&self, key: &K, now: Timestamp) -> Result<(), Problem> {
        match self.quota.judge(self.cells.get(key).copied(), now) {
            Verdict::Limited { until } => Err(Problem::rate_limited(self.name.describe(), now, until)),
            Verdict::Admitted(_) => Ok(()),
        }
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Forget the keys that are as good as new, when it is full.
    fn make_room(&mut self, now: Timestamp) -> bool {
        if self.cells.len() >= self.most {
            let now = now.unix_seconds().saturating_mul(MICROSECONDS);
            self.cells.retain(|_, cell| cell.0 > now);
        }
        self.cells.len() < self.most
    }
}

#[cfg(test)]
mod tests {
    use super::super::problem::ProblemType;
    use super::*;
    use proptest::prelude::*;

    const QUOTA: Quota = Quota { count: 3, period: Lifetime::from_seconds(30) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    fn limit(most: usize) -> Limit<u32> {
        Limit::new(LimitName::OrdersPerAccount, QUOTA, most)
    }

    #[test]
    fn a_burst_passes_and_the_next_is_told_when() {
        let mut limit = limit(10);
        for _ in 0..3 {
            assert_eq!(limit.count(1, at(100)), Ok(()));
        }
        let problem = limit.count(1, at(100)).unwrap_err();
        assert_eq!((problem.kind, problem.status), (ProblemType::RateLimited, 429));
        assert_eq!(problem.retry_after, Some(10));
        assert!(limit.count(1, at(109)).is_err());
        assert_eq!(limit.check(&1, at(110)), Ok(()));
        assert_eq!(limit.count(1, at(110)), Ok(()));
        assert!(limit.count(1, at(110)).is_err());
        assert_eq!(limit.count(2, at(110)), Ok(()), "another key has a measure of its own");
    }

    #[test]
    fn a_refused_attempt_does_not_put_off_the_next() {
        let mut limit = limit(10);
        for _ in 0..100 {
            let _ = limit.count(1, at(100));
        }
        assert_eq!(limit.count(1, at(110)), Ok(()));
    }

    #[test]
    fn memory_is_bounded_and_quiet_keys_make_room() {
        let mut limit = limit(100);
        let admitted = (0..10_000).filter(|key| limit.count(*key, at(0)).is_ok()).count();
        assert_eq!((admitted, limit.len()), (100, 100));
        assert_eq!(limit.count(20_000, at(10)), Ok(()), "the others are as good as new");
        assert_eq!(limit.len(), 1);
        assert!(!limit.is_empty());
    }

    #[test]
    fn a_clock_that_goes_back_refuses_for_the_span_and_no_longer() {
        let mut limit = limit(10);
        assert_eq!(limit.count(1, at(1_000)), Ok(()));
        assert!(limit.count(1, at(0)).is_err());
        assert_eq!(limit.count(1, at(1_000)), Ok(()));
    }

    proptest! {
        /// Never more than twice the count in any span of the period: a burst, and what fills up meanwhile.
        #[test]
        fn no_span_admits_more_than_twice_the_count(gaps in prop::collection::vec(0_i64..20, 1..200)) {
            let mut limit = limit(10);
            let (mut now, mut admitted) = (1_000, Vec::new());
            for gap in gaps {
                now += gap;
                if limit.count(1, at(now)).is_ok() {
                    admitted.push(now);
                }
            }
            for first in &admitted {
                let within = admitted.iter().filter(|time| (*first..*first + 30).contains(time)).count();
                prop_assert!(within <= 6, "{within}");
            }
        }
    }
}
