//! Whether what is to be signed can be put on record: what the last attempts found. A store that is read without trouble may
//! be one that takes nothing any more, because its disk is full.

use std::error::Error as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use hf_core::time::{Lifetime, Timestamp};

use crate::error::IssueError;

/// The last failure, until something is recorded again.
#[derive(Debug, Default)]
pub(crate) struct RecordHealth {
    failed: AtomicBool,
    last: Mutex<Option<(Timestamp, String)>>,
}

/// How long a failure counts when nobody tries again: a balancer that sent requests elsewhere must not wait for ever.
const COUNTS: Lifetime = Lifetime::from_seconds(30);

impl RecordHealth {
    /// Remember what came of an issuance at `now`.
    pub(crate) fn note<T>(&self, outcome: &Result<T, IssueError>, now: Timestamp) {
        match outcome {
            Err(IssueError::Store { source, .. }) => {
                let mut why = source.to_string();
                let mut cause = source.source();
                while let Some(below) = cause {
                    why = format!("{why}: {below}");
                    cause = below.source();
                }
                *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, why));
                self.failed.store(true, Ordering::Release);
            }
            // Most of the time there is nothing to forget.
            Ok(_) if self.failed.load(Ordering::Acquire) => {
                self.failed.store(false, Ordering::Release);
                *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
            }
            Ok(_) | Err(_) => {}
        }
    }

    /// Why nothing can be recorded, as far as the last attempt tells at `now`.
    pub(crate) fn fault(&self, now: Timestamp) -> Option<String> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref()
            .filter(|(at, _)| now.seconds_since(*at).abs() <= COUNTS.seconds())
            .map(|(_, why)| why.clone())
    }
}

#[cfg(test)]
mod tests {
    use hf_store::StoreError;

    use super::*;

    #[test]
    fn a_failure_counts_until_something_is_recorded_or_it_is_old() {
        let at = Timestamp::from_unix_seconds;
        let health = RecordHealth::default();
        let failed: Result<(), _> = Err(IssueError::Store { step: "record", source: StoreError::NoAnswer });
        assert_eq!(health.fault(at(0)), None);
        health.note(&failed, at(100));
        assert!(health.fault(at(101)).is_some());
        assert_eq!(health.fault(at(131)), None);
        health.note(
            &Err::<(), _>(IssueError::InProgress {
                serial: hf_core::serial::Serial::from_unsigned(&[1]).unwrap(),
            }),
            at(102),
        );
        assert!(health.fault(at(102)).is_some(), "other errors say nothing of the store");
        health.note(&Ok(()), at(103));
        assert_eq!(health.fault(at(103)), None);
    }
}
