//! CRLs: shards opened, numbers taken, CRLs stored, entries that need not be listed any more.

use rusqlite::params;

use crate::StoreError;
use crate::record::{COMPLETE, NewCrl, NewShard};
use crate::sqlite::crl_list::List;
use crate::sqlite::ledger::Ledger;

/// What the write-ahead log is charged for: so many octets count as one entry.
const OCTETS_OF_AN_ENTRY: usize = 2048;

/// Open a shard.
pub(in crate::sqlite) fn open_shard(
    ledger: &mut Ledger<'_>,
    shard: NewShard,
    event: String,
) -> Result<(), StoreError> {
    let issuer = ledger.intern(&shard.authority)?;
    let last: u32 = ledger
        .db
        .prepare_cached("SELECT coalesce(max(number), 0) FROM shard WHERE issuer = ?1")
        .and_then(|mut statement| statement.query_row([issuer], |row| row.get(0)))
        .map_err(ledger.faults.database("read the last shard"))?;
    if last.checked_add(1) != Some(shard.number) {
        return Err(StoreError::ShardTaken { authority: shard.authority, shard: shard.number, last });
    }
    ledger.execute(
        "open a shard",
        "INSERT INTO shard(issuer, number, url, opened_at) VALUES (?1, ?2, ?3, ?4)",
        params![issuer, shard.number, shard.url, shard.opened_at.unix_seconds()],
    )?;
    ledger.state.note_status();
    ledger.append(event).map(|_| ())
}

/// Take a CRL number before the CRL is signed at `at`, seconds since 1970.
pub(in crate::sqlite) fn begin(
    ledger: &mut Ledger<'_>,
    authority: String,
    shard: u32,
    number: u64,
    at: i64,
    event: String,
) -> Result<(), StoreError> {
    let list = if shard == COMPLETE {
        List::Complete(ledger.intern(&authority)?)
    } else {
        match List::find(ledger.db, ledger.faults, &authority, shard)? {
            Some(list) => list,
            None => return Err(StoreError::UnknownShard { authority, shard }),
        }
    };
    let taken = list.numbers(ledger.db, ledger.faults)?.position.last_number;
    if number <= taken {
        return Err(StoreError::CrlNumberTaken { authority, number, last: taken });
    }
    let sql = list.sql(
        "UPDATE issuer SET crl_taken = ?2 WHERE id = ?1",
        "UPDATE shard SET crl_taken = ?2 WHERE id = ?1",
    );
    ledger.execute("take a CRL number", sql, params![list.id(), number])?;
    ledger.note_signing(at);
    ledger.append(event).map(|_| ())
}

/// Put a piece of a signed CRL into its place. Nobody sees it before [`finish`].
pub(in crate::sqlite) fn put_piece(
    ledger: &mut Ledger<'_>,
    authority: &str,
    shard: u32,
    number: u64,
    piece: &[u8],
) -> Result<(), StoreError> {
    let list = List::find(ledger.db, ledger.faults, authority, shard)?;
    let numbers = list.map(|list| list.numbers(ledger.db, ledger.faults)).transpose()?.unwrap_or_default();
    let greatest = numbers.position.last_number;
    let Some(list) = list.filter(|_| number <= greatest && number > numbers.stored) else {
        return Err(StoreError::CrlNumberTaken { authority: authority.to_owned(), number, last: greatest });
    };
    let sql = "INSERT INTO crl_piece(issuer, number, der) VALUES (?1, ?2, ?3)";
    ledger.execute("store a piece of a CRL", sql, params![list.key(), number, piece])?;
    ledger.state.note_octets(piece.len() / OCTETS_OF_AN_ENTRY);
    Ok(())
}

/// Take one piece away that belongs to no CRL any more; whether there may be more.
pub(in crate::sqlite) fn drop_piece(
    ledger: &mut Ledger<'_>,
    authority: &str,
    shard: u32,
) -> Result<bool, StoreError> {
    let Some(list) = List::find(ledger.db, ledger.faults, authority, shard)? else { return Ok(false) };
    let dropped = ledger.execute(
        "drop a piece of an old CRL",
        "DELETE FROM crl_piece WHERE id = (
           SELECT p.id FROM crl_piece p WHERE p.issuer = ?1
             AND p.number < (SELECT min(number) FROM crl WHERE issuer = ?1) LIMIT 1)",
        params![list.key()],
    )?;
    Ok(dropped > 0)
}

/// Store a signed CRL of so many octets whose pieces are in their places.
pub(in crate::sqlite) fn finish(
    ledger: &mut Ledger<'_>,
    crl: NewCrl,
    event: String,
) -> Result<(), StoreError> {
    let list = List::find(ledger.db, ledger.faults, &crl.authority, crl.shard)?;
    let numbers = list.map(|list| list.numbers(ledger.db, ledger.faults)).transpose()?.unwrap_or_default();
    let greatest = numbers.position.last_number;
    let next = crl.number <= greatest && crl.number > numbers.stored && crl.up_to >= numbers.covered;
    let Some(list) = list.filter(|_| next) else {
        return Err(StoreError::CrlNumberTaken {
            authority: crl.authority,
            number: crl.number,
            last: greatest,
        });
    };
    ledger.execute(
        "store a CRL",
        "INSERT INTO crl(issuer, number, this_update, next_update, entries, octets) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            list.key(),
            crl.number,
            crl.this_update.unix_seconds(),
            crl.next_update.unix_seconds(),
            crl.entries,
            crl.der.len()
        ],
    )?;
    ledger.execute(
        "drop an old CRL",
        "DELETE FROM crl WHERE issuer = ?1 AND number < ?2",
        params![list.key(), numbers.stored],
    )?;
    ledger.execute(
        "note how far a CRL goes",
        "INSERT OR REPLACE INTO crl_mark(list, up_to) VALUES (?1, ?2)",
        params![list.key(), crl.up_to],
    )?;
    let sql = list.sql(
        "UPDATE issuer SET crl_stored = ?2 WHERE id = ?1",
        "UPDATE shard SET crl_stored = ?2 WHERE id = ?1",
    );
    ledger.execute("note the latest CRL", sql, params![list.id(), crl.number])?;
    retire(ledger, list, &crl)?;
    ledger.state.note_status();
    ledger.append(event).map(|_| ())
}

/// Entries of expired certificates that belong to this list have been on it since.
fn retire(ledger: &Ledger<'_>, list: List, crl: &NewCrl) -> Result<(), StoreError> {
    let Some(issuer) = ledger.issuer(&crl.authority)? else { return Ok(()) };
    let shard = match list {
        List::Complete(_) => 0,
        List::Shard(id) => id,
    };
    let retired = ledger.execute(
        "retire entries of expired certificates",
        "UPDATE revoked SET retired = 1
         WHERE issuer = ?1 AND retired = 0 AND not_after < ?2 AND position <= ?3
           AND coalesce((SELECT e.shard FROM shard_entry e WHERE e.issuer = ?1 AND e.serial = revoked.serial), 0) = ?4",
        params![issuer, crl.this_update.unix_seconds(), crl.up_to, shard],
    )?;
    if retired == 0 {
        return Ok(());
    }
    ledger.execute(
        "count the entries of the next CRL",
        "UPDATE issuer SET revoked_entries = revoked_entries - ?2 WHERE id = ?1",
        params![issuer, retired],
    )?;
    ledger.execute(
        "count the entries of the next CRL",
        "UPDATE shard SET revoked_entries = revoked_entries - ?2 WHERE id = ?1",
        params![shard, retired],
    )?;
    Ok(())
}
