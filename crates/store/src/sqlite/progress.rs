//! How far the writer has come, for readers: shared numbers.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use hf_core::time::Timestamp;

use super::ledger::State;

/// Stands for "never".
const NEVER: i64 = i64::MIN;

/// Numbers that the writer sets before it answers.
#[derive(Debug)]
pub(super) struct Progress {
    durable: AtomicU64,
    folded: AtomicU64,
    last_signing: AtomicI64,
    blocked: AtomicU64,
}

impl Progress {
    pub(super) fn new(state: &State) -> Self {
        Self {
            durable: AtomicU64::new(state.head.count),
            folded: AtomicU64::new(state.head.count),
            last_signing: AtomicI64::new(state.last_signing.unwrap_or(NEVER)),
            blocked: AtomicU64::new(state.blocked),
        }
    }

    /// Events up to this one are durable, in the journal or in the database.
    pub(super) fn set_durable(&self, count: u64) {
        self.durable.store(count, Ordering::Release);
    }

    /// Something was about to be signed at this time.
    pub(super) fn note_signing(&self, at: i64) {
        self.last_signing.fetch_max(at, Ordering::AcqRel);
    }

    /// The database holds all of this.
    pub(super) fn set_folded(&self, state: &State) {
        self.folded.store(state.head.count, Ordering::Release);
        self.blocked.store(state.blocked, Ordering::Release);
        self.note_signing(state.last_signing.unwrap_or(NEVER));
    }

    /// Whether the database holds all that was acknowledged.
    pub(super) fn is_folded(&self) -> bool {
        self.folded.load(Ordering::Acquire) >= self.durable.load(Ordering::Acquire)
    }

    pub(super) fn last_signing(&self) -> Option<Timestamp> {
        let at = self.last_signing.load(Ordering::Acquire);
        (at != NEVER).then(|| Timestamp::from_unix_seconds(at))
    }

    pub(super) fn has_blocked_keys(&self) -> bool {
        self.blocked.load(Ordering::Acquire) > 0
    }
}
