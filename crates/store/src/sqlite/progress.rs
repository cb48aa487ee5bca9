//! How far the writer has come, for readers: shared numbers.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use hf_core::time::Timestamp;
use tokio::sync::watch;

use super::ledger::State;
use crate::contract::CommitCounts;

/// Stands for "never".
const NEVER: i64 = i64::MIN;

/// Numbers that the writer sets before it answers.
#[derive(Debug)]
pub(super) struct Progress {
    durable: AtomicU64,
    folded: AtomicU64,
    last_signing: AtomicI64,
    blocked: AtomicU64,
    credential_changes: AtomicU64,
    account_changes: AtomicU64,
    commits: AtomicU64,
    records: AtomicU64,
    commit_micros: AtomicU64,
    status: watch::Sender<u64>,
}

impl Progress {
    pub(super) fn new(state: &State) -> Self {
        Self {
            durable: AtomicU64::new(state.head.count),
            folded: AtomicU64::new(state.head.count),
            last_signing: AtomicI64::new(state.last_signing.unwrap_or(NEVER)),
            blocked: AtomicU64::new(state.blocked),
            credential_changes: AtomicU64::new(state.credential_changes),
            account_changes: AtomicU64::new(state.account_changes),
            commits: AtomicU64::new(0),
            records: AtomicU64::new(0),
            commit_micros: AtomicU64::new(0),
            status: watch::Sender::new(state.status),
        }
    }

    /// Events up to this one are durable, in the journal or in the database.
    pub(super) fn set_durable(&self, count: u64) {
        self.durable.store(count, Ordering::Release);
    }

    /// So many events went to stable storage together, and it took this long.
    pub(super) fn note_commit(&self, records: u64, took: Duration) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.records.fetch_add(records, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commit_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// All commits since the store was opened.
    pub(super) fn commits(&self) -> CommitCounts {
        CommitCounts {
            commits: self.commits.load(Ordering::Relaxed),
            records: self.records.load(Ordering::Relaxed),
            time: Duration::from_micros(self.commit_micros.load(Ordering::Relaxed)),
        }
    }

    /// Events that are durable.
    pub(super) fn durable(&self) -> u64 {
        self.durable.load(Ordering::Acquire)
    }

    /// Something was about to be signed at this time.
    pub(super) fn note_signing(&self, at: i64) {
        self.last_signing.fetch_max(at, Ordering::AcqRel);
    }

    /// The database holds all of this.
    pub(super) fn set_folded(&self, state: &State) {
        self.folded.store(state.head.count, Ordering::Release);
        self.blocked.store(state.blocked, Ordering::Release);
        self.credential_changes.store(state.credential_changes, Ordering::Release);
        self.account_changes.store(state.account_changes, Ordering::Release);
        self.note_signing(state.last_signing.unwrap_or(NEVER));
        self.status.send_if_modified(|known| {
            let changed = *known != state.status;
            *known = state.status;
            changed
        });
    }

    /// Tells of every revocation, CRL and shard.
    pub(super) fn status_changes(&self) -> watch::Receiver<u64> {
        self.status.subscribe()
    }

    /// Whether the database holds all that was acknowledged.
    pub(super) fn is_folded(&self) -> bool {
        self.folded.load(Ordering::Acquire) >= self.durable.load(Ordering::Acquire)
    }

    pub(super) fn last_signing(&self) -> Option<Timestamp> {
        let at = self.last_signing.load(Ordering::Acquire);
        (at != NEVER).then(|| Timestamp::from_unix_seconds(at))
    }

    /// How many changes of credentials are durable, since the store was opened.
    pub(super) fn credential_changes(&self) -> u64 {
        self.credential_changes.load(Ordering::Acquire)
    }

    /// How many changes of ACME accounts are durable, since then.
    pub(super) fn account_changes(&self) -> u64 {
        self.account_changes.load(Ordering::Acquire)
    }

    pub(super) fn has_blocked_keys(&self) -> bool {
        self.blocked.load(Ordering::Acquire) > 0
    }
}
