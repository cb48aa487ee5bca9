//! Authorities added and replaced.

use rusqlite::params;

use crate::StoreError;
use crate::record::AuthorityRecord;
use crate::sqlite::codec::put_bytes;
use crate::sqlite::ledger::Ledger;
use crate::sqlite::limits;

/// Refuse a record with a value that is too long.
pub(in crate::sqlite) fn check(record: &AuthorityRecord) -> Result<(), StoreError> {
    limits::at_most(limits::MAX_NAME, "the name of the authority", record.name.len())?;
    limits::at_most(
        limits::MAX_NAME,
        "the name of the parent",
        record.parent.as_ref().map_or(0, String::len),
    )?;
    limits::at_most(
        limits::MAX_TEXT,
        "the reference to the key",
        record.key.as_ref().map_or(0, String::len),
    )?;
    limits::at_most(
        limits::MAX_DOCUMENT,
        "the chain of the authority",
        record.chain.iter().map(Vec::len).sum(),
    )
}

fn chain(record: &AuthorityRecord) -> Vec<u8> {
    let mut octets = Vec::new();
    record.chain.iter().for_each(|certificate| put_bytes(&mut octets, certificate));
    octets
}

/// Add an authority.
pub(in crate::sqlite) fn add(
    ledger: &mut Ledger<'_>,
    record: AuthorityRecord,
    event: String,
) -> Result<(), StoreError> {
    let added = ledger.execute(
        "add an authority",
        "INSERT OR IGNORE INTO authority(name, parent, chain, key, state, added_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            record.name,
            record.parent,
            chain(&record),
            record.key,
            record.state.as_str(),
            record.added_at.unix_seconds()
        ],
    )?;
    if added == 0 {
        return Err(StoreError::AuthorityExists { name: record.name });
    }
    ledger.append(event).map(|_| ())
}

/// Replace everything but the name and the time of adding.
pub(in crate::sqlite) fn replace(
    ledger: &mut Ledger<'_>,
    record: AuthorityRecord,
    event: String,
) -> Result<(), StoreError> {
    let changed = ledger.execute(
        "replace an authority",
        "UPDATE authority SET parent = ?2, chain = ?3, key = ?4, state = ?5 WHERE name = ?1",
        params![record.name, record.parent, chain(&record), record.key, record.state.as_str()],
    )?;
    if changed == 0 {
        return Err(StoreError::UnknownAuthority { name: record.name });
    }
    ledger.append(event).map(|_| ())
}
