//! The record of everything that was done.

use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use rusqlite::params;

use crate::audit::{AuditRow, ChainHead, Expected, encode_event, expect};
use crate::contract::AuditLog;
use crate::record::{RecordTotals, RecordedRevocation, RevocationCursor};
use crate::sqlite::ledger::serial_column;
use crate::sqlite::reader::Reader;
use crate::sqlite::{SqliteStore, operations};
use crate::{StoreError, StoreFuture};

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

    fn record_totals(&self) -> StoreFuture<'_, RecordTotals> {
        let sql = "SELECT (SELECT count FROM head), (SELECT count(*) FROM certificate), (SELECT count(*) FROM intent),
                     (SELECT count(*) FROM blocked), (SELECT count(*) FROM credential)";
        self.read(move |reader| {
            reader
                .db
                .query_row(sql, [], |row| {
                    Ok(RecordTotals {
                        rows: row.get(0)?,
                        certificates: row.get(1)?,
                        intents: row.get(2)?,
                        blocked_keys: row.get(3)?,
                        credentials: row.get(4)?,
                    })
                })
                .map_err(reader.faults.database("count what is on record"))
        })
    }

    fn recorded_revocations(
        &self,
        after: Option<RevocationCursor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RecordedRevocation>> {
        self.read(move |reader| revocations(reader, after.as_ref(), limit.min(MAX_ROWS)))
    }
}

fn revocations(
    reader: &Reader,
    after: Option<&RevocationCursor>,
    limit: usize,
) -> Result<Vec<RecordedRevocation>, StoreError> {
    let fault = reader.faults.database("read revocations");
    let sql = "SELECT r.issuer, r.serial, i.name, r.reason, r.not_after, r.retired, r.position, a.event
               FROM revoked r LEFT JOIN issuer i ON i.id = r.issuer LEFT JOIN audit a ON a.sequence = r.position
               WHERE (r.issuer, r.serial) > (?1, ?2) ORDER BY r.issuer, r.serial LIMIT ?3";
    let (issuer, serial) =
        after.map_or((i64::MIN, &[][..]), |after| (after.issuer, after.serial.as_unsigned()));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = reader.db.prepare_cached(sql).map_err(&fault)?;
    let mut rows = statement.query(params![issuer, serial, limit]).map_err(&fault)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&fault)? {
        let octets: Vec<u8> = row.get(1).map_err(&fault)?;
        let serial = serial_column(&octets, &reader.faults)?;
        let read = || -> rusqlite::Result<RecordedRevocation> {
            Ok(RecordedRevocation {
                authority: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
                cursor: RevocationCursor { issuer: row.get(0)?, serial },
                reason: RevocationReason::from_code(row.get(3)?).unwrap_or_default(),
                not_after: Timestamp::from_unix_seconds(row.get(4)?),
                retired: row.get(5)?,
                sequence: row.get(6)?,
                event: row.get(7)?,
            })
        };
        found.push(read().map_err(&fault)?);
    }
    Ok(found)
}
