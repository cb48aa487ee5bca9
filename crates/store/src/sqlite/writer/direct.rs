//! Operations on the database itself: those that wait together share a transaction.

use std::collections::VecDeque;

use super::Writer;
use crate::StoreError;
use crate::patience::Wait;
use crate::sqlite::ledger::{Database, Ledger};
use crate::sqlite::request::{Direct, Request};

impl Writer {
    /// One transaction of the requests at the front.
    pub(super) fn direct(&mut self, taken: &mut VecDeque<Request>) {
        let mut operations = Vec::new();
        while let Some(request) = taken.pop_front() {
            match request {
                Request::Direct(operation) => operations.push(operation),
                Request::Begin(_)
                | Request::Finish(_)
                | Request::Find(_)
                | Request::Flush(_)
                | Request::Probe(_) => {
                    taken.push_front(request);
                    break;
                }
            }
        }
        let outcome = self.fold_all(Wait::Asked).and_then(|()| {
            // The operations take sequence numbers that are not in the journal. Batches behind them would not continue
            // those before, so the journal begins again: all that is in it is folded and on stable storage.
            self.journal.restart();
            let database = self.database()?;
            let results = run_together(database, &mut operations);
            let state = database.state;
            self.known = state;
            results
        });
        self.trouble.note_each(&outcome);
        self.remember_failure(&outcome);
        match outcome {
            Ok(results) => {
                self.tail.moved(self.known.head);
                self.progress.set_durable(self.known.head.count);
                self.progress.set_folded(&self.known);
                let count = operations.len();
                operations.into_iter().zip(results).for_each(|(operation, result)| operation.answer(result));
                let checkpoint = self.database().and_then(|database| {
                    let bulk = std::mem::take(&mut database.state.bulk);
                    database.checkpoint_after(count.saturating_mul(4).saturating_add(bulk))
                });
                self.remember_failure(&checkpoint);
            }
            Err(error) => operations.into_iter().for_each(|operation| operation.answer(Err(error.clone()))),
        }
    }
}

/// Run all in one transaction; the error of one undoes that one alone.
fn run_together(
    database: &mut Database,
    operations: &mut [Box<dyn Direct>],
) -> Result<Vec<Result<(), StoreError>>, StoreError> {
    database.transaction(Wait::Asked, |ledger| {
        operations.iter_mut().map(|operation| run_alone(ledger, operation.as_mut())).collect()
    })
}

/// The outer error is that of the transaction, the inner one that of the operation.
fn run_alone(
    ledger: &mut Ledger<'_>,
    operation: &mut dyn Direct,
) -> Result<Result<(), StoreError>, StoreError> {
    ledger.execute("begin an operation", "SAVEPOINT operation", [])?;
    let before = *ledger.state;
    let result = operation.run(ledger);
    if let Err(error) = &result {
        // A full disk may have ended the whole transaction.
        if ledger.db.is_autocommit() {
            return Err(error.clone());
        }
        *ledger.state = before;
        ledger.execute("undo an operation", "ROLLBACK TO operation", [])?;
    }
    ledger.execute("end an operation", "RELEASE operation", [])?;
    Ok(result)
}
