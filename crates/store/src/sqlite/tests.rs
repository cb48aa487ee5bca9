//! What happens when files, disks and processes fail under the store.

mod acme;
mod compare;
mod damage;
mod disk;
mod folding;
mod journal;
mod locked;
mod migration;
mod retention;
mod tamper;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::medium::Medium;
use super::{OpenOptions, SqliteStore, recovery};

/// How a disk fails: after so many good calls, every further one.
#[derive(Debug)]
pub(super) struct Plan {
    writes: AtomicI64,
    syncs: AtomicI64,
}

impl Plan {
    /// Never fails until told.
    pub(super) fn healthy() -> Arc<Self> {
        Arc::new(Self { writes: AtomicI64::new(i64::MAX), syncs: AtomicI64::new(i64::MAX) })
    }

    /// Writes fail with "no space" after so many.
    pub(super) fn fill_after(&self, writes: i64) {
        self.writes.store(writes, Ordering::SeqCst);
    }

    /// `fsync` fails after so many.
    pub(super) fn break_after(&self, syncs: i64) {
        self.syncs.store(syncs, Ordering::SeqCst);
    }
}

/// A file on a disk that fails according to plan.
struct FailingDisk {
    file: File,
    plan: Arc<Plan>,
}

impl Medium for FailingDisk {
    fn write_all_at(&mut self, octets: &[u8], offset: u64) -> io::Result<()> {
        if self.plan.writes.fetch_sub(1, Ordering::SeqCst) <= 0 {
            // A full disk takes the first part.
            let half = octets.get(..octets.len() / 2).unwrap_or_default();
            Medium::write_all_at(&mut self.file, half, offset)?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        Medium::write_all_at(&mut self.file, octets, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.plan.syncs.fetch_sub(1, Ordering::SeqCst) <= 0 {
            return Err(io::Error::other("input/output error"));
        }
        self.file.sync()
    }

    fn set_length(&mut self, octets: u64) -> io::Result<()> {
        self.file.set_length(octets)
    }
}

/// A store whose journal lies on such a disk.
pub(super) fn open_on(directory: &Path, plan: &Arc<Plan>) -> SqliteStore {
    let plan = Arc::clone(plan);
    let medium = |file| -> Box<dyn Medium> { Box::new(FailingDisk { file, plan }) };
    let opened = recovery::open_with(directory, OpenOptions::default(), medium).unwrap();
    SqliteStore::start(opened).unwrap()
}

/// A store on a good disk.
pub(super) fn open(directory: &Path) -> SqliteStore {
    SqliteStore::open(directory, OpenOptions::default()).unwrap()
}

/// Why the store in this directory does not open.
pub(super) fn refusal(directory: &Path) -> String {
    SqliteStore::open(directory, OpenOptions::default()).expect_err("the store opens").to_string()
}

/// Leave the files as a killed process leaves them: a copy of the directory while the store is open.
pub(super) fn as_killed(directory: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for name in ["handfast.db", "handfast.db-wal", "handfast.journal", "store.lock"] {
        let from = directory.join(name);
        if from.exists() {
            std::fs::copy(from, copy.path().join(name)).unwrap();
        }
    }
    copy
}
