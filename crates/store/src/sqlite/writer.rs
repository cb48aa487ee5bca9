//! The one thread that writes.
//!
//! Requests that wait are taken together. Issuances among them become one batch of the journal: one write, one
//! `fdatasync`, then all are answered (*group commit*). Other operations share one transaction of the database, in
//! which each has a savepoint of its own, so that a bad one fails alone; everything in the journal is folded before
//! it, so that the audit chain in the database has no gaps. Folding happens otherwise when enough has gathered, on
//! a thread beside this one, or when nothing is asked for a moment.

mod direct;
mod folder;
mod issue;
mod lookups;
mod probe;

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use self::folder::{Folded, Folder};
use self::lookups::Lookups;
use super::journal::Journal;
use super::ledger::{Database, State};
use super::progress::Progress;
use super::request::{Find, Request};
use super::tail::Tail;
use super::trouble::Trouble;
use crate::StoreError;
use crate::patience::Wait;

/// Requests that are taken together at most.
const MAX_TAKEN: usize = 1024;
/// How much is folded beside the writer while requests keep coming.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portions {
    /// Entries that are folded in one transaction: so many that each page of an index that is touched takes several, so
    /// few that what needs the database waits for milliseconds.
    pub(super) size: usize,
    /// Entries that stay unfolded: most intents among them are finished before their turn and then need no row of their
    /// own.
    pub(super) keep: usize,
}

impl Default for Portions {
    fn default() -> Self {
        Self { size: 2048, keep: 768 }
    }
}

/// Name of the file that is written to find out whether there is room, and removed.
const SCRATCH: &str = "probe";

/// Nothing asked for so long: fold everything.
const IDLE: Duration = Duration::from_millis(20);

/// The same while another program holds the database locked.
const LOCKED_LOOK: Duration = Duration::from_millis(250);

/// State of the writing thread.
pub(super) struct Writer {
    /// Here, or away to be folded into.
    database: Option<Box<Database>>,
    folder: Folder,
    lookups: Lookups,
    /// The state of the database when it was here last.
    known: State,
    journal: Journal,
    tail: Tail,
    progress: Arc<Progress>,
    issuers: HashMap<String, i64>,
    /// Set when stable storage failed: every request is refused with it.
    failed: Option<StoreError>,
    portions: Portions,
    trouble: Trouble,
    scratch: PathBuf,
}

impl Writer {
    /// Over this database and its journal.
    pub(super) fn new(
        database: Database,
        journal: Journal,
        tail: Tail,
        progress: Arc<Progress>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            scratch: database.faults.file().with_file_name(SCRATCH),
            folder: Folder::start(database.faults.file())?,
            lookups: Lookups::open(database.faults.file())?,
            known: database.state,
            database: Some(Box::new(database)),
            journal,
            tail,
            progress,
            issuers: HashMap::new(),
            failed: None,
            portions: Portions::default(),
            trouble: Trouble::default(),
        })
    }

    /// Fold in portions of another size.
    pub(super) fn with_portions(self, portions: Portions) -> Self {
        Self { portions, ..self }
    }

    /// Where is kept why the database could not be written to.
    pub(super) fn trouble(&self) -> Trouble {
        self.trouble.clone()
    }

    /// Serve until every sender is gone; then leave nothing for the next start to catch up with.
    pub(super) fn run(mut self, requests: &Receiver<Request>) {
        let mut taken = VecDeque::new();
        loop {
            match self.next(requests) {
                Ok(request) => taken.push_back(request),
                Err(RecvTimeoutError::Timeout) => {
                    // Whoever depends on it asks again and gets the error.
                    let _ = self.fold_all(Wait::Idle);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
            taken.extend(requests.try_iter().take(MAX_TAKEN));
            self.serve(&mut taken);
            self.fold_aside();
        }
        self.close();
    }

    fn next(&self, requests: &Receiver<Request>) -> Result<Request, RecvTimeoutError> {
        if self.tail.is_empty() || self.failed.is_some() {
            return requests.recv().map_err(|_| RecvTimeoutError::Disconnected);
        }
        let locked = self.database.as_ref().is_some_and(|database| database.is_locked());
        requests.recv_timeout(if locked { LOCKED_LOOK } else { IDLE })
    }

    fn close(mut self) {
        if self.failed.is_none() && self.fold_all(Wait::Asked).is_ok() {
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
                Request::Find(Find { authority, serial, reply }) => {
                    drop(reply.send(self.find(&authority, serial)));
                }
                Request::Probe(reply) => drop(reply.send(self.probe())),
                Request::Flush(reply) => drop(reply.send(self.fold_all(Wait::Asked))),
            }
        }
    }

    /// The database, when it is back.
    fn database(&mut self) -> Result<&mut Database, StoreError> {
        if self.database.is_none() {
            let outcome = self.folder.take();
            self.remember_failure(&outcome);
            self.take_back(outcome?);
        }
        self.database.as_deref_mut().ok_or(StoreError::NoAnswer)
    }

    /// Take the database back if it is there, and hand it over with the next portion when enough has gathered.
    fn fold_aside(&mut self) {
        if self.database.is_none() {
            let outcome = self.folder.try_take();
            self.remember_failure(&outcome);
            match outcome {
                Ok(Some(folded)) => self.take_back(folded),
                Ok(None) | Err(_) => return,
            }
        }
        if self.failed.is_some() || self.tail.len() < self.portions.keep + self.portions.size {
            return;
        }
        if let Some(database) = self.database.take() {
            self.database = self.folder.hand_over(database, self.tail.portion(self.portions.size));
            if self.database.is_some() {
                self.tail.not_folded();
            }
        }
    }

    fn take_back(&mut self, folded: Folded) {
        let Folded { database, count, outcome, checkpoint } = folded;
        self.known = database.state;
        self.database = Some(database);
        self.trouble.note(&outcome);
        self.remember_failure(&outcome);
        self.remember_failure(&checkpoint);
        match outcome {
            Ok(()) => {
                self.tail.folded(count);
                self.progress.set_folded(&self.known);
            }
            // The entries stay where they are, and come with the next portion.
            Err(_) => self.tail.not_folded(),
        }
    }

    /// Fold all that is durable.
    fn fold_all(&mut self, wait: Wait) -> Result<(), StoreError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.database()?;
        while !self.tail.is_empty() {
            let portion = self.tail.portion(self.portions.size);
            let count = portion.entries.len();
            let database = self.database()?;
            let outcome = database.fold(&portion, wait);
            let checkpoint = if outcome.is_ok() { database.checkpoint_after(count) } else { Ok(()) };
            let failed = outcome.clone();
            if let Some(database) = self.database.take() {
                self.take_back(Folded { database, count, outcome, checkpoint });
            }
            failed?;
        }
        Ok(())
    }

    fn remember_failure<T>(&mut self, outcome: &Result<T, StoreError>) {
        if let Err(error @ (StoreError::Failed { .. } | StoreError::Damaged { .. } | StoreError::NoAnswer)) =
            outcome
        {
            self.failed = Some(error.clone());
        }
    }
}
