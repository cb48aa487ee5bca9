//! The one thread that writes.
//!
//! Requests that wait are taken together. Issuances among them become one batch of the journal: one write, one
//! `fdatasync`, then all are answered (*group commit*). Other operations share one transaction of the database, in
//! which each has a savepoint of its own, so that a bad one fails alone; everything in the journal is folded before
//! it, so that the audit chain in the database has no gaps. Folding happens otherwise when enough has gathered, or
//! when nothing is asked for a moment.

mod direct;
mod issue;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use super::journal::Journal;
use super::ledger::Database;
use super::progress::Progress;
use super::request::Request;
use super::tail::Tail;
use crate::StoreError;

/// Requests that are taken together at most.
const MAX_TAKEN: usize = 1024;
/// Entries that are folded in one transaction while requests keep coming: short, because they wait meanwhile.
const FOLD: usize = 512;
/// Entries that stay unfolded while requests keep coming: most intents among them are finished before their turn and
/// then need no row of their own.
const KEEP: usize = 768;
/// Nothing asked for so long: fold everything.
const IDLE: Duration = Duration::from_millis(20);
/// The write-ahead log is moved into the database after so many folded entries: some 16 MiB.
const CHECKPOINT: usize = 8192;

/// State of the writing thread.
pub(super) struct Writer {
    pub(super) database: Database,
    pub(super) journal: Journal,
    pub(super) tail: Tail,
    pub(super) progress: Arc<Progress>,
    issuers: HashMap<String, i64>,
    /// Set when stable storage failed: every request is refused with it.
    failed: Option<StoreError>,
    since_checkpoint: usize,
}

impl Writer {
    pub(super) fn new(database: Database, journal: Journal, tail: Tail, progress: Arc<Progress>) -> Self {
        let issuers = HashMap::new();
        Self { database, journal, tail, progress, issuers, failed: None, since_checkpoint: 0 }
    }

    /// Serve until every sender is gone; then leave nothing for the next start to catch up with.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        let mut taken = VecDeque::new();
        loop {
            match self.next(requests) {
                Ok(request) => taken.push_back(request),
                Err(RecvTimeoutError::Timeout) => {
                    // Whoever depends on it asks again and gets the error.
                    let _ = self.fold_all();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            taken.extend(requests.try_iter().take(MAX_TAKEN));
            self.serve(&mut taken);
            if self.tail.len() >= KEEP + FOLD && self.failed.is_none() {
                let _ = self.fold(FOLD);
            }
        }
        self.close();
    }

    fn next(&self, requests: &Receiver<Request>) -> Result<Request, RecvTimeoutError> {
        if self.tail.is_empty() || self.failed.is_some() {
            return requests.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        requests.recv_timeout(IDLE)
    }

    fn close(mut self) {
        if self.failed.is_none() && self.fold_all().is_ok() {
            let _ = self.journal.clear();
        }
    }

    /// Carry out what was taken, in order.
    fn serve(&mut self, taken: &mut VecDeque<Request>) {
        while let Some(request) = taken.pop_front() {
            if let Some(error) = &self.failed {
                request.refuse(error.clone());
                continue;
            }
            match request {
                Request::Begin(_) | Request::Finish(_) => {
                    taken.push_front(request);
                    self.issue(taken);
                }
                Request::Direct(_) => {
                    taken.push_front(request);
                    self.direct(taken);
                }
                Request::Flush(reply) => drop(reply.send(self.fold_all())),
            }
        }
    }

    /// Fold all that is durable.
    fn fold_all(&mut self) -> Result<(), StoreError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        while !self.tail.is_empty() {
            self.fold(self.tail.len().min(4 * FOLD))?;
        }
        Ok(())
    }

    fn fold(&mut self, count: usize) -> Result<(), StoreError> {
        let outcome = self.database.fold(&self.tail, count);
        self.remember_failure(&outcome);
        outcome?;
        self.tail.folded(count);
        self.progress.set_folded(&self.database.state);
        self.checkpoint_after(count);
        Ok(())
    }

    fn checkpoint_after(&mut self, count: usize) {
        self.since_checkpoint = self.since_checkpoint.saturating_add(count);
        if self.since_checkpoint >= CHECKPOINT {
            self.since_checkpoint = 0;
            let outcome = self.database.checkpoint();
            self.remember_failure(&outcome);
        }
    }

    fn remember_failure<T>(&mut self, outcome: &Result<T, StoreError>) {
        if let Err(error @ (StoreError::Failed { .. } | StoreError::Damaged { .. })) = outcome {
            self.failed = Some(error.clone());
        }
    }
}
