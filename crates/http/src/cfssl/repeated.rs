//! Remembers the requests of auth keys, so that a repetition is seen.
//!
//! The standard token of CFSSL covers the body alone, and a renewal from the same signing request is byte for byte the same
//! message. So a repetition is answered, but it is counted and logged as one: whoever recorded a message can have no more
//! than another certificate for the same key and names, judged by the policy of the day.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// How many requests are remembered: 4 MB at most, more than a day of a thousand renewing machines.
const CAPACITY: usize = 65_536;

/// Digests of the last requests. When it is full, the oldest is forgotten.
#[derive(Debug)]
pub(super) struct Repeated {
    capacity: usize,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    digests: HashSet<[u8; 32]>,
    order: VecDeque<[u8; 32]>,
}

impl Repeated {
    /// Nothing seen yet.
    pub(super) fn new() -> Self {
        Self { capacity: CAPACITY, seen: Mutex::default() }
    }

    /// Remember this one; whether it was there already.
    pub(super) fn note(&self, digest: [u8; 32]) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.digests.insert(digest) {
            return true;
        }
        seen.order.push_back(digest);
        if seen.order.len() > self.capacity
            && let Some(oldest) = seen.order.pop_front()
        {
            seen.digests.remove(&oldest);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_is_seen_and_memory_is_bounded() {
        let repeated = Repeated { capacity: 2, seen: Mutex::default() };
        let digests = [[1; 32], [1; 32], [2; 32], [3; 32], [2; 32], [1; 32]];
        assert_eq!(digests.map(|digest| repeated.note(digest)), [false, true, false, false, true, false]);
        assert_eq!(repeated.seen.lock().unwrap().order.len(), 2);
    }
}
