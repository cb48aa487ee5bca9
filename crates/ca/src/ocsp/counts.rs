//! What a responder did.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the start of the process, and what is kept now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OcspCounts {
    /// Answers out of memory.
    pub hits: u64,
    /// Answers that were signed because there was none in memory, or for a nonce.
    pub signed: u64,
    /// Answers out of memory though a newer one was wanted: it could not be made.
    pub fallbacks: u64,
    /// Answers signed before somebody asked.
    pub ahead: u64,
    /// Statuses that gave way to others because memory was full.
    pub evicted: u64,
    /// Statuses in memory.
    pub entries: usize,
    /// Octets that they take.
    pub octets: usize,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) hits: AtomicU64,
    pub(super) signed: AtomicU64,
    pub(super) fallbacks: AtomicU64,
    pub(super) ahead: AtomicU64,
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

pub(super) fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
