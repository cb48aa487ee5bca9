//! Whether anything could be recorded now: found out by writing, for a disk that is full shows to nobody else.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::Writer;
use crate::StoreError;
use crate::patience::Wait;
use crate::sqlite::fault::file_error;

/// So much room there must be: more than a transaction and the pages that a checkpoint adds take, less than a disk has left of
/// which nobody would say that it is full.
const ROOM: usize = 256 * 1024;

impl Writer {
    /// Whether a batch of the journal, and a transaction of the database, could be written. Nothing is recorded.
    pub(super) fn probe(&mut self) -> Result<(), StoreError> {
        self.make_room()?;
        let outcome = self.journal.probe();
        self.remember_failure(&outcome);
        outcome?;
        match self.probe_database() {
            // Another program that holds it is no fault of the disk: certificates are issued meanwhile.
            Err(StoreError::Locked { .. }) => Ok(()),
            outcome => outcome,
        }
    }

    fn probe_database(&mut self) -> Result<(), StoreError> {
        self.fold_all(Wait::Idle)?;
        // A transaction alone may find room within files that are there, and the next one none.
        write_and_remove(&self.scratch).map_err(file_error("write", &self.scratch))?;
        let outcome = self.database()?.transaction(Wait::Idle, |_| Ok(()));
        self.trouble.note(&outcome);
        self.remember_failure(&outcome);
        outcome
    }
}

fn write_and_remove(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    let written = file.write_all(&vec![0; ROOM]).and_then(|()| file.sync_data());
    std::fs::remove_file(path)?;
    written
}
