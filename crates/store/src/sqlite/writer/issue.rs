//! Intents and certificates: checked, put into the journal together, answered together.

use std::collections::VecDeque;

use hf_core::serial::Serial;
use tokio::time::Instant;

use super::Writer;
use crate::StoreError;
use crate::audit::hex;
use crate::patience::Wait;
use crate::record::{Begun, StoredCertificate};
use crate::sqlite::ledger;
use crate::sqlite::lookup::{self, Table};
use crate::sqlite::request::{Begin, Finish, Reply, Request};
use crate::sqlite::row::{CertificateRow, Key};
use crate::sqlite::tail::Claim;

/// A batch of the journal is closed when it has this many octets.
const MAX_BATCH: usize = 4 * 1024 * 1024;

/// An answer that waits for its batch.
enum Answer {
    Begun(Reply<Begun>, Result<Begun, StoreError>),
    Finished(Reply<()>, Result<(), StoreError>),
}

impl Answer {
    /// Send it; when the batch failed, every answer that rests on it is its error.
    fn send(self, failed: Option<&StoreError>) {
        match self {
            Self::Begun(reply, answer) => drop(reply.send(settle(answer, failed))),
            Self::Finished(reply, answer) => drop(reply.send(settle(answer, failed))),
        }
    }
}

fn settle<T>(answer: Result<T, StoreError>, failed: Option<&StoreError>) -> Result<T, StoreError> {
    match failed {
        Some(error) if answer.is_ok() => Err(error.clone()),
        _ => answer,
    }
}

impl Writer {
    /// One batch of the requests at the front.
    pub(super) fn issue(&mut self, taken: &mut VecDeque<Request>) {
        let room = self.make_room().and_then(|()| self.intern_all(taken));
        let finishes = match &room {
            // What is begun may be finished: the journal grows by no more than that.
            Ok(()) | Err(StoreError::Locked { .. }) => self.lookups.begin(),
            Err(error) => Err(error.clone()),
        };
        let begins = room.and_then(|()| finishes.clone());
        let mut answers = Vec::with_capacity(taken.len());
        while self.journal.waiting() < MAX_BATCH {
            match taken.pop_front() {
                Some(Request::Begin(request)) => {
                    let Begin { authority, row, event, reply } = *request;
                    let answer = begins.clone().and_then(|()| self.begin(&authority, row, event));
                    answers.push(Answer::Begun(reply, answer));
                }
                Some(Request::Finish(Finish { authority, serial, certificate, event, reply })) => {
                    let answer =
                        finishes.clone().and_then(|()| self.finish(authority, serial, certificate, event));
                    answers.push(Answer::Finished(reply, answer));
                }
                Some(other) => {
                    taken.push_front(other);
                    break;
                }
                None => break,
            }
        }
        self.lookups.end();
        let failed = self.write_batch().err();
        for answer in answers {
            answer.send(failed.as_ref());
        }
    }

    /// Give authorities that issue for the first time their numbers, each in a transaction of its own.
    fn intern_all(&mut self, taken: &VecDeque<Request>) -> Result<(), StoreError> {
        for request in taken {
            if let Request::Begin(begin) = request
                && !self.issuers.contains_key(&begin.authority)
            {
                let outcome = self.intern(&begin.authority);
                self.remember_failure(&outcome);
                self.issuers.insert(begin.authority.clone(), outcome?);
            }
        }
        Ok(())
    }

    fn intern(&mut self, authority: &str) -> Result<i64, StoreError> {
        if let Some(id) = self.known_issuer(authority)? {
            return Ok(id);
        }
        self.database()?.transaction(Wait::Asked, |ledger| ledger.intern(authority))
    }

    /// When the journal is full, fold everything and begin it again.
    pub(super) fn make_room(&mut self) -> Result<(), StoreError> {
        if self.journal.is_full() {
            self.fold_all(Wait::Asked)?;
            self.journal.restart();
        }
        Ok(())
    }

    /// Make the collected entries durable, or none of them.
    fn write_batch(&mut self) -> Result<(), StoreError> {
        if self.journal.waiting() == 0 {
            return Ok(());
        }
        let began = Instant::now();
        let outcome = self.journal.write(&self.tail.head.hash);
        if outcome.is_ok() {
            let records = self.tail.head.count.saturating_sub(self.progress.durable());
            self.progress.note_commit(records, began.elapsed());
            if let Some(at) = self.tail.keep() {
                self.progress.note_signing(at);
            }
            self.progress.set_durable(self.tail.head.count);
            return outcome;
        }
        self.tail.revert();
        if matches!(outcome, Err(StoreError::Failed { .. })) {
            // The last thing that is written: what was acknowledged before can then be read.
            let _ = self.fold_all(Wait::Asked);
        }
        self.remember_failure(&outcome);
        outcome
    }

    fn begin(
        &mut self,
        authority: &str,
        mut row: CertificateRow,
        event: String,
    ) -> Result<Begun, StoreError> {
        row.issuer = self.issuers.get(authority).copied().unwrap_or_default();
        if let Some(existing) = self.claimed(authority, &row)? {
            return Ok(existing);
        }
        let key = row.key();
        if self.tail.holds(&key) || self.serial_stored(&key)? {
            return Err(StoreError::SerialTaken { authority: authority.to_owned(), serial: row.serial });
        }
        if self.known.blocked > 0 && lookup::is_blocked(&self.lookups.db, &self.lookups.faults, &row.spki)? {
            return Err(StoreError::KeyBlocked { spki_sha256: hex(&row.spki) });
        }
        self.tail.begin(row, event);
        self.journal_latest();
        Ok(Begun::Recorded)
    }

    fn serial_stored(&self, key: &Key) -> Result<bool, StoreError> {
        let used = |table| lookup::serial_used(&self.lookups.db, &self.lookups.faults, table, key);
        Ok(used(Table::Certificate)? || (self.may_hold_intents() && used(Table::Intent)?))
    }

    /// Intents get rows when they are folded, so while the database is away there may be some.
    fn may_hold_intents(&self) -> bool {
        self.known.intents > 0 || self.database.is_none()
    }

    /// The certificate, if it is not in the database yet. It is not revoked then: to be so it would have been folded.
    pub(super) fn find(
        &mut self,
        authority: &str,
        serial: Serial,
    ) -> Result<Option<StoredCertificate>, StoreError> {
        let Some(issuer) = self.known_issuer(authority)? else { return Ok(None) };
        let Some(row) = self.tail.certificate(&(issuer, serial)) else { return Ok(None) };
        self.stored(authority, row).map(Some)
    }

    /// A row of the tail as callers see it.
    fn stored(&self, authority: &str, row: &CertificateRow) -> Result<StoredCertificate, StoreError> {
        let damaged = || self.lookups.faults.damaged("a record in memory cannot be read back");
        row.clone().into_stored(authority, false, None).ok_or_else(damaged)
    }

    /// What the deduplication key already led to.
    fn claimed(&self, authority: &str, row: &CertificateRow) -> Result<Option<Begun>, StoreError> {
        let Some(dedup_key) = &row.dedup_key else { return Ok(None) };
        let faults = &self.lookups.faults;
        match self.tail.claim(row.issuer, dedup_key) {
            Some(Claim::Open(serial)) => return Ok(Some(Begun::InProgress { serial })),
            Some(Claim::Done(row)) => {
                let stored = self.stored(authority, &row)?;
                return Ok(Some(Begun::Existing(Box::new(stored))));
            }
            None => {}
        }
        if self.may_hold_intents()
            && let Some(serial) = lookup::open_claim(&self.lookups.db, faults, row.issuer, dedup_key)?
        {
            return Ok(Some(Begun::InProgress { serial }));
        }
        let stored = lookup::by_dedup_key(&self.lookups.db, faults, row.issuer, dedup_key)?;
        Ok(stored.map(|stored| Begun::Existing(Box::new(stored))))
    }

    fn finish(
        &mut self,
        authority: String,
        serial: Serial,
        certificate: Vec<u8>,
        event: String,
    ) -> Result<(), StoreError> {
        let Some(issuer) = self.known_issuer(&authority)? else {
            return Err(StoreError::UnknownIntent { authority, serial });
        };
        let key: Key = (issuer, serial);
        let stored = if self.tail.holds(&key) {
            None
        } else {
            ledger::intent(&self.lookups.db, &self.lookups.faults, &key)?
        };
        if !self.tail.finish(&key, stored, certificate, event) {
            return Err(StoreError::UnknownIntent { authority, serial: key.1 });
        }
        self.journal_latest();
        Ok(())
    }

    fn journal_latest(&mut self) {
        if let Some((sequence, entry)) = self.tail.latest() {
            self.journal.add(sequence, &entry);
        }
    }

    fn known_issuer(&mut self, authority: &str) -> Result<Option<i64>, StoreError> {
        if let Some(id) = self.issuers.get(authority) {
            return Ok(Some(*id));
        }
        ledger::issuer(&self.lookups.db, &self.lookups.faults, authority)
    }
}
