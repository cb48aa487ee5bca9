//! CRLs: numbers taken, CRLs stored, entries that need not be listed any more.

use rusqlite::{OptionalExtension as _, params};

use crate::StoreError;
use crate::record::NewCrl;
use crate::sqlite::ledger::Ledger;

/// Octets of a piece.
const PIECE: usize = 256 * 1024;

/// Take a CRL number before the CRL is signed at `at`, seconds since 1970.
pub(in crate::sqlite) fn begin(
    ledger: &mut Ledger<'_>,
    authority: String,
    number: u64,
    at: i64,
    event: String,
) -> Result<(), StoreError> {
    let issuer = ledger.intern(&authority)?;
    let (taken, _) = numbers(ledger, issuer)?.unwrap_or_default();
    if number <= taken {
        return Err(StoreError::CrlNumberTaken { authority, number, last: taken });
    }
    ledger.execute(
        "take a CRL number",
        "UPDATE issuer SET crl_taken = ?2 WHERE id = ?1",
        params![issuer, number],
    )?;
    ledger.note_signing(at);
    ledger.append(event).map(|_| ())
}

/// The greatest number taken, and the greatest stored.
fn numbers(ledger: &Ledger<'_>, issuer: i64) -> Result<Option<(u64, u64)>, StoreError> {
    ledger
        .db
        .prepare_cached("SELECT crl_taken, crl_stored FROM issuer WHERE id = ?1")
        .and_then(|mut statement| {
            statement.query_row([issuer], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(ledger.faults.database("read the last CRL number"))
}

/// Store a signed CRL.
pub(in crate::sqlite) fn finish(
    ledger: &mut Ledger<'_>,
    crl: NewCrl,
    event: String,
) -> Result<(), StoreError> {
    let issuer = ledger.issuer(&crl.authority)?;
    let (taken, stored) =
        issuer.map(|issuer| numbers(ledger, issuer)).transpose()?.flatten().unwrap_or_default();
    let Some(issuer) = issuer.filter(|_| crl.number <= taken && crl.number > stored) else {
        return Err(StoreError::CrlNumberTaken { authority: crl.authority, number: crl.number, last: taken });
    };
    ledger.execute(
        "store a CRL",
        "INSERT INTO crl(issuer, number, this_update, next_update, entries, octets) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            issuer,
            crl.number,
            crl.this_update.unix_seconds(),
            crl.next_update.unix_seconds(),
            crl.entries,
            crl.der.len()
        ],
    )?;
    for piece in crl.der.chunks(PIECE) {
        let sql = "INSERT INTO crl_piece(issuer, number, der) VALUES (?1, ?2, ?3)";
        ledger.execute("store a piece of a CRL", sql, params![issuer, crl.number, piece])?;
    }
    ledger.execute(
        "drop the pieces of an old CRL",
        "DELETE FROM crl_piece WHERE issuer = ?1 AND number < ?2",
        params![issuer, stored],
    )?;
    ledger.execute(
        "drop an old CRL",
        "DELETE FROM crl WHERE issuer = ?1 AND number < ?2",
        params![issuer, stored],
    )?;
    let retired = ledger.execute(
        "retire entries of expired certificates",
        "UPDATE revoked SET retired = 1
         WHERE issuer = ?1 AND retired = 0 AND not_after < ?2 AND position <= ?3",
        params![issuer, crl.this_update.unix_seconds(), crl.up_to],
    )?;
    ledger.execute(
        "count the entries of the next CRL",
        "UPDATE issuer SET crl_stored = ?2, revoked_entries = revoked_entries - ?3 WHERE id = ?1",
        params![issuer, crl.number, retired],
    )?;
    ledger.append(event).map(|_| ())
}
