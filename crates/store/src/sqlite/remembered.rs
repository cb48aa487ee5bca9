//! Records that were asked for lately, in memory: a door asks for a credential or an account with every request.
//!
//! What is kept is good as long as no record of its kind was changed since before it was read. The writer counts changes,
//! and publishes the count when a change is durable and before it is answered; so whoever knows that a credential was
//! revoked never gets it from here as it was before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Records as they were after so many changes.
#[derive(Debug)]
pub(super) struct Remembered<R> {
    known: Mutex<Known<R>>,
    /// How many are kept at most: those that come when it is full take the place of all.
    capacity: usize,
}

#[derive(Debug)]
struct Known<R> {
    changes: u64,
    by_id: HashMap<String, Arc<R>>,
}

impl<R: Clone> Remembered<R> {
    /// Nothing yet.
    pub(super) fn new(capacity: usize) -> Self {
        Self { known: Mutex::new(Known { changes: 0, by_id: HashMap::new() }), capacity }
    }

    /// The record, if it was read after the latest of so many changes.
    pub(super) fn get(&self, id: &str, changes: u64) -> Option<R> {
        let found = {
            let known = self.lock();
            Arc::clone(known.by_id.get(id).filter(|_| known.changes == changes)?)
        };
        Some(R::clone(&found))
    }

    /// Keep a record that was read when there had been at least so many changes, unless there are more by now.
    pub(super) fn keep(&self, id: &str, record: &R, changes: u64) {
        let mut known = self.lock();
        if known.changes < changes || known.by_id.len() >= self.capacity {
            *known = Known { changes: known.changes.max(changes), by_id: HashMap::new() };
        }
        if known.changes == changes {
            known.by_id.insert(id.to_owned(), Arc::new(record.clone()));
        }
    }

    /// Each change is complete before the lock is let go, whatever a panicking thread was doing.
    fn lock(&self) -> MutexGuard<'_, Known<R>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_a_change_is_not_known_after_it() {
        let known = Remembered::new(10);
        known.keep("a", &1, 3);
        assert_eq!(known.get("a", 3), Some(1));
        assert_eq!(known.get("a", 4), None, "a change came");
        assert_eq!(known.get("b", 3), None);
        known.keep("a", &2, 4);
        // A slow reader that began before the change.
        known.keep("b", &1, 3);
        assert_eq!(known.get("b", 4), None);
        assert_eq!(known.get("b", 3), None);
        assert_eq!(known.get("a", 4), Some(2));
    }

    #[test]
    fn no_more_are_kept_than_there_is_room_for() {
        let known = Remembered::new(2);
        for id in ["a", "b", "c"] {
            known.keep(id, &(), 0);
        }
        let kept = ["a", "b", "c"].map(|id| known.get(id, 0).is_some());
        assert_eq!(kept, [false, false, true]);
    }

    #[test]
    fn a_slow_reader_does_not_bring_back_what_was_when_it_is_full() {
        let known = Remembered::new(1);
        known.keep("a", &2, 4);
        known.keep("a", &1, 3);
        assert_eq!((known.get("a", 4), known.get("a", 3)), (None, None));
    }
}
