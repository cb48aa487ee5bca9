//! What SQLite and the file system say, as errors of the store.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rusqlite::ErrorCode;

use crate::StoreError;

/// `SQLITE_IOERR_FSYNC`: stable storage failed.
const IOERR_FSYNC: i32 = 0x040a;
/// `SQLITE_IOERR_DIR_FSYNC`: stable storage failed for the directory.
const IOERR_DIR_FSYNC: i32 = 0x050a;

/// `SQLITE_IOERR_SHMSIZE`: the index beside the write-ahead log got no room on the disk.
const IOERR_SHMSIZE: i32 = 0x130a;

/// What the engine said, about which file.
#[derive(Debug, thiserror::Error)]
#[error("`{}`: {fault}", file.display())]
struct EngineFault {
    file: Arc<Path>,
    fault: rusqlite::Error,
}

/// Gives the errors of one database file their words.
#[derive(Clone, Debug)]
pub(super) struct Faults {
    file: Arc<Path>,
}

impl Faults {
    pub(super) fn new(file: &Path) -> Self {
        Self { file: file.into() }
    }

    /// The database file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// An error of the database engine while it tried to do `operation`.
    pub(super) fn database(&self, operation: &'static str) -> impl Fn(rusqlite::Error) -> StoreError + use<> {
        let file = Arc::clone(&self.file);
        move |error| describe(&file, operation, error)
    }

    /// A record that holds what no caller stored.
    pub(super) fn damaged(&self, fault: impl Into<String>) -> StoreError {
        StoreError::Damaged { file: self.file.to_path_buf(), fault: fault.into() }
    }
}

fn describe(file: &Arc<Path>, operation: &'static str, error: rusqlite::Error) -> StoreError {
    let code = error.sqlite_error().map(|cause| (cause.code, cause.extended_code));
    match code {
        Some((ErrorCode::DiskFull, _) | (_, IOERR_SHMSIZE)) => {
            StoreError::NoSpace { file: file.to_path_buf() }
        }
        Some((ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _)) => {
            StoreError::Locked { file: file.to_path_buf() }
        }
        Some((ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _)) => StoreError::Damaged {
            file: file.to_path_buf(),
            fault: format!("{error}, while the store tried to {operation}"),
        },
        Some((_, IOERR_FSYNC | IOERR_DIR_FSYNC)) => {
            StoreError::Failed { file: file.to_path_buf(), cause: error.to_string().into() }
        }
        _ => {
            let source = Arc::new(EngineFault { file: Arc::clone(file), fault: error });
            StoreError::Database { operation: operation.into(), source }
        }
    }
}

/// An error of the file system; nothing was recorded.
pub(super) fn file_error(operation: &'static str, file: &Path) -> impl Fn(io::Error) -> StoreError + use<> {
    let file = file.to_owned();
    move |source| {
        if is_no_space(&source) {
            return StoreError::NoSpace { file: file.clone() };
        }
        StoreError::Io { operation: operation.into(), file: file.clone(), source: Arc::new(source) }
    }
}

/// No space on the device, quota used up, or the process may not write larger files.
fn is_no_space(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}
