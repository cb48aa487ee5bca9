//! The one thread that writes orders and authorizations.

use rusqlite::Connection;
use tokio::sync::mpsc::Receiver;

use super::Transaction;
use super::batch::Job;
use crate::StoreError;
use crate::patience::{Patience, Wait};
use crate::sqlite::checkpoint::{LogGrowth, checkpoint};
use crate::sqlite::fault::Faults;
use crate::sqlite::trouble::Trouble;
use crate::sqlite::turn;

/// Changes that share a transaction at most.
const TOGETHER: usize = 512;

/// State of the writing thread.
pub(super) struct Writer {
    db: Connection,
    faults: Faults,
    /// Set when stable storage failed, or the file is damaged: every change is refused with it.
    failed: Option<StoreError>,
    log: LogGrowth,
    patience: Patience,
    trouble: Trouble,
}

impl Writer {
    /// Over this database; why it could not be written to is kept in `trouble`.
    pub(super) fn new(db: Connection, faults: Faults, trouble: Trouble) -> Self {
        Self { db, faults, failed: None, log: LogGrowth::default(), patience: Patience::default(), trouble }
    }

    /// Serve until every sender is gone.
    pub(super) fn run(mut self, mut jobs: Receiver<Box<dyn Job>>) {
        let mut taken = Vec::new();
        while jobs.blocking_recv_many(&mut taken, TOGETHER) > 0 {
            self.serve(std::mem::take(&mut taken));
        }
        if self.failed.is_none() {
            // What stays in the log is read from there by the next start.
            let _ = checkpoint(&self.db, &self.faults);
        }
    }

    fn serve(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        let outcome = match &self.failed {
            Some(error) => Err(error.clone()),
            None => self.commit(&mut jobs),
        };
        self.trouble.note_each(&outcome);
        match outcome {
            Ok(results) => {
                let due = self.log.committed(jobs.len());
                jobs.into_iter().zip(results).for_each(|(job, result)| job.answer(result));
                if due && let Err(error) = checkpoint(&self.db, &self.faults) {
                    self.remember(&error);
                }
            }
            Err(error) => {
                self.remember(&error);
                for job in jobs {
                    job.answer(Err(error.clone()));
                }
            }
        }
    }

    /// One transaction; the error of one job is its own when it changed nothing.
    fn commit(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        let outcome = self.attempt(jobs);
        if outcome.is_err() && !self.db.is_autocommit() {
            // A transaction that cannot even be rolled back is rolled back by the next opening.
            let _ = self.db.execute_batch("ROLLBACK");
        }
        outcome
    }

    fn attempt(&mut self, jobs: &mut [Box<dyn Job>]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        turn::begin(&self.db, &self.faults, &mut self.patience, Wait::Asked)?;
        let transaction = Transaction { db: &self.db, faults: &self.faults };
        let mut results = Vec::with_capacity(jobs.len());
        for job in jobs {
            let before = self.db.total_changes();
            let result = job.run(transaction);
            if let Err(error) = &result
                && (self.db.is_autocommit() || self.db.total_changes() != before)
            {
                return Err(error.clone());
            }
            results.push(result);
        }
        self.db.execute_batch("COMMIT").map_err(self.faults.database("commit a transaction"))?;
        Ok(results)
    }

    fn remember(&mut self, error: &StoreError) {
        if matches!(error, StoreError::Failed { .. } | StoreError::Damaged { .. }) {
            self.failed = Some(error.clone());
        }
    }
}
