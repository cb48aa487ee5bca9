//! The journal: an append-only file in front of the database, so that many issuances share one cheap write.
//!
//! The two writes of an issuance go here, as entries; an entry holds the change and its audit event. Entries that wait
//! together form a *batch*: one write, one `fdatasync`. Later they are folded into the database in large transactions,
//! and when all are folded the journal begins again at its first octet. A crash loses nothing that was acknowledged:
//! the next start folds what the journal holds.
//!
//! A batch begins at a multiple of 512 octets. Its header holds the sequence number of its first audit event, the hash
//! of the audit chain at its end, and SHA-256 over all of it, so that a torn write is never taken for a batch.

mod batch;
mod replay;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use batch::BatchWriter;
pub(super) use batch::{Entry, OwnedEntry};
pub(super) use replay::{Replay, ReplayedBatch};

use super::fault::file_error;
use super::medium::Medium;
use crate::StoreError;

/// When this many octets are in use, the journal begins again: as much as some 15,000 issuances take.
pub(super) const FULL: u64 = 32 * 1024 * 1024;
/// As much as a batch of some thirty issuances, octets.
const PROBE: usize = 64 * 1024;
/// Batches begin at multiples of this: what a disk writes whole.
const SECTOR: usize = 512;

/// The journal, open for appending.
pub(super) struct Journal {
    medium: Box<dyn Medium>,
    path: PathBuf,
    offset: u64,
    batch: BatchWriter,
}

impl Journal {
    /// Open the file for reading and writing; whether it is there is the caller's business.
    pub(super) fn open_file(path: &Path, create: bool) -> Result<File, StoreError> {
        OpenOptions::new()
            .read(true)
            .write(true)
            .create(create)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(file_error("open", path))
    }

    /// Append to this medium from its first octet on. Everything in it must be folded.
    pub(super) fn new(medium: Box<dyn Medium>, path: &Path) -> Self {
        Self { medium, path: path.to_owned(), offset: 0, batch: BatchWriter::default() }
    }

    /// Add an entry to the batch to be written; the first one brings its sequence number.
    pub(super) fn add(&mut self, sequence: u64, entry: &Entry<'_>) {
        self.batch.add(sequence, entry);
    }

    /// How many octets wait in the batch to be written.
    pub(super) fn waiting(&self) -> usize {
        self.batch.len()
    }

    /// Write the batch; its entries are durable when this returns. `hash` is that of the chain's last row.
    ///
    /// # Errors
    /// `NoSpace` and `Io`: nothing was recorded, and the next batch takes the same place. `Failed`: stable storage
    /// failed; the batch may or may not be there, and nothing may be written any more.
    pub(super) fn write(&mut self, hash: &[u8; 32]) -> Result<(), StoreError> {
        let octets = self.batch.seal(hash);
        let length = u64::try_from(octets.len()).unwrap_or(u64::MAX);
        let outcome = match self.medium.write_all_at(octets, self.offset) {
            Ok(()) => self.medium.sync().map_err(|error| stable_storage(&self.path, &error)),
            Err(error) => Err(file_error("write", &self.path)(error)),
        };
        self.batch.clear();
        outcome?;
        self.offset = self.offset.saturating_add(length);
        Ok(())
    }

    /// Find out whether a batch could be written: zeros in its place, which no start takes for one.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub(super) fn probe(&mut self) -> Result<(), StoreError> {
        self.medium.write_all_at(&vec![0; PROBE], self.offset).map_err(file_error("write", &self.path))?;
        self.medium.sync().map_err(|error| stable_storage(&self.path, &error))
    }

    /// Whether it is time to begin again.
    pub(super) fn is_full(&self) -> bool {
        self.offset >= FULL
    }

    /// Begin again at the first octet. Everything must be folded, and the database on stable storage.
    pub(super) fn restart(&mut self) {
        self.offset = 0;
    }

    /// Give the space back. Everything must be folded, and the database on stable storage.
    pub(super) fn clear(&mut self) -> Result<(), StoreError> {
        self.offset = 0;
        self.medium.set_length(0).map_err(file_error("shorten", &self.path))
    }
}

/// An error of `fsync` is final: the system may have dropped what it could not write, and a second call would succeed.
fn stable_storage(path: &Path, error: &io::Error) -> StoreError {
    StoreError::Failed { file: path.to_owned(), cause: error.to_string().into() }
}
