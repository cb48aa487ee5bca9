//! What the journal holds and the database does not yet: the tail of the record, in memory.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use hf_core::serial::Serial;

use super::journal::Entry;
use super::row::{CertificateRow, Key};
use crate::audit::{AuditRow, ChainHead};

/// A change that waits to be folded, and its row of the audit chain.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) change: Change,
    pub(super) audit: AuditRow,
    /// When a signature is about to be asked for, seconds since 1970; for intents only.
    pub(super) signing_at: Option<i64>,
}

/// What is to be done in the database.
#[derive(Debug)]
pub(super) enum Change {
    /// An intent. It needs no row of its own when it was finished before it is folded.
    Begun(Key),
    /// A certificate.
    Finished {
        row: Arc<CertificateRow>,
        /// Its intent may have a row in the database, which goes.
        stored_intent: bool,
    },
}

/// How to undo a change whose batch could not be written.
#[derive(Debug)]
enum Undo {
    Begun(Key),
    Finished { key: Key, tbs: Vec<u8>, stored_intent: bool },
}

/// Whose a deduplication key is, as far as the tail knows.
#[derive(Debug)]
pub(super) enum Claim {
    Open(Serial),
    Done(Arc<CertificateRow>),
}

/// The tail.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// End of the chain, entries of the batch being collected included.
    pub(super) head: ChainHead,
    pending: VecDeque<Pending>,
    open: HashMap<Key, CertificateRow>,
    done: HashMap<Key, Arc<CertificateRow>>,
    dedup: HashMap<(i64, String), Serial>,
    undo: Vec<Undo>,
    undo_head: ChainHead,
}

impl Tail {
    pub(super) fn new(head: ChainHead) -> Self {
        Self { head, undo_head: head, ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.pending.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// The entry added last: the octets' way into the journal.
    pub(super) fn latest(&self) -> Option<(u64, Entry<'_>)> {
        let Pending { change, audit, .. } = self.pending.back()?;
        let entry = match change {
            Change::Begun(key) => Entry::Begun(self.open.get(key)?, &audit.event),
            Change::Finished { row, .. } => Entry::Finished(row, &audit.event),
        };
        Some((audit.sequence, entry))
    }

    /// The oldest entries.
    pub(super) fn oldest(&self, count: usize) -> impl Iterator<Item = &Pending> {
        self.pending.iter().take(count)
    }

    /// The intent, when it is open and has no row in the database.
    pub(super) fn open_intent(&self, key: &Key) -> Option<&CertificateRow> {
        self.open.get(key)
    }

    /// Whether the serial number is in use.
    pub(super) fn holds(&self, key: &Key) -> bool {
        self.open.contains_key(key) || self.done.contains_key(key)
    }

    /// Whose this deduplication key is.
    pub(super) fn claim(&self, issuer: i64, dedup_key: &str) -> Option<Claim> {
        let serial = self.dedup.get(&(issuer, dedup_key.to_owned()))?;
        let key = (issuer, serial.clone());
        Some(
            self.done
                .get(&key)
                .map_or_else(|| Claim::Open(serial.clone()), |row| Claim::Done(Arc::clone(row))),
        )
    }

    fn append(&mut self, change: Change, event: String, signing_at: Option<i64>) {
        let (audit, head) = self.head.append(event);
        self.head = head;
        self.pending.push_back(Pending { change, audit, signing_at });
    }

    /// Add an intent.
    pub(super) fn begin(&mut self, row: CertificateRow, event: String) {
        let key = row.key();
        let at = row.requested_at;
        if let Some(dedup_key) = &row.dedup_key {
            self.dedup.insert((row.issuer, dedup_key.clone()), row.serial.clone());
        }
        self.open.insert(key.clone(), row);
        self.undo.push(Undo::Begun(key.clone()));
        self.append(Change::Begun(key), event, Some(at));
    }

    /// Put a certificate in the place of its open intent, which is in the tail or, `stored`, was read from the database.
    /// `false` when it is in neither.
    pub(super) fn finish(
        &mut self,
        key: &Key,
        stored: Option<CertificateRow>,
        certificate: Vec<u8>,
        event: String,
    ) -> bool {
        let stored_intent = stored.is_some();
        let Some(mut row) = self.open.remove(key).or(stored) else { return false };
        let tbs = std::mem::replace(&mut row.body, certificate);
        if let Some(dedup_key) = &row.dedup_key {
            self.dedup.insert((row.issuer, dedup_key.clone()), row.serial.clone());
        }
        let row = Arc::new(row);
        self.done.insert(key.clone(), Arc::clone(&row));
        self.undo.push(Undo::Finished { key: key.clone(), tbs, stored_intent });
        self.append(Change::Finished { row, stored_intent }, event, None);
        true
    }

    /// What was added is durable. Returns the latest time at which one of its intents was asked for.
    pub(super) fn keep(&mut self) -> Option<i64> {
        let added = self.undo.len();
        self.undo.clear();
        self.undo_head = self.head;
        self.pending.iter().rev().take(added).filter_map(|pending| pending.signing_at).max()
    }

    /// What was added since the last [`Self::keep`] is not durable: as if it had never been added.
    pub(super) fn revert(&mut self) {
        while let Some(undo) = self.undo.pop() {
            self.pending.pop_back();
            match undo {
                Undo::Begun(key) => self.forget_open(&key),
                Undo::Finished { key, tbs, stored_intent } => self.reopen(&key, tbs, stored_intent),
            }
        }
        self.head = self.undo_head;
    }

    fn reopen(&mut self, key: &Key, tbs: Vec<u8>, stored_intent: bool) {
        let Some(row) = self.done.remove(key) else { return };
        if stored_intent {
            self.forget_claim(&row);
        } else {
            let mut row = Arc::unwrap_or_clone(row);
            row.body = tbs;
            self.open.insert(key.clone(), row);
        }
    }

    fn forget_claim(&mut self, row: &CertificateRow) {
        if let Some(dedup_key) = &row.dedup_key {
            self.dedup.remove(&(row.issuer, dedup_key.clone()));
        }
    }

    /// The intent is in the database, or undone.
    fn forget_open(&mut self, key: &Key) {
        if let Some(row) = self.open.remove(key) {
            self.forget_claim(&row);
        }
    }

    /// The oldest `count` entries are in the database.
    pub(super) fn folded(&mut self, count: usize) {
        for _ in 0..count {
            match self.pending.pop_front() {
                Some(Pending { change: Change::Begun(key), .. }) => self.forget_open(&key),
                Some(Pending { change: Change::Finished { row, .. }, .. }) => {
                    self.done.remove(&row.key());
                    self.forget_claim(&row);
                }
                None => return,
            }
        }
    }

    /// A direct operation moved the end of the chain. Nothing may be pending.
    pub(super) fn moved(&mut self, head: ChainHead) {
        self.head = head;
        self.undo_head = head;
    }
}
