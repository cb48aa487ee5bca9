//! What the writer looks up while it takes issuances: a connection of its own, because the one that writes may be away.

use std::path::Path;

use rusqlite::Connection;

use crate::StoreError;
use crate::sqlite::fault::Faults;
use crate::sqlite::schema;

/// A connection that reads.
pub(super) struct Lookups {
    pub(super) db: Connection,
    pub(super) faults: Faults,
}

impl Lookups {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { db: schema::open_reader(path)?, faults: Faults::new(path) })
    }

    /// Let many queries see one state of the database, which saves each of them its locks.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        self.db.execute_batch("BEGIN").map_err(self.faults.database("read"))
    }

    /// End what [`Self::begin`] began, if it did.
    pub(super) fn end(&self) {
        if !self.db.is_autocommit() {
            let _ = self.db.execute_batch("COMMIT");
        }
    }
}
