//! The authorities of this trust domain.

use hf_core::audit::AuditEvent;
use hf_core::time::Timestamp;

use crate::audit::{Expected, encode_event, expect};
use crate::contract::IssuerStore;
use crate::record::{AuthorityRecord, AuthorityState};
use crate::sqlite::codec::Decoder;
use crate::sqlite::reader::Reader;
use crate::sqlite::{SqliteStore, operations};
use crate::{StoreError, StoreFuture};

impl IssuerStore for SqliteStore {
    fn add_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        let event = expect(Expected::AuthorityAdded(&authority.name), &event)
            .and_then(|()| operations::authority::check(&authority))
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::authority::add(ledger, authority, event))
    }

    fn replace_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()> {
        let event = expect(Expected::AuthorityChanged(&authority.name), &event)
            .and_then(|()| operations::authority::check(&authority))
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::authority::replace(ledger, authority, event))
    }

    fn authority(&self, name: &str) -> StoreFuture<'_, Option<AuthorityRecord>> {
        let name = name.to_owned();
        self.read_settled(move |reader| read(reader, "WHERE name = ?1", [&name]).map(|mut found| found.pop()))
    }

    fn authorities(&self) -> StoreFuture<'_, Vec<AuthorityRecord>> {
        self.read_settled(|reader| read(reader, "ORDER BY name LIMIT 10000", []))
    }
}

fn read(
    reader: &Reader,
    which: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<AuthorityRecord>, StoreError> {
    let fault = reader.faults.database("read authorities");
    let sql = format!("SELECT name, parent, chain, key, state, added_at FROM authority {which}");
    let mut statement = reader.db.prepare_cached(&sql).map_err(&fault)?;
    let mut rows = statement.query(values).map_err(&fault)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&fault)? {
        let chain: Vec<u8> = row.get(2).map_err(&fault)?;
        let state: String = row.get(4).map_err(&fault)?;
        let name: String = row.get(0).map_err(&fault)?;
        let damaged = || reader.faults.damaged(format!("authority `{name}` cannot be read back"));
        found.push(AuthorityRecord {
            parent: row.get(1).map_err(&fault)?,
            chain: split(&chain).ok_or_else(damaged)?,
            key: row.get(3).map_err(&fault)?,
            state: AuthorityState::ALL
                .into_iter()
                .find(|known| known.as_str() == state)
                .ok_or_else(damaged)?,
            added_at: Timestamp::from_unix_seconds(row.get(5).map_err(&fault)?),
            name,
        });
    }
    Ok(found)
}

fn split(chain: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut from = Decoder::new(chain);
    let mut certificates = Vec::new();
    while !from.is_empty() {
        certificates.push(from.bytes()?.to_vec());
    }
    Some(certificates)
}
