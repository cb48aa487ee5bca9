//! When the write-ahead log of a database is moved into it, and how.

use rusqlite::Connection;

use super::fault::Faults;
use crate::StoreError;

/// The log is moved when it holds so many entries: some 16 MiB.
const DUE: usize = 8192;

/// What a transaction costs the log beyond its entries, counted in them: it writes whole pages of every index that it
/// touches, which entries that come together share.
const TRANSACTION: usize = 24;

/// What went to the log since it was moved, counted in entries.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LogGrowth(usize);

impl LogGrowth {
    /// A transaction of so many entries was committed. Whether the log is to be moved now.
    #[must_use]
    pub(super) fn committed(&mut self, entries: usize) -> bool {
        self.0 = self.0.saturating_add(entries).saturating_add(TRANSACTION);
        let due = self.0 >= DUE;
        if due {
            self.0 = 0;
        }
        due
    }
}

/// Move the write-ahead log into the database file, as far as readers let it.
pub(super) fn checkpoint(db: &Connection, faults: &Faults) -> Result<(), StoreError> {
    db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
        .map_err(faults.database("move the write-ahead log into the database"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_moved_after_many_entries_or_many_transactions() {
        let moved_after = |entries| {
            let mut growth = LogGrowth::default();
            (1..=DUE).find(|_| growth.committed(entries)).unwrap()
        };
        assert_eq!((moved_after(1), moved_after(2048), moved_after(DUE)), (328, 4, 1));
        let mut growth = LogGrowth::default();
        assert!(growth.committed(DUE) && !growth.committed(1), "it begins again");
    }
}
