//! Authorizations: stored, changed, leased, found.

use hf_core::name::Identifier;
use hf_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Transaction, order};
use crate::StoreError;
use crate::record::{AcmeAuthorizationRecord, AcmeAuthorizationStatus, AcmeKind, Swap};
use crate::sqlite::fault::Faults;
use crate::sqlite::listing::MAX_PAGE;
use crate::sqlite::row::term;

const COLUMNS: &str = "a.id, a.authority, a.account, a.identifier, a.wildcard, a.status, a.expires, a.due,
  a.lease_until, a.revision, a.body";

/// A row of [`COLUMNS`], as far as it can be read back.
fn record(row: &Row<'_>) -> rusqlite::Result<Option<AcmeAuthorizationRecord>> {
    let (identifier, status): (String, String) = (row.get(3)?, row.get(5)?);
    let (Ok(identifier), Some(status)) =
        (serde_json::from_str(&identifier), AcmeAuthorizationStatus::from_name(&status))
    else {
        return Ok(None);
    };
    let time = |column| row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp::from_unix_seconds));
    Ok(Some(AcmeAuthorizationRecord {
        id: row.get(0)?,
        authority: row.get(1)?,
        account: row.get(2)?,
        identifier,
        wildcard: row.get(4)?,
        status,
        expires: Timestamp::from_unix_seconds(row.get(6)?),
        due: time(7)?,
        lease_until: time(8)?,
        revision: row.get(9)?,
        body: row.get(10)?,
    }))
}

fn select(
    db: &Connection,
    faults: &Faults,
    rest: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<AcmeAuthorizationRecord>, StoreError> {
    let rows: Vec<_> = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM {rest}"))
        .and_then(|mut statement| statement.query_map(values, record)?.collect())
        .map_err(faults.database("find ACME authorizations"))?;
    let damaged = || faults.damaged("an ACME authorization of the table cannot be read back");
    rows.into_iter().map(|record| record.ok_or_else(damaged)).collect()
}

/// The authorization with this identifier.
pub(in crate::sqlite) fn by_id(
    db: &Connection,
    faults: &Faults,
    id: &str,
) -> Result<Option<AcmeAuthorizationRecord>, StoreError> {
    select(db, faults, "acme_authorization a WHERE a.id = ?1", [id]).map(|mut found| found.pop())
}

/// Those of these authorizations that there are.
pub(in crate::sqlite) fn by_ids(
    db: &Connection,
    faults: &Faults,
    ids: &[String],
) -> Result<Vec<AcmeAuthorizationRecord>, StoreError> {
    ids.iter().take(MAX_PAGE).filter_map(|id| by_id(db, faults, id).transpose()).collect()
}

/// What a valid authorization is found by.
fn usable_hash(account: &str, identifier: &Identifier) -> i64 {
    term("authorization", format!("{account}\0{}:{identifier}", identifier.kind()).as_bytes())
}

/// Valid authorizations of an account for these names.
pub(in crate::sqlite) fn usable(
    db: &Connection,
    faults: &Faults,
    account: &str,
    identifiers: &[Identifier],
    now: Timestamp,
) -> Result<Vec<AcmeAuthorizationRecord>, StoreError> {
    let rest = "usable u CROSS JOIN acme_authorization a ON a.number = u.authorization
                WHERE u.hash = ?1 AND a.status = 'valid' AND a.expires >= ?2 ORDER BY u.wildcard";
    let mut found = Vec::new();
    for identifier in identifiers.iter().take(MAX_PAGE) {
        let hash = usable_hash(account, identifier);
        let matching = select(db, faults, rest, [hash, now.unix_seconds()])?;
        // Whatever the 64 bits of the hash say.
        let own =
            |record: &AcmeAuthorizationRecord| record.account == account && record.identifier == *identifier;
        found.extend(matching.into_iter().filter(own));
    }
    Ok(found)
}

/// Store an authorization that belongs to no order yet.
pub(in crate::sqlite) fn create(
    transaction: Transaction<'_>,
    authorization: &AcmeAuthorizationRecord,
) -> Result<(), StoreError> {
    order::check_new(transaction, &authorization.id)?;
    insert(transaction, authorization)
}

/// When it is to be worked on next.
fn wake(authorization: &AcmeAuthorizationRecord) -> Option<i64> {
    authorization.due.map(|due| authorization.lease_until.map_or(due, |lease| lease.max(due)).unix_seconds())
}

pub(super) fn insert(
    transaction: Transaction<'_>,
    authorization: &AcmeAuthorizationRecord,
) -> Result<(), StoreError> {
    transaction.execute(
        "store an ACME authorization",
        "INSERT INTO acme_authorization(id, authority, account, identifier, wildcard, status, expires, due, lease_until,
           wake, revision, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11)",
        params![
            authorization.id,
            authorization.authority,
            authorization.account,
            serde_json::to_string(&authorization.identifier).unwrap_or_default(),
            authorization.wildcard,
            authorization.status.as_str(),
            authorization.expires.unix_seconds(),
            authorization.due.map(Timestamp::unix_seconds),
            authorization.lease_until.map(Timestamp::unix_seconds),
            wake(authorization),
            authorization.body,
        ],
    )?;
    if authorization.status == AcmeAuthorizationStatus::Valid {
        make_usable(transaction, transaction.db.last_insert_rowid(), authorization)?;
    }
    Ok(())
}

fn make_usable(
    transaction: Transaction<'_>,
    number: i64,
    authorization: &AcmeAuthorizationRecord,
) -> Result<(), StoreError> {
    let hash = usable_hash(&authorization.account, &authorization.identifier);
    transaction
        .execute(
            "record a valid ACME authorization",
            "INSERT OR REPLACE INTO usable(hash, wildcard, authorization) VALUES (?1, ?2, ?3)",
            params![hash, authorization.wildcard, number],
        )
        .map(|_| ())
}

fn make_unusable(
    transaction: Transaction<'_>,
    number: i64,
    authorization: &AcmeAuthorizationRecord,
) -> Result<(), StoreError> {
    let hash = usable_hash(&authorization.account, &authorization.identifier);
    transaction
        .execute(
            "forget a valid ACME authorization",
            "DELETE FROM usable WHERE hash = ?1 AND wildcard = ?2 AND authorization = ?3",
            params![hash, authorization.wildcard, number],
        )
        .map(|_| ())
}

/// Number of the authorization with this identifier.
fn number(transaction: Transaction<'_>, id: &str) -> Result<Option<i64>, StoreError> {
    transaction
        .db
        .prepare_cached("SELECT number FROM acme_authorization WHERE id = ?1")
        .and_then(|mut statement| statement.query_row([id], |row| row.get(0)).optional())
        .map_err(transaction.faults.database("find an ACME authorization"))
}

/// Change an authorization by compare and swap.
pub(in crate::sqlite) fn update(
    transaction: Transaction<'_>,
    new: &AcmeAuthorizationRecord,
) -> Result<Swap<AcmeAuthorizationRecord>, StoreError> {
    let current = by_id(transaction.db, transaction.faults, &new.id)?;
    let (Some(current), Some(number)) = (current, number(transaction, &new.id)?) else {
        return Err(StoreError::UnknownAcme { kind: AcmeKind::Authorization, id: new.id.clone() });
    };
    if current.revision != new.revision {
        return Ok(Swap::Stale(Box::new(current)));
    }
    let revision = current.revision.saturating_add(1);
    transaction.execute(
        "change an ACME authorization",
        "UPDATE acme_authorization SET status = ?2, expires = ?3, due = ?4, lease_until = ?5, wake = ?6, revision = ?7,
           body = ?8
         WHERE number = ?1",
        params![
            number,
            new.status.as_str(),
            new.expires.unix_seconds(),
            new.due.map(Timestamp::unix_seconds),
            new.lease_until.map(Timestamp::unix_seconds),
            wake(new),
            revision,
            new.body,
        ],
    )?;
    let valid = |record: &AcmeAuthorizationRecord| record.status == AcmeAuthorizationStatus::Valid;
    match (valid(&current), valid(new)) {
        (false, true) => make_usable(transaction, number, &current)?,
        (true, false) => make_unusable(transaction, number, &current)?,
        (true, true) | (false, false) => {}
    }
    Ok(Swap::Done { revision })
}

/// Take authorizations that are due.
pub(in crate::sqlite) fn lease(
    transaction: Transaction<'_>,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<AcmeAuthorizationRecord>, StoreError> {
    let fault = transaction.faults.database("find ACME authorizations that are due");
    let numbers: Vec<i64> = transaction
        .db
        .prepare_cached(
            "SELECT number FROM acme_authorization WHERE wake IS NOT NULL AND wake <= ?1 ORDER BY wake LIMIT ?2",
        )
        .and_then(|mut statement| {
            let limit = i64::try_from(limit.min(MAX_PAGE)).unwrap_or(i64::MAX);
            statement.query_map([now.unix_seconds(), limit], |row| row.get(0))?.collect()
        })
        .map_err(fault)?;
    let mut leased = Vec::with_capacity(numbers.len());
    for number in numbers {
        let (db, faults) = (transaction.db, transaction.faults);
        let found = select(db, faults, "acme_authorization a WHERE a.number = ?1", [number])?;
        for mut authorization in found {
            authorization.lease_until = Some(until);
            authorization.revision = authorization.revision.saturating_add(1);
            transaction.execute(
                "lease an ACME authorization",
                "UPDATE acme_authorization SET lease_until = ?2, wake = ?3, revision = ?4 WHERE number = ?1",
                params![number, until.unix_seconds(), wake(&authorization), authorization.revision],
            )?;
            leased.push(authorization);
        }
    }
    Ok(leased)
}

/// End the leases of a process that ended. To be called before anybody can have one: only one process has the store.
pub(super) fn end_leases(transaction: Transaction<'_>) -> Result<(), StoreError> {
    transaction
        .execute(
            "end leases of ACME authorizations",
            "UPDATE acme_authorization SET lease_until = NULL, wake = due, revision = revision + 1
             WHERE wake IS NOT NULL AND lease_until IS NOT NULL",
            [],
        )
        .map(|_| ())
}

/// Remove authorizations that expired before this time; how many.
pub(super) fn sweep(
    transaction: Transaction<'_>,
    before: Timestamp,
    limit: usize,
) -> Result<u64, StoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let numbers: Vec<i64> = transaction
        .db
        .prepare_cached("SELECT number FROM acme_authorization WHERE expires < ?1 ORDER BY expires LIMIT ?2")
        .and_then(|mut statement| {
            statement.query_map([before.unix_seconds(), limit], |row| row.get(0))?.collect()
        })
        .map_err(transaction.faults.database("find expired ACME authorizations"))?;
    for number in &numbers {
        let (db, faults) = (transaction.db, transaction.faults);
        for authorization in select(db, faults, "acme_authorization a WHERE a.number = ?1", [number])? {
            make_unusable(transaction, *number, &authorization)?;
        }
        transaction.execute(
            "remove an ACME authorization",
            "DELETE FROM acme_authorization WHERE number = ?1",
            [number],
        )?;
    }
    Ok(u64::try_from(numbers.len()).unwrap_or(u64::MAX))
}
