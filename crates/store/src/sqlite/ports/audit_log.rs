//! The record of everything that was done.

use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::serial::Serial;
use rusqlite::params;

use crate::StoreFuture;
use crate::audit::{AuditRow, ChainHead, Expected, encode_event, expect};
use crate::contract::AuditLog;
use crate::sqlite::{SqliteStore, operations};

/// The most rows that are handed out at a time.
const MAX_ROWS: usize = 10_000;

/// The issuance that must be under way for this to be true.
fn intent_of(action: AuditAction) -> Option<(String, Serial)> {
    let AuditAction::PrecertificateLogged { authority, serial, .. } = action else { return None };
    Some((authority, serial))
}

impl AuditLog for SqliteStore {
    fn record(&self, event: AuditEvent) -> StoreFuture<'_, ()> {
        let checked = expect(Expected::Recorded, &event).and_then(|()| encode_event(&event));
        let checked = checked.map(|encoded| (encoded, intent_of(event.action)));
        self.operate(checked, |ledger, (event, intent)| {
            if let Some((authority, serial)) = intent {
                operations::intent::expect_open(ledger, authority, serial)?;
            }
            ledger.append(event).map(|_| ())
        })
    }

    fn audit_rows(&self, after: u64, limit: usize) -> StoreFuture<'_, Vec<AuditRow>> {
        let limit = i64::try_from(limit.min(MAX_ROWS)).unwrap_or(i64::MAX);
        let sql = "SELECT sequence, previous, event, hash FROM audit WHERE sequence > ?1 ORDER BY sequence LIMIT ?2";
        self.read(move |reader| {
            let read = |row: &rusqlite::Row<'_>| {
                Ok(AuditRow {
                    sequence: row.get(0)?,
                    previous: row.get(1)?,
                    event: row.get(2)?,
                    hash: row.get(3)?,
                })
            };
            reader
                .db
                .prepare_cached(sql)
                .and_then(|mut statement| statement.query_map(params![after, limit], read)?.collect())
                .map_err(reader.faults.database("read the audit chain"))
        })
    }

    fn audit_head(&self) -> StoreFuture<'_, ChainHead> {
        self.read(|reader| {
            reader
                .db
                .query_row("SELECT count, hash FROM head", [], |row| {
                    Ok(ChainHead { count: row.get(0)?, hash: row.get(1)? })
                })
                .map_err(reader.faults.database("read the head record"))
        })
    }
}
