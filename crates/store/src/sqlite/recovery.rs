//! Opening: take the lock, bring the database up to date, fold what the journal holds.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::OpenOptions;
use super::acme::{self, Orders};
use super::fault::file_error;
use super::journal::{Journal, OwnedEntry, Replay, ReplayedBatch};
use super::ledger::Database;
use super::lock::Lock;
use super::medium::Medium;
use super::tail::Tail;
use super::writer::Portions;
use crate::StoreError;
use crate::audit::ChainHead;
use crate::patience::Wait;

/// Name of the database in its directory.
const DATABASE: &str = "handfast.db";
/// Name of the journal in its directory.
const JOURNAL: &str = "handfast.journal";

/// Entries that are folded in one transaction: memory stays bounded, and a start needs few transactions.
const TOGETHER: usize = 4096;

/// Everything that the threads need.
pub(super) struct Opened {
    pub(super) lock: Lock,
    pub(super) database: Database,
    pub(super) journal: Journal,
    pub(super) tail: Tail,
    pub(super) path: PathBuf,
    /// Orders, when there ever was one.
    pub(super) orders: Option<Orders>,
    /// How the writer folds.
    pub(super) portions: Portions,
}

/// Open the store in this directory.
pub(super) fn open(directory: &Path, options: OpenOptions) -> Result<Opened, StoreError> {
    open_with(directory, options, |file| Box::new(file))
}

/// As [`open`], with this medium over the journal's file.
pub(super) fn open_with(
    directory: &Path,
    options: OpenOptions,
    medium: impl FnOnce(File) -> Box<dyn Medium>,
) -> Result<Opened, StoreError> {
    let path = directory.join(DATABASE);
    let journal_path = directory.join(JOURNAL);
    if options.create {
        super::create_directory(directory)?;
    } else {
        std::fs::metadata(&path).map_err(file_error("open", &path))?;
    }
    let lock = Lock::take(directory)?;
    check_pair(&path, &journal_path)?;
    let mut database = Database::open(&path)?;
    let file = open_journal(&journal_path, database.state.head)?;
    replay(&mut database, &file, &journal_path)?;
    let tail = Tail::new(database.state.head);
    let journal = Journal::new(medium(file), &journal_path);
    let (orders, portions) = (acme::open_made(&database, directory)?, Portions::default());
    Ok(Opened { lock, database, journal, tail, path, orders, portions })
}

/// A journal is made after its database: one without the other means that a file was lost.
fn check_pair(database: &Path, journal: &Path) -> Result<(), StoreError> {
    let length = |path: &Path| std::fs::metadata(path).map(|found| found.len()).ok();
    if length(journal).is_some() && length(database).unwrap_or(0) == 0 {
        let fault = format!("it is missing or empty, while its journal `{}` is there", journal.display());
        return Err(StoreError::Damaged { file: database.to_owned(), fault });
    }
    Ok(())
}

fn open_journal(path: &Path, head: ChainHead) -> Result<File, StoreError> {
    if head.count > 0 && !path.exists() {
        let fault = format!(
            "it is missing, while the database holds {} audit events: put it back, or create an empty file of this \
             name to accept that what was not yet in the database is lost",
            head.count
        );
        return Err(StoreError::Damaged { file: path.to_owned(), fault });
    }
    let file = Journal::open_file(path, true)?;
    if let Some(directory) = path.parent() {
        let sync = File::open(directory).and_then(|opened| opened.sync_all());
        sync.map_err(file_error("sync", directory))?;
    }
    Ok(file)
}

/// Fold every batch that the database does not hold yet.
fn replay(database: &mut Database, file: &File, path: &Path) -> Result<(), StoreError> {
    let mut replay = Replay::new(file, path)?;
    let mut tail = Tail::new(database.state.head);
    let mut last = tail.head.count;
    while let Some(batch) = replay.next_batch()? {
        last = last.max(batch.last());
        if batch.last() > tail.head.count {
            take(&mut tail, path, &batch)?;
        }
        if tail.len() >= TOGETHER {
            fold(database, &mut tail)?;
        }
    }
    replay.check_rest(last)?;
    fold(database, &mut tail)
}

fn fold(database: &mut Database, tail: &mut Tail) -> Result<(), StoreError> {
    if tail.is_empty() {
        return Ok(());
    }
    let count = tail.len();
    database.fold(&tail.portion(count), Wait::Asked)?;
    tail.folded(count);
    Ok(())
}

/// Bring the tail to where it was when this batch had been written.
fn take(tail: &mut Tail, path: &Path, batch: &ReplayedBatch) -> Result<(), StoreError> {
    let damaged = |fault| StoreError::Damaged { file: path.to_owned(), fault };
    let held = tail.head.count;
    if batch.first > held.saturating_add(1) {
        return Err(damaged(format!(
            "it begins with audit event {}, the database ends with {held}: the database is older than its journal, as \
             after a restore of one without the other",
            batch.first
        )));
    }
    let entries = batch.entries().ok_or_else(|| {
        damaged(format!(
            "the batch at octet {} is whole but holds entries that this version cannot read",
            batch.offset()
        ))
    })?;
    let new = (batch.first..).zip(entries).filter(|(sequence, _)| *sequence > held);
    for (_, OwnedEntry { finished, row, event }) in new {
        if finished {
            let body = row.body.clone();
            tail.finish(&row.key(), Some(row), body, event);
        } else {
            tail.begin(row, event);
        }
    }
    tail.keep();
    if tail.head.hash != batch.chain_hash {
        return Err(damaged(format!(
            "its entries up to audit event {} do not continue the audit chain of the database",
            tail.head.count
        )));
    }
    Ok(())
}
