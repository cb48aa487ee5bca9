//! Credentials added and revoked.

use hf_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use crate::StoreError;
use crate::record::CredentialRecord;
use crate::sqlite::ledger::Ledger;
use crate::sqlite::limits::MAX_CREDENTIALS;

/// Put a credential on record.
pub(in crate::sqlite) fn add(
    ledger: &mut Ledger<'_>,
    record: CredentialRecord,
    event: String,
) -> Result<(), StoreError> {
    let count: u64 = ledger
        .db
        .query_row("SELECT count(*) FROM credential", [], |row| row.get(0))
        .map_err(ledger.faults.database("count credentials"))?;
    if count >= MAX_CREDENTIALS {
        return Err(StoreError::TooManyCredentials { limit: MAX_CREDENTIALS });
    }
    let seconds = |time: Option<Timestamp>| time.map(Timestamp::unix_seconds);
    let added = ledger.execute(
        "add a credential",
        "INSERT OR IGNORE INTO credential(id, name, secret, rights, limits, created, expires, revoked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            record.id,
            record.name,
            record.secret_sha256,
            serde_json::to_string(&record.rights).unwrap_or_default(),
            serde_json::to_string(&record.limits).unwrap_or_default(),
            record.created.unix_seconds(),
            seconds(record.expires),
            seconds(record.revoked_at),
        ],
    )?;
    if added == 0 {
        return Err(StoreError::CredentialExists { id: record.id });
    }
    ledger.note_credential_change();
    ledger.append(event).map(|_| ())
}

/// Revoke a credential; whether it was not revoked before.
pub(in crate::sqlite) fn revoke(
    ledger: &mut Ledger<'_>,
    id: String,
    at: Timestamp,
    event: String,
) -> Result<bool, StoreError> {
    let revoked: Option<Option<i64>> = ledger
        .db
        .prepare_cached("SELECT revoked_at FROM credential WHERE id = ?1")
        .and_then(|mut statement| statement.query_row([&id], |row| row.get(0)).optional())
        .map_err(ledger.faults.database("find a credential"))?;
    match revoked {
        None => Err(StoreError::UnknownCredential { id }),
        Some(Some(_)) => Ok(false),
        Some(None) => {
            ledger.execute(
                "revoke a credential",
                "UPDATE credential SET revoked_at = ?2 WHERE id = ?1",
                params![id, at.unix_seconds()],
            )?;
            ledger.note_credential_change();
            ledger.append(event).map(|_| true)
        }
    }
}
