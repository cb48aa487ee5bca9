//! Profile snapshots.

use rusqlite::params;

use crate::StoreError;
use crate::record::ProfileSnapshot;
use crate::sqlite::ledger::Ledger;

/// Put a snapshot on record; whether it was new.
pub(in crate::sqlite) fn record(
    ledger: &mut Ledger<'_>,
    snapshot: &ProfileSnapshot,
    event: String,
) -> Result<bool, StoreError> {
    let added = ledger.execute(
        "record a profile",
        "INSERT OR IGNORE INTO snapshot(id, profile, text) VALUES (?1, ?2, ?3)",
        params![snapshot.id.0, snapshot.profile, snapshot.text],
    )?;
    if added == 0 {
        return Ok(false);
    }
    ledger.append(event)?;
    Ok(true)
}
