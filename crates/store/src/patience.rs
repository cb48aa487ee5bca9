//! How long is waited for another program that holds a database locked: the only deadline of this kind.
//!
//! Who comes while nothing is known of a lock waits for [`LOCKED`]. From then on, until the lock is gone, the answer comes
//! within [`BRIEF`], so that the waits of requests in a queue do not add up.

use std::time::Duration;

use tokio::time::Instant;

/// How long another program may hold a database: longer than a transaction takes, shorter than a client waits.
pub(crate) const LOCKED: Duration = Duration::from_secs(3);

/// How long is waited for a lock that has been there for that long already, and by whom nobody waits for.
const BRIEF: Duration = Duration::from_millis(50);

/// Whether somebody waits for what is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// A request.
    Asked,
    /// Nobody: it can be tried again later.
    Idle,
}

/// What the last attempts on one database found.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Patience {
    locked_since: Option<Instant>,
}

impl Patience {
    /// How long to wait for a lock now.
    pub(crate) fn left(self, now: Instant, wait: Wait) -> Duration {
        let waited = self.locked_since.map(|since| now.saturating_duration_since(since));
        match wait {
            Wait::Asked => LOCKED.saturating_sub(waited.unwrap_or_default()).max(BRIEF),
            Wait::Idle => BRIEF,
        }
    }

    /// Remember whether an attempt that began then met a lock.
    pub(crate) fn note(&mut self, began: Instant, met_lock: bool) {
        self.locked_since = met_lock.then(|| self.locked_since.unwrap_or(began));
    }

    /// Whether the last attempt met a lock.
    pub(crate) fn is_locked(self) -> bool {
        self.locked_since.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_waits_for_a_lock_and_those_behind_it_do_not_wait_again() {
        let start = Instant::now();
        let later = |seconds| start.checked_add(Duration::from_secs(seconds)).unwrap();
        let mut patience = Patience::default();
        assert_eq!(patience.left(start, Wait::Asked), LOCKED);
        assert_eq!(patience.left(start, Wait::Idle), BRIEF);
        patience.note(start, true);
        assert_eq!(patience.left(later(1), Wait::Asked), LOCKED.saturating_sub(Duration::from_secs(1)));
        assert_eq!(patience.left(later(60), Wait::Asked), BRIEF);
        patience.note(later(60), true);
        assert_eq!(patience.left(later(61), Wait::Asked), BRIEF, "it is the same lock");
        patience.note(later(62), false);
        assert_eq!(patience.left(later(62), Wait::Asked), LOCKED);
    }
}
