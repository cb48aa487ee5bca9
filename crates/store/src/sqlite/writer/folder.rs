//! The thread that folds, so that the journal takes new entries meanwhile.
//!
//! The database is in one place at a time: with the writer, or away with a portion of the tail. Nothing else is written to
//! it while it is away, and what must be, waits.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use crate::StoreError;
use crate::patience::Wait;
use crate::sqlite::fault::file_error;
use crate::sqlite::ledger::Database;
use crate::sqlite::tail::Portion;

/// A portion to be folded, and where.
struct Job {
    database: Box<Database>,
    portion: Portion,
}

/// The database is back.
pub(super) struct Folded {
    pub(super) database: Box<Database>,
    /// How many entries there were.
    pub(super) count: usize,
    /// Whether they are in the database now.
    pub(super) outcome: Result<(), StoreError>,
    /// Whether the write-ahead log could be moved, if it was time to.
    pub(super) checkpoint: Result<(), StoreError>,
}

/// The way to the thread and back. It ends with this.
pub(super) struct Folder {
    jobs: Sender<Job>,
    done: Receiver<Folded>,
}

impl Folder {
    /// Start the thread for the database at `path`.
    pub(super) fn start(path: &Path) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let (back, done) = channel();
        std::thread::Builder::new()
            .name("store-fold".to_owned())
            .spawn(move || serve(&queue, &back))
            .map_err(file_error("start a thread for", path))?;
        Ok(Self { jobs, done })
    }

    /// Hand over. The database comes back when the thread does not take it.
    pub(super) fn hand_over(&self, database: Box<Database>, portion: Portion) -> Option<Box<Database>> {
        self.jobs.send(Job { database, portion }).err().map(|refused| refused.0.database)
    }

    /// What is back, without waiting; `None` when it is still away.
    ///
    /// # Errors
    /// `NoAnswer` when the thread fell.
    pub(super) fn try_take(&self) -> Result<Option<Folded>, StoreError> {
        match self.done.try_recv() {
            Ok(folded) => Ok(Some(folded)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(StoreError::NoAnswer),
        }
    }

    /// Wait until it is back.
    ///
    /// # Errors
    /// As [`Self::try_take`].
    pub(super) fn take(&self) -> Result<Folded, StoreError> {
        self.done.recv().map_err(|_| StoreError::NoAnswer)
    }
}

fn serve(queue: &Receiver<Job>, back: &Sender<Folded>) {
    for Job { mut database, portion } in queue {
        let count = portion.entries.len();
        let outcome = database.fold(&portion, Wait::Idle);
        let checkpoint = if outcome.is_ok() { database.checkpoint_after(count) } else { Ok(()) };
        // The rows are let go of here: freeing them is not the writer's work.
        drop(portion);
        if back.send(Folded { database, count, outcome, checkpoint }).is_err() {
            return;
        }
    }
}
