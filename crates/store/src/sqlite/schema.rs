//! The database file: how it is opened, what it holds, and how older versions are brought up to date.

mod length;
mod v1;
mod v2;
mod v3;
mod v4;

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::fault::{Faults, file_error};
use crate::StoreError;
use crate::patience::LOCKED;

/// What a database file holds.
#[derive(Debug)]
pub(super) struct Layout {
    /// In the header of the file, for `file(1)` and against other databases.
    pub(super) application_id: u32,
    /// Schema changes, oldest first; the version of the schema is how many were applied. Applied ones never change.
    pub(super) migrations: &'static [&'static str],
}

/// The record: `HFDB`.
pub(super) const MAIN: Layout =
    Layout { application_id: 0x4846_4442, migrations: &[v1::SQL, v2::SQL, v3::SQL, v4::SQL] };
/// Pages that a connection caches, in KiB: memory must not grow with the database.
const WRITER_CACHE_KIB: i32 = 12 * 1024;
const READER_CACHE_KIB: i32 = 2 * 1024;

/// The connection that writes. Creates the file with mode 0600, and brings the schema up to date.
pub(super) fn open_writer(path: &Path, layout: &Layout) -> Result<Connection, StoreError> {
    create_private(path)?;
    length::check(path)?;
    let faults = Faults::new(path);
    let fault = faults.database("open the database");
    let mut db = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(&fault)?;
    db.busy_timeout(LOCKED).map_err(&fault)?;
    keep_plans(&db).map_err(&fault)?;
    let version = check_identity(&db, &faults, layout)?;
    db.pragma_update(None, "journal_mode", "WAL").map_err(&fault)?;
    db.pragma_update(None, "synchronous", "FULL").map_err(&fault)?;
    db.pragma_update(None, "wal_autocheckpoint", 0).map_err(&fault)?;
    db.pragma_update(None, "cache_size", -WRITER_CACHE_KIB).map_err(&fault)?;
    db.set_prepared_statement_cache_capacity(64);
    migrate(&mut db, version, layout).map_err(faults.database("bring the schema up to date"))?;
    Ok(db)
}

/// A connection that reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let fault = Faults::new(path).database("open the database for reading");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(&fault)?;
    db.busy_timeout(LOCKED).map_err(&fault)?;
    keep_plans(&db).map_err(&fault)?;
    db.pragma_update(None, "query_only", true).map_err(&fault)?;
    db.pragma_update(None, "wal_autocheckpoint", 0).map_err(&fault)?;
    db.pragma_update(None, "cache_size", -READER_CACHE_KIB).map_err(&fault)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// Plan each statement once: otherwise one whose values might make another plan better is prepared anew each time.
fn keep_plans(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_| ())
}

fn create_private(path: &Path) -> Result<(), StoreError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(file_error("create", path)(error)),
    }
}

/// The version of the schema; 0 for a new file.
fn check_identity(db: &Connection, faults: &Faults, layout: &Layout) -> Result<u32, StoreError> {
    let fault = faults.database("read the header of the database");
    let tables: u32 =
        db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(&fault)?;
    let identity: u32 = db.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(&fault)?;
    let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(&fault)?;
    if tables == 0 {
        return Ok(0);
    }
    let expected = layout.application_id;
    if identity != expected {
        return Err(faults.damaged(format!(
            "it is a database of another program: found application id {identity:#010x}, expected {expected:#010x}"
        )));
    }
    let known = layout.latest();
    if found > known {
        return Err(StoreError::NewerSchema { found, known });
    }
    Ok(found)
}

impl Layout {
    /// The version that this program writes.
    fn latest(&self) -> u32 {
        u32::try_from(self.migrations.len()).unwrap_or(u32::MAX)
    }
}

fn migrate(db: &mut Connection, from: u32, layout: &Layout) -> rusqlite::Result<()> {
    if from == layout.latest() {
        return Ok(());
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for migration in layout.migrations.iter().skip(usize::try_from(from).unwrap_or(usize::MAX)) {
        tx.execute_batch(migration)?;
    }
    tx.pragma_update(None, "application_id", layout.application_id)?;
    tx.pragma_update(None, "user_version", layout.latest())?;
    tx.commit()
}
