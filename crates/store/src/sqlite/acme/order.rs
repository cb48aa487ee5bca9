//! Orders: stored, changed, found.

use std::collections::HashSet;

use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use rusqlite::{Connection, Row, params};

use super::{Transaction, authorization};
use crate::StoreError;
use crate::list::Cursor;
use crate::record::{
    AcmeAuthorizationRecord, AcmeKind, AcmeOrderFilter, AcmeOrderRecord, AcmeOrderStatus, AcmePage,
    OrderCreation, Swap,
};
use crate::sqlite::fault::Faults;
use crate::sqlite::inserts::EPOCH_BITS;
use crate::sqlite::listing::{Conditions, MAX_PAGE};
use crate::sqlite::row::term;

const COLUMNS: &str =
    "number, id, authority, account, status, created_at, updated_at, expires, keep_until, names,
  replaces, serial, revision, body";

/// Orders that count against another that replaces the same certificate: `?3` is now.
const COUNTS: &str =
    "(status IN ('processing', 'valid') OR (status IN ('pending', 'ready') AND expires >= ?3))";

/// A row of [`COLUMNS`]: its number and the record, as far as it can be read back.
fn record(row: &Row<'_>) -> rusqlite::Result<(i64, Option<AcmeOrderRecord>)> {
    let number = row.get(0)?;
    let (status, names): (String, String) = (row.get(4)?, row.get(9)?);
    let serial = row.get::<_, Option<Vec<u8>>>(11)?.map(|octets| Serial::from_unsigned(&octets)).transpose();
    let (Some(status), Ok(names), Ok(serial)) =
        (AcmeOrderStatus::from_name(&status), serde_json::from_str(&names), serial)
    else {
        return Ok((number, None));
    };
    let time = |column| row.get(column).map(Timestamp::from_unix_seconds);
    let order = AcmeOrderRecord {
        id: row.get(1)?,
        authority: row.get(2)?,
        account: row.get(3)?,
        status,
        created_at: time(5)?,
        updated_at: time(6)?,
        expires: time(7)?,
        keep_until: time(8)?,
        names,
        replaces: row.get(10)?,
        serial,
        revision: row.get(12)?,
        body: row.get(13)?,
    };
    Ok((number, Some(order)))
}

/// Orders and their numbers.
fn select(
    db: &Connection,
    faults: &Faults,
    rest: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<(i64, AcmeOrderRecord)>, StoreError> {
    let rows: Vec<_> = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM acme_order {rest}"))
        .and_then(|mut statement| statement.query_map(values, record)?.collect())
        .map_err(faults.database("find ACME orders"))?;
    let readable = |(number, record): (i64, Option<AcmeOrderRecord>)| match record {
        Some(record) => Ok((number, record)),
        None => Err(faults.damaged(format!("ACME order {number} of the table cannot be read back"))),
    };
    rows.into_iter().map(readable).collect()
}

fn only(mut found: Vec<(i64, AcmeOrderRecord)>) -> Option<AcmeOrderRecord> {
    found.pop().map(|(_, record)| record)
}

/// The order with this identifier.
pub(in crate::sqlite) fn by_id(
    db: &Connection,
    faults: &Faults,
    id: &str,
) -> Result<Option<AcmeOrderRecord>, StoreError> {
    select(db, faults, "WHERE id = ?1", [id]).map(only)
}

/// The order that led to this certificate.
pub(in crate::sqlite) fn by_serial(
    db: &Connection,
    faults: &Faults,
    authority: &str,
    serial: &Serial,
) -> Result<Option<AcmeOrderRecord>, StoreError> {
    let rest = "WHERE serial = ?1 AND authority = ?2 ORDER BY number DESC LIMIT 1";
    select(db, faults, rest, params![serial.as_unsigned(), authority]).map(only)
}

/// The order that replaces this certificate.
pub(in crate::sqlite) fn replacing(
    db: &Connection,
    faults: &Faults,
    authority: &str,
    certificate: &str,
    now: Timestamp,
) -> Result<Option<AcmeOrderRecord>, StoreError> {
    // The condition of the index, in its words.
    let rest = format!(
        "WHERE replaces = ?1 AND status <> 'invalid' AND authority = ?2 AND {COUNTS} ORDER BY number DESC LIMIT 1"
    );
    select(db, faults, &rest, params![certificate, authority, now.unix_seconds()]).map(only)
}

/// Orders that are processing since before this time.
pub(in crate::sqlite) fn processing(
    db: &Connection,
    faults: &Faults,
    before: Timestamp,
    after: Option<Cursor>,
    limit: usize,
) -> Result<AcmePage<AcmeOrderRecord>, StoreError> {
    let limit = limit.clamp(1, MAX_PAGE);
    let rest = format!(
        "WHERE status = 'processing' AND number > ?2 AND updated_at < ?1 ORDER BY number LIMIT {}",
        limit.saturating_add(1)
    );
    let number = after.map_or(0, |cursor| cursor.id);
    let found = select(db, faults, &rest, [before.unix_seconds(), number])?;
    Ok(AcmePage::of(found, limit))
}

/// What the orders of an account are found by.
pub(super) fn account_hash(account: &str) -> i64 {
    term("account", account.as_bytes())
}

/// A page of orders.
pub(in crate::sqlite) fn page(
    db: &Connection,
    faults: &Faults,
    filter: &AcmeOrderFilter,
    after: Option<Cursor>,
    limit: usize,
) -> Result<AcmePage<AcmeOrderRecord>, StoreError> {
    let limit = limit.clamp(1, MAX_PAGE);
    let wanted = limit.saturating_add(1);
    let found = if let Some(account) = &filter.account {
        of_account(db, faults, filter, account, after, wanted)?
    } else {
        let mut conditions = conditions(filter);
        conditions.beyond("number", after, filter.newest_first);
        let direction = if filter.newest_first { "DESC" } else { "ASC" };
        let rest = format!("{} ORDER BY number {direction} LIMIT {wanted}", conditions.sql());
        select(db, faults, &rest, conditions.params())?
    };
    Ok(AcmePage::of(found, limit))
}

fn conditions(filter: &AcmeOrderFilter) -> Conditions {
    let mut conditions = Conditions::default();
    if let Some(authority) = &filter.authority {
        conditions.and("authority = ?", [authority.clone().into()]);
    }
    if let Some(status) = filter.status {
        conditions.and("status = ?", [status.as_str().to_owned().into()]);
    }
    conditions
}

/// The account's orders, by one look into each epoch.
fn of_account(
    db: &Connection,
    faults: &Faults,
    filter: &AcmeOrderFilter,
    account: &str,
    after: Option<Cursor>,
    wanted: usize,
) -> Result<Vec<(i64, AcmeOrderRecord)>, StoreError> {
    let fault = faults.database("find the orders of an account");
    // Two queries: each is answered by one end of the table.
    let end = |sql: &str| db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).map_err(&fault);
    let first = end("SELECT min(epoch) FROM order_account")?;
    let last = end("SELECT max(epoch) FROM order_account")?;
    let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
    let (direction, beyond) = if filter.newest_first { ("DESC", '<') } else { ("ASC", '>') };
    let bound = after.map_or(if filter.newest_first { i64::MAX } else { -1 }, |cursor| cursor.id);
    let sql = format!(
        "SELECT number FROM order_account WHERE epoch = ?1 AND hash = ?2 AND number {beyond} ?3
         ORDER BY number {direction}"
    );
    let mut found = Vec::new();
    for step in 0..=last.saturating_sub(first) {
        let epoch = if filter.newest_first { last.saturating_sub(step) } else { first.saturating_add(step) };
        let numbers: Vec<i64> = db
            .prepare_cached(&sql)
            .and_then(|mut statement| {
                statement.query_map([epoch, account_hash(account), bound], |row| row.get(0))?.collect()
            })
            .map_err(&fault)?;
        for number in numbers {
            let mut conditions = conditions(filter);
            conditions.and("account = ?", [account.to_owned().into()]);
            conditions.and("number = ?", [number.into()]);
            let rest = conditions.sql().to_owned();
            found.extend(select(db, faults, &rest, conditions.params())?);
            if found.len() >= wanted {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

fn exists(transaction: Transaction<'_>, kind: AcmeKind, table: &str, id: &str) -> Result<(), StoreError> {
    let taken = transaction
        .db
        .prepare_cached(&format!("SELECT 1 FROM {table} WHERE id = ?1"))
        .and_then(|mut statement| statement.exists([id]))
        .map_err(transaction.faults.database("look for an identifier"))?;
    if taken { Err(StoreError::AcmeExists { kind, id: id.to_owned() }) } else { Ok(()) }
}

/// Store an order with its new authorizations. Everything is judged before anything is written.
pub(in crate::sqlite) fn create(
    transaction: Transaction<'_>,
    order: &AcmeOrderRecord,
    authorizations: &[AcmeAuthorizationRecord],
) -> Result<OrderCreation, StoreError> {
    exists(transaction, AcmeKind::Order, "acme_order", &order.id)?;
    let mut new = HashSet::with_capacity(authorizations.len());
    for AcmeAuthorizationRecord { id, .. } in authorizations {
        exists(transaction, AcmeKind::Authorization, "acme_authorization", id)?;
        if !new.insert(id) {
            return Err(StoreError::AcmeExists { kind: AcmeKind::Authorization, id: id.clone() });
        }
    }
    if let Some(certificate) = &order.replaces
        && let Some(other) =
            replacing(transaction.db, transaction.faults, &order.authority, certificate, order.created_at)?
    {
        return Ok(OrderCreation::Replaced { by: other.id });
    }
    insert(transaction, order)?;
    authorizations.iter().try_for_each(|authorization| authorization::insert(transaction, authorization))?;
    Ok(OrderCreation::Created)
}

fn insert(transaction: Transaction<'_>, order: &AcmeOrderRecord) -> Result<(), StoreError> {
    transaction.execute(
        "store an ACME order",
        "INSERT INTO acme_order(id, authority, account, status, created_at, updated_at, expires, keep_until, names,
           replaces, serial, revision, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1, ?12)",
        params![
            order.id,
            order.authority,
            order.account,
            order.status.as_str(),
            order.created_at.unix_seconds(),
            order.updated_at.unix_seconds(),
            order.expires.unix_seconds(),
            order.keep_until.unix_seconds(),
            serde_json::to_string(&order.names).unwrap_or_default(),
            order.replaces,
            order.serial.as_ref().map(Serial::as_unsigned),
            order.body,
        ],
    )?;
    let number = transaction.db.last_insert_rowid();
    transaction
        .execute(
            "record what an ACME order is found by",
            "INSERT INTO order_account(epoch, hash, number) VALUES (?1, ?2, ?3)",
            [number >> EPOCH_BITS, account_hash(&order.account), number],
        )
        .map(|_| ())
}

/// Change an order by compare and swap.
pub(in crate::sqlite) fn update(
    transaction: Transaction<'_>,
    order: &AcmeOrderRecord,
) -> Result<Swap<AcmeOrderRecord>, StoreError> {
    let changed = transaction.execute(
        "change an ACME order",
        "UPDATE acme_order SET status = ?3, updated_at = ?4, expires = ?5, keep_until = ?6, serial = ?7,
           revision = revision + 1, body = ?8
         WHERE id = ?1 AND revision = ?2",
        params![
            order.id,
            order.revision,
            order.status.as_str(),
            order.updated_at.unix_seconds(),
            order.expires.unix_seconds(),
            order.keep_until.unix_seconds(),
            order.serial.as_ref().map(Serial::as_unsigned),
            order.body,
        ],
    )?;
    if changed > 0 {
        return Ok(Swap::Done { revision: order.revision.saturating_add(1) });
    }
    let unknown = || StoreError::UnknownAcme { kind: AcmeKind::Order, id: order.id.clone() };
    by_id(transaction.db, transaction.faults, &order.id)?
        .map(|current| Swap::Stale(Box::new(current)))
        .ok_or_else(unknown)
}

/// Remove orders that nobody may ask for since before this time; how many.
pub(super) fn sweep(
    transaction: Transaction<'_>,
    before: Timestamp,
    limit: usize,
) -> Result<u64, StoreError> {
    let old: Vec<(i64, String)> = transaction
        .db
        .prepare_cached(
            "SELECT number, account FROM acme_order WHERE keep_until < ?1 AND +status <> 'processing'
             ORDER BY keep_until LIMIT ?2",
        )
        .and_then(|mut statement| {
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            statement
                .query_map([before.unix_seconds(), limit], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
        .map_err(transaction.faults.database("find expired ACME orders"))?;
    for (number, account) in &old {
        transaction.execute(
            "remove what an ACME order is found by",
            "DELETE FROM order_account WHERE epoch = ?1 AND hash = ?2 AND number = ?3",
            [number >> EPOCH_BITS, account_hash(account), *number],
        )?;
        transaction.execute("remove an ACME order", "DELETE FROM acme_order WHERE number = ?1", [number])?;
    }
    Ok(u64::try_from(old.len()).unwrap_or(u64::MAX))
}

/// For [`authorization::create`].
pub(super) fn check_new(transaction: Transaction<'_>, id: &str) -> Result<(), StoreError> {
    exists(transaction, AcmeKind::Authorization, "acme_authorization", id)
}
