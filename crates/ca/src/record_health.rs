//! Whether anything can be put on record: what the last attempts found. A store that is read without trouble may be one that
//! takes nothing any more, because its disk is full.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use hf_core::time::Timestamp;
use hf_store::StoreError;

use crate::error::IssueError;

/// The last failure, until something is recorded again or could be.
#[derive(Debug, Default)]
pub(crate) struct RecordHealth {
    failed: AtomicBool,
    last: Mutex<Option<Fault>>,
}

/// Why nothing could be recorded, and when it was last found out whether that is still so.
#[derive(Debug)]
struct Fault {
    why: &'static str,
    probed: Option<Timestamp>,
}

impl RecordHealth {
    /// Remember what came of an issuance.
    pub(crate) fn note<T>(&self, outcome: &Result<T, IssueError>) {
        match outcome {
            Err(IssueError::Store { source, .. }) => self.keep(source),
            Ok(_) => self.forget(),
            Err(_) => {}
        }
    }

    /// Whether to find out at `now` if something can be recorded: after a failure, once a second. A balancer that sends
    /// requests elsewhere must not wait for one of them.
    pub(crate) fn probe_is_due(&self, now: Timestamp) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(fault) = last.as_mut() else { return false };
        let due = fault.probed.is_none_or(|at| at != now);
        fault.probed = Some(now);
        due
    }

    /// Remember why a change did not come to stable storage.
    pub(crate) fn note_trouble(&self, error: &StoreError) {
        self.keep(error);
    }

    /// Remember what was found out.
    pub(crate) fn note_probe(&self, outcome: &Result<(), StoreError>) {
        match outcome {
            Ok(()) => self.forget(),
            Err(error) => self.keep(error),
        }
    }

    /// Why nothing can be recorded, as far as is known.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().map(|fault| fault.why)
    }

    fn keep(&self, error: &StoreError) {
        let why = error.in_short();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let probed = last.as_ref().and_then(|fault| fault.probed);
        *last = Some(Fault { why, probed });
        self.failed.store(true, Ordering::Release);
    }

    fn forget(&self) {
        // Most of the time there is nothing to forget.
        if self.failed.load(Ordering::Acquire) {
            self.failed.store(false, Ordering::Release);
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed() -> Result<(), IssueError> {
        Err(IssueError::Store { step: "record", source: StoreError::NoAnswer })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn a_failure_counts_until_something_is_recorded() {
        let health = RecordHealth::default();
        assert_eq!(health.fault(), None);
        health.note(&failed());
        assert!(health.fault().is_some());
        let serial = hf_core::serial::Serial::from_unsigned(&[1]).unwrap();
        health.note(&Err::<(), _>(IssueError::InProgress { serial }));
        assert!(health.fault().is_some(), "other errors say nothing of the store");
        health.note(&Ok(()));
        assert_eq!(health.fault(), None);
    }

    #[test]
    fn a_failure_counts_until_it_is_found_out_that_something_can_be_recorded() {
        let health = RecordHealth::default();
        assert!(!health.probe_is_due(at(99)), "nothing failed");
        health.note(&failed());
        assert!(health.probe_is_due(at(100)));
        assert!(!health.probe_is_due(at(100)), "once a second");
        health.note_probe(&Err(StoreError::Closed));
        assert_eq!(health.fault(), Some(StoreError::Closed.in_short()));
        health.note(&failed());
        assert!(!health.probe_is_due(at(100)));
        assert!(health.probe_is_due(at(101)));
        health.note_probe(&Ok(()));
        assert_eq!(health.fault(), None);
    }
}
