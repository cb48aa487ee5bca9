//! The block list.

use crate::StoreError;
use crate::sqlite::ledger::Ledger;

/// Put a key on the list; whether it was new.
pub(in crate::sqlite) fn block(
    ledger: &mut Ledger<'_>,
    spki_sha256: [u8; 32],
    event: String,
) -> Result<bool, StoreError> {
    let sql = "INSERT OR IGNORE INTO blocked(spki) VALUES (?1)";
    if ledger.execute("block a key", sql, [spki_sha256])? == 0 {
        return Ok(false);
    }
    ledger.state.blocked = ledger.state.blocked.saturating_add(1);
    ledger.append(event)?;
    Ok(true)
}
