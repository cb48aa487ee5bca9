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
    /// `stored`: the intent was read from the database, and is there still.
    Finished {
        key: Key,
        tbs: Vec<u8>,
        stored: bool,
    },
}

/// Intents that were open when the entries they began with were handed over to be folded: they get rows of their own.
pub(super) type OpenIntents = HashMap<Key, Arc<CertificateRow>>;

/// The oldest entries of the tail, on their way into the database.
#[derive(Debug)]
pub(super) struct Portion {
    pub(super) entries: Vec<Arc<Pending>>,
    pub(super) open: Arc<OpenIntents>,
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
    pending: VecDeque<Arc<Pending>>,
    open: OpenIntents,
    /// Those of the portion that is being folded.
    folding: Arc<OpenIntents>,
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
        let Pending { change, audit, .. } = self.pending.back()?.as_ref();
        let entry = match change {
            Change::Begun(key) => Entry::Begun(self.open.get(key)?, &audit.event),
            Change::Finished { row, .. } => Entry::Finished(row, &audit.event),
        };
        Some((audit.sequence, entry))
    }

    /// The oldest entries, to be folded; all of them must be durable. [`Self::folded`] or [`Self::not_folded`] tells what
    /// came of it; until then entries may be added, and no other portion taken.
    pub(super) fn portion(&mut self, count: usize) -> Portion {
        let entries: Vec<Arc<Pending>> = self.pending.iter().take(count).cloned().collect();
        let begun = entries.iter().filter_map(|pending| match &pending.change {
            Change::Begun(key) => Some((key.clone(), Arc::clone(self.open.get(key)?))),
            Change::Finished { .. } => None,
        });
        self.folding = Arc::new(begun.collect());
        Portion { entries, open: Arc::clone(&self.folding) }
    }

    /// Whether the serial number is in use.
    pub(super) fn holds(&self, key: &Key) -> bool {
        self.open.contains_key(key) || self.done.contains_key(key)
    }

    /// A certificate that is not known to be in the database yet.
    pub(super) fn certificate(&self, key: &Key) -> Option<&CertificateRow> {
        self.done.get(key).map(Arc::as_ref)
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
        self.pending.push_back(Arc::new(Pending { change, audit, signing_at }));
    }

    /// Add an intent.
    pub(super) fn begin(&mut self, row: CertificateRow, event: String) {
        let key = row.key();
        let at = row.requested_at;
        if let Some(dedup_key) = &row.dedup_key {
            self.dedup.insert((row.issuer, dedup_key.clone()), row.serial.clone());
        }
        self.open.insert(key.clone(), Arc::new(row));
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
        let from_database = stored.is_some();
        // An intent that is being folded has a row in the database by the time its certificate comes there.
        let stored_intent = from_database || self.folding.contains_key(key);
        let Some(row) = self.open.remove(key).or_else(|| stored.map(Arc::new)) else { return false };
        let mut row = Arc::unwrap_or_clone(row);
        let tbs = std::mem::replace(&mut row.body, certificate);
        if let Some(dedup_key) = &row.dedup_key {
            self.dedup.insert((row.issuer, dedup_key.clone()), row.serial.clone());
        }
        let row = Arc::new(row);
        self.done.insert(key.clone(), Arc::clone(&row));
        self.undo.push(Undo::Finished { key: key.clone(), tbs, stored: from_database });
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
                Undo::Finished { key, tbs, stored } => self.reopen(&key, tbs, stored),
            }
        }
        self.head = self.undo_head;
    }

    fn reopen(&mut self, key: &Key, tbs: Vec<u8>, stored: bool) {
        let Some(row) = self.done.remove(key) else { return };
        if stored {
            self.forget_claim(&row);
        } else {
            let mut row = Arc::unwrap_or_clone(row);
            row.body = tbs;
            self.open.insert(key.clone(), Arc::new(row));
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
        self.not_folded();
        for _ in 0..count {
            let Some(pending) = self.pending.pop_front() else { return };
            match &pending.change {
                Change::Begun(key) => self.forget_open(key),
                Change::Finished { row, .. } => {
                    self.done.remove(&row.key());
                    self.forget_claim(row);
                }
            }
        }
    }

    /// The portion is not in the database, and not on its way any more.
    pub(super) fn not_folded(&mut self) {
        self.folding = Arc::default();
    }

    /// A direct operation moved the end of the chain. Nothing may be pending.
    pub(super) fn moved(&mut self, head: ChainHead) {
        self.head = head;
        self.undo_head = head;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::material::intent;

    fn row(number: u64) -> CertificateRow {
        let mut wanted = intent(number);
        wanted.dedup_key = Some(format!("order {number}"));
        CertificateRow { issuer: 1, ..CertificateRow::from_intent(wanted).unwrap().1 }
    }

    /// One intent, durable and handed over to be folded.
    fn handed_over() -> (Tail, Key, Portion) {
        let mut tail = Tail::default();
        tail.begin(row(1), "{}".to_owned());
        tail.keep();
        let portion = tail.portion(10);
        (tail, row(1).key(), portion)
    }

    #[test]
    fn an_intent_that_is_being_folded_is_finished_over_its_row() {
        let (mut tail, key, portion) = handed_over();
        assert!(portion.open.contains_key(&key), "it gets a row");
        assert!(tail.finish(&key, None, vec![1], "{}".to_owned()));
        tail.keep();
        tail.folded(portion.entries.len());
        assert!(tail.holds(&key) && matches!(tail.claim(1, "order 1"), Some(Claim::Done(_))));
        let portion = tail.portion(10);
        let [finished] = portion.entries.as_slice() else { panic!("{portion:?}") };
        let stored = matches!(&finished.change, Change::Finished { stored_intent: true, .. });
        assert!(stored, "the row of the intent goes");
        tail.folded(1);
        assert!(tail.is_empty() && !tail.holds(&key) && tail.claim(1, "order 1").is_none());
    }

    #[test]
    fn a_certificate_that_could_not_be_written_leaves_the_intent_as_it_was() {
        let (mut tail, key, portion) = handed_over();
        let before = tail.head;
        assert!(tail.finish(&key, None, vec![1], "{}".to_owned()));
        tail.revert();
        assert_eq!(tail.head, before);
        assert!(matches!(tail.claim(1, "order 1"), Some(Claim::Open(_))));
        // Once it is in the database, the tail knows it no more: who finishes it brings the row.
        tail.folded(portion.entries.len());
        assert!(!tail.holds(&key) && tail.claim(1, "order 1").is_none());
        assert!(!tail.finish(&key, None, vec![1], "{}".to_owned()));
        assert!(tail.finish(&key, Some(row(1)), vec![1], "{}".to_owned()));
    }

    #[test]
    fn a_portion_that_was_not_folded_comes_again() {
        let (mut tail, key, _) = handed_over();
        tail.not_folded();
        assert!(tail.finish(&key, None, vec![1], "{}".to_owned()));
        tail.keep();
        let portion = tail.portion(10);
        assert_eq!((portion.entries.len(), portion.open.len()), (2, 0), "the intent needs no row now");
    }
}
