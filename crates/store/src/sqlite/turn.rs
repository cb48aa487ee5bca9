//! The beginning of a transaction that writes: waiting until no other program writes to the database.

use rusqlite::{Connection, ErrorCode};
use tokio::time::Instant;

use super::fault::Faults;
use crate::StoreError;
use crate::patience::{Patience, Wait};

/// Begin to write.
///
/// # Errors
/// `Locked` when another program holds the database for longer than is waited.
pub(super) fn begin(
    db: &Connection,
    faults: &Faults,
    patience: &mut Patience,
    wait: Wait,
) -> Result<(), StoreError> {
    let began = Instant::now();
    let outcome =
        db.busy_timeout(patience.left(began, wait)).and_then(|()| db.execute_batch("BEGIN IMMEDIATE"));
    patience.note(began, outcome.as_ref().is_err_and(is_locked));
    outcome.map_err(faults.database("begin a transaction"))
}

/// Whether another connection is in the way.
pub(crate) fn is_locked(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
