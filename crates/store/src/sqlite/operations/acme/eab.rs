//! Keys for external account binding.

use hf_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::StoreError;
use crate::list::Cursor;
use crate::record::{AcmeAccountRecord, AcmeKind, AcmePage, EabFault, EabKeyRecord, EabSecret};
use crate::sqlite::fault::Faults;
use crate::sqlite::ledger::Ledger;
use crate::sqlite::listing::{Conditions, MAX_PAGE};

const COLUMNS: &str =
    "number, id, name, authority, names, profiles, trusted, created_at, expires, used_by, used_at,
  revoked_at";

fn record(row: &Row<'_>) -> rusqlite::Result<(i64, Option<EabKeyRecord>)> {
    let (names, profiles): (String, String) = (row.get(4)?, row.get(5)?);
    let time = |column| row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp::from_unix_seconds));
    let number = row.get(0)?;
    let (Ok(names), Ok(profiles)) = (serde_json::from_str(&names), serde_json::from_str(&profiles)) else {
        return Ok((number, None));
    };
    let key = EabKeyRecord {
        id: row.get(1)?,
        name: row.get(2)?,
        authority: row.get(3)?,
        names,
        profiles,
        trusted: row.get(6)?,
        created_at: Timestamp::from_unix_seconds(row.get(7)?),
        expires: time(8)?,
        used_by: row.get(9)?,
        used_at: time(10)?,
        revoked_at: time(11)?,
    };
    Ok((number, Some(key)))
}

fn damaged(faults: &Faults, number: i64) -> StoreError {
    faults.damaged(format!("external account key {number} of the table cannot be read back"))
}

/// The key with this identifier.
pub(in crate::sqlite) fn by_id(
    db: &Connection,
    faults: &Faults,
    id: &str,
) -> Result<Option<EabKeyRecord>, StoreError> {
    let found = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM eab WHERE id = ?1"))
        .and_then(|mut statement| statement.query_row([id], record).optional())
        .map_err(faults.database("find an external account key"))?;
    found.map(|(number, record)| record.ok_or_else(|| damaged(faults, number))).transpose()
}

/// The secret of the key with this identifier.
pub(in crate::sqlite) fn secret(
    db: &Connection,
    faults: &Faults,
    id: &str,
) -> Result<Option<EabSecret>, StoreError> {
    db.prepare_cached("SELECT secret FROM eab WHERE id = ?1")
        .and_then(|mut statement| statement.query_row([id], |row| row.get(0)).optional())
        .map(|octets| octets.map(EabSecret::new))
        .map_err(faults.database("find an external account key"))
}

/// A page of keys.
pub(in crate::sqlite) fn page(
    db: &Connection,
    faults: &Faults,
    authority: Option<String>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<AcmePage<EabKeyRecord>, StoreError> {
    let limit = limit.clamp(1, MAX_PAGE);
    let mut conditions = Conditions::default();
    if let Some(authority) = authority {
        conditions.and("authority = ?", [authority.into()]);
    }
    conditions.beyond("number", after, false);
    let sql = format!(
        "SELECT {COLUMNS} FROM eab{} ORDER BY number LIMIT {}",
        conditions.sql(),
        limit.saturating_add(1)
    );
    let found: Vec<_> = db
        .prepare_cached(&sql)
        .and_then(|mut statement| statement.query_map(conditions.params(), record)?.collect())
        .map_err(faults.database("list external account keys"))?;
    let found = found
        .into_iter()
        .map(|(number, record)| Ok((number, record.ok_or_else(|| damaged(faults, number))?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(AcmePage::of(found, limit))
}

/// Put a key on record.
pub(in crate::sqlite) fn add(
    ledger: &mut Ledger<'_>,
    key: &EabKeyRecord,
    secret: &EabSecret,
    event: String,
) -> Result<(), StoreError> {
    let added = ledger.execute(
        "add an external account key",
        "INSERT OR IGNORE INTO eab(id, name, authority, secret, names, profiles, trusted, created_at, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            key.id,
            key.name,
            key.authority,
            secret.expose(),
            serde_json::to_string(&key.names).unwrap_or_default(),
            serde_json::to_string(&key.profiles).unwrap_or_default(),
            key.trusted,
            key.created_at.unix_seconds(),
            key.expires.map(Timestamp::unix_seconds),
        ],
    )?;
    if added == 0 {
        return Err(StoreError::AcmeExists { kind: AcmeKind::EabKey, id: key.id.clone() });
    }
    ledger.append(event).map(|_| ())
}

/// Revoke a key; whether it was not revoked before.
pub(in crate::sqlite) fn revoke(
    ledger: &mut Ledger<'_>,
    id: String,
    at: Timestamp,
    event: String,
) -> Result<bool, StoreError> {
    match by_id(ledger.db, ledger.faults, &id)? {
        None => Err(StoreError::UnknownAcme { kind: AcmeKind::EabKey, id }),
        Some(EabKeyRecord { revoked_at: Some(_), .. }) => Ok(false),
        Some(_) => {
            ledger.execute(
                "revoke an external account key",
                "UPDATE eab SET revoked_at = ?2 WHERE id = ?1",
                params![id, at.unix_seconds()],
            )?;
            ledger.append(event).map(|_| true)
        }
    }
}

/// Use up a key for this account, or say why it cannot be used.
pub(super) fn use_up(
    ledger: &Ledger<'_>,
    id: &str,
    account: &AcmeAccountRecord,
) -> Result<Option<EabFault>, StoreError> {
    let Some(key) = by_id(ledger.db, ledger.faults, id)? else { return Ok(Some(EabFault::Unknown)) };
    if let Some(fault) = key.fault(&account.authority, account.created_at) {
        return Ok(Some(fault));
    }
    ledger.execute(
        "use up an external account key",
        "UPDATE eab SET used_by = ?2, used_at = ?3 WHERE id = ?1",
        params![id, account.id, account.created_at.unix_seconds()],
    )?;
    Ok(None)
}
