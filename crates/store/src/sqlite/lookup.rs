//! Finding single records. Used by readers and by the writer.

use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::fault::Faults;
use super::inserts::EPOCH_BITS;
use super::ledger::{decode_intent, serial_column};
use super::row::{CertificateRow, Key, dedup_hash, key_term};
use crate::StoreError;
use crate::record::{RevocationRecord, StoredCertificate};

/// What every query for certificates selects, in this order.
pub(super) const COLUMNS: &str =
    "c.id, c.issuer, c.serial, c.body, c.profile, c.snapshot, c.subject, c.names,
  c.not_before, c.not_after, c.spki, c.dedup_key, c.requested_at, c.possibly_signed, i.name, r.at, r.reason";
/// Revocation and the name of the authority.
pub(super) const JOINS: &str = "JOIN issuer i ON i.id = c.issuer LEFT JOIN revoked r ON r.certificate = c.id";

/// A certificate and its number.
pub(super) type Numbered = (i64, StoredCertificate);

/// A row of [`COLUMNS`].
pub(super) fn certificate(row: &Row<'_>, faults: &Faults) -> Result<Numbered, StoreError> {
    let fault = faults.database("read a certificate");
    let serial: Vec<u8> = row.get(2).map_err(&fault)?;
    let serial = serial_column(&serial, faults)?;
    let read = || -> rusqlite::Result<_> {
        let columns = CertificateRow {
            issuer: row.get(1)?,
            serial,
            body: row.get(3)?,
            profile: row.get(4)?,
            snapshot: row.get(5)?,
            subject: row.get(6)?,
            names: row.get(7)?,
            not_before: row.get(8)?,
            not_after: row.get(9)?,
            spki: row.get(10)?,
            dedup_key: row.get(11)?,
            requested_at: row.get(12)?,
            terms: Vec::new(),
        };
        let authority: String = row.get(14)?;
        let revocation = revocation_columns(row.get(15)?, row.get(16)?);
        Ok((row.get(0)?, columns, row.get(13)?, authority, revocation))
    };
    let (id, columns, possibly_signed, authority, revocation) = read().map_err(&fault)?;
    columns
        .into_stored(&authority, possibly_signed, revocation)
        .map(|stored| (id, stored))
        .ok_or_else(|| faults.damaged(format!("certificate {id} of the table cannot be read back")))
}

/// A revocation from its two columns.
pub(super) fn revocation_columns(at: Option<i64>, reason: Option<u8>) -> Option<RevocationRecord> {
    let at = Timestamp::from_unix_seconds(at?);
    Some(RevocationRecord { at, reason: RevocationReason::from_code(reason?).unwrap_or_default() })
}

/// Run a query for certificates.
pub(super) fn certificates(
    db: &Connection,
    faults: &Faults,
    sql: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Numbered>, StoreError> {
    let fault = faults.database("find certificates");
    let mut statement = db.prepare_cached(sql).map_err(&fault)?;
    let mut rows = statement.query(values).map_err(&fault)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&fault)? {
        found.push(certificate(row, faults)?);
    }
    Ok(found)
}

fn only(found: Vec<Numbered>) -> Vec<StoredCertificate> {
    found.into_iter().map(|(_, stored)| stored).collect()
}

/// Records with this serial number.
pub(super) fn by_serial(
    db: &Connection,
    faults: &Faults,
    serial: &Serial,
) -> Result<Vec<StoredCertificate>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM certificate c {JOINS} WHERE c.serial = ?1 LIMIT 16");
    certificates(db, faults, &sql, [serial.as_unsigned()]).map(only)
}

/// The record of this authority with this serial number.
pub(super) fn by_key(
    db: &Connection,
    faults: &Faults,
    authority: &str,
    serial: &Serial,
) -> Result<Option<StoredCertificate>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM certificate c {JOINS} WHERE c.serial = ?1 AND i.name = ?2");
    certificates(db, faults, &sql, params![serial.as_unsigned(), authority]).map(|found| only(found).pop())
}

/// The certificate that this deduplication key led to.
pub(super) fn by_dedup_key(
    db: &Connection,
    faults: &Faults,
    issuer: i64,
    dedup_key: &str,
) -> Result<Option<StoredCertificate>, StoreError> {
    let hash = dedup_hash(dedup_key);
    let known = db
        .prepare_cached("SELECT 1 FROM dedup WHERE hash = ?1")
        .and_then(|mut statement| statement.exists([hash]))
        .map_err(faults.database("find a deduplication key"))?;
    if !known {
        return Ok(None);
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM dedup d CROSS JOIN certificate c ON c.id = d.certificate {JOINS}
         WHERE d.hash = ?1 AND c.issuer = ?2 AND c.dedup_key = ?3"
    );
    certificates(db, faults, &sql, params![hash, issuer, dedup_key]).map(|found| only(found).pop())
}

/// The serial number of the open intent with this deduplication key, as far as it is in the database.
pub(super) fn open_claim(
    db: &Connection,
    faults: &Faults,
    issuer: i64,
    dedup_key: &str,
) -> Result<Option<Serial>, StoreError> {
    let fault = faults.database("find an intent");
    let mut statement =
        db.prepare_cached("SELECT row FROM intent WHERE dedup_hash = ?1 AND issuer = ?2").map_err(&fault)?;
    let mut rows = statement.query(params![dedup_hash(dedup_key), issuer]).map_err(&fault)?;
    while let Some(row) = rows.next().map_err(&fault)? {
        let octets: Vec<u8> = row.get(0).map_err(&fault)?;
        let intent = decode_intent(&octets, faults)?;
        if intent.dedup_key.as_deref() == Some(dedup_key) {
            return Ok(Some(intent.serial));
        }
    }
    Ok(None)
}

/// Where serial numbers are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Table {
    Certificate,
    Intent,
}

/// Whether the authority has a record with this serial number, as far as it is in the database.
pub(super) fn serial_used(
    db: &Connection,
    faults: &Faults,
    table: Table,
    (issuer, serial): &Key,
) -> Result<bool, StoreError> {
    let sql = match table {
        Table::Certificate => "SELECT 1 FROM certificate WHERE serial = ?1 AND issuer = ?2",
        Table::Intent => "SELECT 1 FROM intent WHERE serial = ?1 AND issuer = ?2",
    };
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.exists(params![serial.as_unsigned(), issuer]))
        .map_err(faults.database("find a serial number"))
}

/// Whether the key is on the block list.
pub(super) fn is_blocked(db: &Connection, faults: &Faults, spki: &[u8; 32]) -> Result<bool, StoreError> {
    db.prepare_cached("SELECT 1 FROM blocked WHERE spki = ?1")
        .and_then(|mut statement| statement.exists([spki]))
        .map_err(faults.database("read the block list"))
}

/// The epochs that certificates lie in: the first and the last.
pub(super) fn epochs(db: &Connection, faults: &Faults) -> Result<(i64, i64), StoreError> {
    // Two queries: each is answered by one end of the table.
    let end = |sql: &str| {
        let found: Option<i64> = db
            .query_row(sql, [], |row| row.get(0))
            .optional()
            .map_err(faults.database("find certificates"))?
            .flatten();
        Ok::<_, StoreError>(found.unwrap_or(0) >> EPOCH_BITS)
    };
    Ok((end("SELECT min(id) FROM certificate")?, end("SELECT max(id) FROM certificate")?))
}

/// Numbers of the certificates of one epoch that are found by this term.
pub(super) fn by_term(
    db: &Connection,
    faults: &Faults,
    epoch: i64,
    term: i64,
) -> Result<Vec<i64>, StoreError> {
    db.prepare_cached("SELECT certificate FROM term WHERE epoch = ?1 AND hash = ?2 ORDER BY certificate")
        .and_then(|mut statement| statement.query_map([epoch, term], |row| row.get(0))?.collect())
        .map_err(faults.database("search certificates"))
}

/// Certificates with this public key, oldest first.
pub(super) fn by_public_key(
    db: &Connection,
    faults: &Faults,
    spki: &[u8; 32],
    limit: usize,
) -> Result<Vec<StoredCertificate>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM certificate c {JOINS} WHERE c.id = ?1 AND c.spki = ?2");
    let term = key_term(spki);
    let mut found = Vec::new();
    let (first, last) = epochs(db, faults)?;
    for epoch in first..=last {
        for id in by_term(db, faults, epoch, term)? {
            if found.len() >= limit {
                return Ok(found);
            }
            found.extend(only(certificates(db, faults, &sql, params![id, spki])?));
        }
    }
    Ok(found)
}
