//! Why the last write to a database did not come to stable storage, until one does.
//!
//! A disk that is full shows only to who writes. The journal has room of its own, so certificates may go on while nothing else
//! can be recorded; whoever asks whether all is well is told by what is kept here.

use std::sync::{Arc, Mutex, PoisonError};

use crate::StoreError;

/// The last failure of one database. Clones tell the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<StoreError>>>);

impl Trouble {
    /// What came of a transaction. Another program in the way, or a change that was none, says nothing of the disk.
    pub(super) fn note<T>(&self, outcome: &Result<T, StoreError>) {
        match outcome {
            Ok(_) => self.set(None),
            Err(error) if is_of_the_disk(error) => self.set(Some(error.clone())),
            Err(_) => {}
        }
    }

    /// What came of a transaction, and of each operation in it. Of those only what the disk refused counts: the rest is theirs.
    pub(super) fn note_each(&self, outcome: &Result<Vec<Result<(), StoreError>>, StoreError>) {
        let refused = outcome.iter().flatten().find_map(|result| match result {
            Err(error @ (StoreError::NoSpace { .. } | StoreError::Failed { .. })) => Some(error.clone()),
            Ok(()) | Err(_) => None,
        });
        match refused {
            Some(error) => self.set(Some(error)),
            None => self.note(outcome),
        }
    }

    /// There is room on the disk again.
    pub(super) fn there_is_room(&self) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.take_if(|error| error.is_passing());
    }

    /// The failure, unless something was written since.
    pub(super) fn last(&self) -> Option<StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, error: Option<StoreError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }
}

/// Whether it is the files that fail, and not what was asked for.
fn is_of_the_disk(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::NoSpace { .. }
            | StoreError::Failed { .. }
            | StoreError::Damaged { .. }
            | StoreError::Io { .. }
            | StoreError::Database { .. }
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> StoreError {
        StoreError::NoSpace { file: "x".into() }
    }

    #[test]
    fn a_failure_counts_until_something_is_written() {
        let trouble = Trouble::default();
        trouble.note::<()>(&Err(full()));
        trouble.note::<()>(&Err(StoreError::Locked { file: "x".into() }));
        trouble.note::<()>(&Err(StoreError::UnknownAuthority { name: "x".to_owned() }));
        assert!(matches!(trouble.last(), Some(StoreError::NoSpace { .. })));
        trouble.note(&Ok(()));
        assert!(trouble.last().is_none());
    }

    #[test]
    fn what_one_operation_is_refused_for_is_no_failure_unless_the_disk_refused() {
        let trouble = Trouble::default();
        let unknown = StoreError::UnknownAuthority { name: "x".to_owned() };
        trouble.note_each(&Ok(vec![Ok(()), Err(unknown.clone())]));
        assert!(trouble.last().is_none());
        trouble.note_each(&Ok(vec![Err(full()), Ok(()), Err(unknown)]));
        assert!(trouble.last().is_some());
        trouble.note_each(&Ok(vec![Ok(())]));
        assert!(trouble.last().is_none());
    }

    #[test]
    fn room_on_the_disk_mends_only_what_was_for_want_of_it() {
        let trouble = Trouble::default();
        trouble.note::<()>(&Err(full()));
        trouble.there_is_room();
        assert!(trouble.last().is_none());
        trouble.note::<()>(&Err(StoreError::Damaged { file: "x".into(), fault: "y".to_owned() }));
        trouble.there_is_room();
        assert!(trouble.last().is_some());
    }
}
