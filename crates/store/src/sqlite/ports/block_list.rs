//! Public keys that no certificate may carry.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::audit::{Expected, encode_event, expect, hex};
use crate::contract::BlockListStore;
use crate::sqlite::{SqliteStore, lookup, operations};

impl BlockListStore for SqliteStore {
    fn block_key(&self, spki_sha256: [u8; 32], event: AuditEvent) -> StoreFuture<'_, bool> {
        let event =
            expect(Expected::KeyBlocked(&hex(&spki_sha256)), &event).and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::block::block(ledger, spki_sha256, event))
    }

    fn is_blocked(&self, spki_sha256: [u8; 32]) -> StoreFuture<'_, bool> {
        if !self.progress.has_blocked_keys() {
            return Box::pin(async { Ok(false) });
        }
        self.read_settled(move |reader| lookup::is_blocked(&reader.db, &reader.faults, &spki_sha256))
    }

    fn blocked_keys(&self, after: Option<[u8; 32]>, limit: usize) -> StoreFuture<'_, Vec<[u8; 32]>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read_settled(move |reader| {
            let sql = "SELECT spki FROM blocked WHERE ?1 IS NULL OR spki > ?1 ORDER BY spki LIMIT ?2";
            reader
                .db
                .prepare_cached(sql)
                .and_then(|mut statement| {
                    statement.query_map(rusqlite::params![after, limit], |row| row.get(0))?.collect()
                })
                .map_err(reader.faults.database("read the block list"))
        })
    }
}
