//! Times in which certificates are to be renewed.

use hf_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::StoreError;
use crate::record::{RenewalScope, RenewalWindowRecord};
use crate::sqlite::fault::Faults;
use crate::sqlite::ledger::Ledger;
use crate::sqlite::limits::MAX_WINDOWS;

fn column(scope: &RenewalScope) -> String {
    serde_json::to_string(scope).unwrap_or_default()
}

/// Set a window, in the place of the one of the same scope.
pub(in crate::sqlite) fn set(
    ledger: &mut Ledger<'_>,
    window: RenewalWindowRecord,
    event: String,
) -> Result<(), StoreError> {
    let scope = column(&window.scope);
    let others: usize = ledger
        .db
        .prepare_cached("SELECT count(*) FROM renewal_window WHERE authority = ?1 AND scope <> ?2")
        .and_then(|mut statement| statement.query_row([&window.authority, &scope], |row| row.get(0)))
        .map_err(ledger.faults.database("count renewal windows"))?;
    if others >= MAX_WINDOWS {
        return Err(StoreError::TooManyRenewalWindows { authority: window.authority, limit: MAX_WINDOWS });
    }
    ledger.execute(
        "set a renewal window",
        "INSERT OR REPLACE INTO renewal_window(authority, scope, issued_before, start, end, explanation_url, set_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            window.authority,
            scope,
            window.issued_before.unix_seconds(),
            window.start.unix_seconds(),
            window.end.unix_seconds(),
            window.explanation_url,
            window.set_at.unix_seconds(),
        ],
    )?;
    ledger.append(event).map(|_| ())
}

/// Take a window away; whether there was one.
pub(in crate::sqlite) fn clear(
    ledger: &mut Ledger<'_>,
    authority: &str,
    scope: &RenewalScope,
    event: String,
) -> Result<bool, StoreError> {
    let cleared = ledger.execute(
        "clear a renewal window",
        "DELETE FROM renewal_window WHERE authority = ?1 AND scope = ?2",
        params![authority, column(scope)],
    )?;
    if cleared > 0 {
        ledger.append(event)?;
    }
    Ok(cleared > 0)
}

/// All windows of an authority.
pub(in crate::sqlite) fn all(
    db: &Connection,
    faults: &Faults,
    authority: &str,
) -> Result<Vec<RenewalWindowRecord>, StoreError> {
    let fault = faults.database("read renewal windows");
    let sql = "SELECT scope, issued_before, start, end, explanation_url, set_at FROM renewal_window
               WHERE authority = ?1 ORDER BY number";
    let mut statement = db.prepare_cached(sql).map_err(&fault)?;
    let mut rows = statement.query([authority]).map_err(&fault)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&fault)? {
        let scope: String = row.get(0).map_err(&fault)?;
        let time = |column| row.get(column).map(Timestamp::from_unix_seconds).map_err(&fault);
        found.push(RenewalWindowRecord {
            authority: authority.to_owned(),
            scope: serde_json::from_str(&scope)
                .map_err(|_| faults.damaged("the scope of a renewal window cannot be read back"))?,
            issued_before: time(1)?,
            start: time(2)?,
            end: time(3)?,
            explanation_url: row.get(4).map_err(&fault)?,
            set_at: time(5)?,
        });
    }
    Ok(found)
}
