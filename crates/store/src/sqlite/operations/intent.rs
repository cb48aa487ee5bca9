//! Intents that end without a certificate.

use hf_core::audit::AuditAction;
use hf_core::serial::Serial;
use rusqlite::OptionalExtension as _;

use crate::StoreError;
use crate::audit::{Origin, encode_event};
use crate::sqlite::ledger::{Ledger, decode_intent};
use crate::sqlite::row::CertificateRow;

/// Close one intent as possibly signed.
pub(in crate::sqlite) fn close(
    ledger: &mut Ledger<'_>,
    authority: String,
    serial: Serial,
    event: String,
) -> Result<(), StoreError> {
    let row = open(ledger, authority, serial)?;
    close_row(ledger, &row, event)
}

/// Refuse when this intent is not open.
pub(in crate::sqlite) fn expect_open(
    ledger: &mut Ledger<'_>,
    authority: String,
    serial: Serial,
) -> Result<(), StoreError> {
    open(ledger, authority, serial).map(|_| ())
}

fn open(ledger: &mut Ledger<'_>, authority: String, serial: Serial) -> Result<CertificateRow, StoreError> {
    let key = ledger.issuer(&authority)?.map(|issuer| (issuer, serial.clone()));
    let row = key.map(|key| ledger.intent(&key)).transpose()?.flatten();
    row.ok_or(StoreError::UnknownIntent { authority, serial })
}

fn close_row(ledger: &mut Ledger<'_>, row: &CertificateRow, event: String) -> Result<(), StoreError> {
    ledger.delete_intent(&row.key())?;
    ledger.insert_certificate(row, true)?;
    ledger.append(event).map(|_| ())
}

/// Close every open intent as possibly signed; how many.
pub(in crate::sqlite) fn close_all(ledger: &mut Ledger<'_>, origin: &Origin) -> Result<u64, StoreError> {
    let mut closed: u64 = 0;
    while let Some((authority, row)) = first(ledger)? {
        let action = AuditAction::IssuanceAbandoned { authority, serial: row.serial.clone() };
        close_row(ledger, &row, encode_event(&origin.event(action))?)?;
        closed = closed.saturating_add(1);
    }
    Ok(closed)
}

fn first(ledger: &Ledger<'_>) -> Result<Option<(String, CertificateRow)>, StoreError> {
    let sql = "SELECT i.name, n.row FROM intent n JOIN issuer i ON i.id = n.issuer ORDER BY n.issuer, n.serial LIMIT 1";
    let found: Option<(String, Vec<u8>)> = ledger
        .db
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional())
        .map_err(ledger.faults.database("find open intents"))?;
    found.map(|(name, octets)| Ok((name, decode_intent(&octets, ledger.faults)?))).transpose()
}
