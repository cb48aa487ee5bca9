//! Accounts made and changed.

use hf_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::eab;
use crate::StoreError;
use crate::list::Cursor;
use crate::record::{
    AccountCreation, AccountUpdate, AcmeAccountFilter, AcmeAccountRecord, AcmeAccountStatus, AcmeKind,
    AcmePage,
};
use crate::sqlite::fault::Faults;
use crate::sqlite::ledger::Ledger;
use crate::sqlite::listing::{Conditions, MAX_PAGE};

const COLUMNS: &str = "number, id, authority, thumbprint, status, created_at, eab, revision, body";

/// A row of [`COLUMNS`]: its number and the record, as far as it can be read back.
fn record(row: &Row<'_>) -> rusqlite::Result<(i64, Option<AcmeAccountRecord>)> {
    let status: String = row.get(4)?;
    let account = AcmeAccountStatus::from_name(&status).map(|status| {
        Ok::<_, rusqlite::Error>(AcmeAccountRecord {
            id: row.get(1)?,
            authority: row.get(2)?,
            thumbprint: row.get(3)?,
            status,
            created_at: Timestamp::from_unix_seconds(row.get(5)?),
            eab: row.get(6)?,
            revision: row.get(7)?,
            body: row.get(8)?,
        })
    });
    Ok((row.get(0)?, account.transpose()?))
}

fn find(
    db: &Connection,
    faults: &Faults,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Option<AcmeAccountRecord>, StoreError> {
    let found = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM acme_account WHERE {condition}"))
        .and_then(|mut statement| statement.query_row(values, record).optional())
        .map_err(faults.database("find an ACME account"))?;
    found.map(|(number, record)| record.ok_or_else(|| damaged(faults, number))).transpose()
}

fn damaged(faults: &Faults, number: i64) -> StoreError {
    faults.damaged(format!("ACME account {number} of the table cannot be read back"))
}

/// The account with this identifier.
pub(in crate::sqlite) fn by_id(
    db: &Connection,
    faults: &Faults,
    id: &str,
) -> Result<Option<AcmeAccountRecord>, StoreError> {
    find(db, faults, "id = ?1", [id])
}

/// The account of this authority with this key.
pub(in crate::sqlite) fn by_thumbprint(
    db: &Connection,
    faults: &Faults,
    authority: &str,
    thumbprint: &[u8; 32],
) -> Result<Option<AcmeAccountRecord>, StoreError> {
    find(db, faults, "thumbprint = ?1 AND authority = ?2", params![thumbprint, authority])
}

/// A page of accounts.
pub(in crate::sqlite) fn page(
    db: &Connection,
    faults: &Faults,
    filter: AcmeAccountFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<AcmePage<AcmeAccountRecord>, StoreError> {
    let limit = limit.clamp(1, MAX_PAGE);
    let mut conditions = Conditions::default();
    if let Some(authority) = filter.authority {
        conditions.and("authority = ?", [authority.into()]);
    }
    if let Some(status) = filter.status {
        conditions.and("status = ?", [status.as_str().to_owned().into()]);
    }
    conditions.beyond("number", after, false);
    let sql = format!(
        "SELECT {COLUMNS} FROM acme_account{} ORDER BY number LIMIT {}",
        conditions.sql(),
        limit.saturating_add(1)
    );
    let found: Vec<_> = db
        .prepare_cached(&sql)
        .and_then(|mut statement| statement.query_map(conditions.params(), record)?.collect())
        .map_err(faults.database("list ACME accounts"))?;
    let found = found
        .into_iter()
        .map(|(number, record)| Ok((number, record.ok_or_else(|| damaged(faults, number))?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(AcmePage::of(found, limit))
}

/// Make an account, and use up the key that it is bound to.
pub(in crate::sqlite) fn create(
    ledger: &mut Ledger<'_>,
    account: &AcmeAccountRecord,
    event: String,
) -> Result<AccountCreation, StoreError> {
    let (db, faults) = (ledger.db, ledger.faults);
    if let Some(existing) = by_thumbprint(db, faults, &account.authority, &account.thumbprint)? {
        return Ok(AccountCreation::Existing(Box::new(existing)));
    }
    if let Some(key) = &account.eab
        && let Some(fault) = eab::use_up(ledger, key, account)?
    {
        return Ok(AccountCreation::EabUnusable(fault));
    }
    let added = ledger.execute(
        "add an ACME account",
        "INSERT OR IGNORE INTO acme_account(id, authority, thumbprint, status, created_at, eab, revision, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, ?7)",
        params![
            account.id,
            account.authority,
            account.thumbprint,
            account.status.as_str(),
            account.created_at.unix_seconds(),
            account.eab,
            account.body,
        ],
    )?;
    if added == 0 {
        return Err(StoreError::AcmeExists { kind: AcmeKind::Account, id: account.id.clone() });
    }
    ledger.append(event)?;
    Ok(AccountCreation::Created)
}

/// Change an account by compare and swap.
pub(in crate::sqlite) fn update(
    ledger: &mut Ledger<'_>,
    account: &AcmeAccountRecord,
    event: String,
) -> Result<AccountUpdate, StoreError> {
    let (db, faults) = (ledger.db, ledger.faults);
    let unknown = || StoreError::UnknownAcme { kind: AcmeKind::Account, id: account.id.clone() };
    let current = by_id(db, faults, &account.id)?.ok_or_else(unknown)?;
    if current.revision != account.revision {
        return Ok(AccountUpdate::Stale(Box::new(current)));
    }
    if current.thumbprint != account.thumbprint
        && let Some(other) = by_thumbprint(db, faults, &current.authority, &account.thumbprint)?
    {
        return Ok(AccountUpdate::KeyInUse { account: other.id });
    }
    let revision = current.revision.saturating_add(1);
    ledger.execute(
        "change an ACME account",
        "UPDATE acme_account SET thumbprint = ?2, status = ?3, revision = ?4, body = ?5 WHERE id = ?1",
        params![account.id, account.thumbprint, account.status.as_str(), revision, account.body],
    )?;
    ledger.note_account_change();
    ledger.append(event)?;
    Ok(AccountUpdate::Done { revision })
}
