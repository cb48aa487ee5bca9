//! Revocation and CRLs.

use hf_core::audit::AuditEvent;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use crate::audit::{Expected, Origin, encode_event, expect};
use crate::contract::{IssuanceStore as _, RevocationStore};
use crate::record::{
    CrlList, CrlPosition, NewCrl, NewRevocation, NewShard, RevocationRecord, RevokeOutcome, RevokedEntry,
    SHARD_MAX_URL, StoredCrl, StoredList,
};
use crate::sqlite::crl_list::List;
use crate::sqlite::ledger::serial_column;
use crate::sqlite::reader::Reader;
use crate::sqlite::{SqliteStore, limits, operations};
use crate::{StoreError, StoreFuture};

/// Octets of a CRL that are written at a time: a few milliseconds on a disk.
const PIECE: usize = 512 * 1024;

impl RevocationStore for SqliteStore {
    fn revoke(&self, revocation: NewRevocation, event: AuditEvent) -> StoreFuture<'_, RevokeOutcome> {
        let origin = Origin::of(&event);
        let event = expect(Expected::Revoked(&revocation.authority, &revocation.serial), &event)
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| {
            operations::revoke::revoke(ledger, revocation, event, &origin)
        })
    }

    fn revocation(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<RevocationRecord>> {
        let found = self.find_by_serial(authority, serial);
        Box::pin(async move { Ok(found.await?.and_then(|stored| stored.revocation)) })
    }

    fn open_shard(&self, shard: NewShard, event: AuditEvent) -> StoreFuture<'_, ()> {
        let event = expect(Expected::ShardOpened(&shard.authority, shard.number), &event)
            .and_then(|()| {
                limits::at_most(limits::MAX_NAME, "the name of the authority", shard.authority.len())
            })
            .and_then(|()| limits::at_most(SHARD_MAX_URL, "the address of the shard", shard.url.len()))
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::crl::open_shard(ledger, shard, event))
    }

    fn shard_at(&self, authority: &str, url: &str) -> StoreFuture<'_, Option<u32>> {
        let (authority, url) = (authority.to_owned(), url.to_owned());
        self.read_settled(move |reader| {
            let sql = "SELECT s.number FROM shard s JOIN issuer i ON i.id = s.issuer WHERE s.url = ?2 AND i.name = ?1";
            reader
                .db
                .prepare_cached(sql)
                .and_then(|mut statement| statement.query_row([authority, url], |row| row.get(0)).optional())
                .map_err(reader.faults.database("find a shard"))
        })
    }

    fn crl_lists(&self) -> StoreFuture<'_, Vec<CrlList>> {
        self.read_settled(lists)
    }

    fn crl_position(&self, authority: &str, shard: u32) -> StoreFuture<'_, CrlPosition> {
        let authority = authority.to_owned();
        self.read_settled(move |reader| {
            let list = List::find(&reader.db, &reader.faults, &authority, shard)?;
            let numbers = list.map(|list| list.numbers(&reader.db, &reader.faults)).transpose()?;
            Ok(numbers.unwrap_or_default().position)
        })
    }

    fn revoked_entries(
        &self,
        authority: &str,
        shard: u32,
        up_to: u64,
        after: Option<&Serial>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RevokedEntry>> {
        let (authority, after) = (authority.to_owned(), after.cloned());
        self.read_settled(move |reader| match List::find(&reader.db, &reader.faults, &authority, shard)? {
            Some(list) => entries(reader, list, up_to, after.as_ref(), limit),
            None => Ok(Vec::new()),
        })
    }

    fn begin_crl(&self, authority: &str, shard: u32, number: u64, event: AuditEvent) -> StoreFuture<'_, ()> {
        let authority = authority.to_owned();
        let at = event.at.unix_seconds();
        let event = expect(Expected::CrlBegun(&authority, shard, number), &event)
            .and_then(|()| limits::at_most(limits::MAX_NAME, "the name of the authority", authority.len()))
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| {
            operations::crl::begin(ledger, authority, shard, number, at, event)
        })
    }

    fn finish_crl(&self, crl: NewCrl, event: AuditEvent) -> StoreFuture<'_, ()> {
        let event = expect(Expected::CrlIssued(&crl.authority, crl.shard, crl.number), &event)
            .and_then(|()| limits::at_most(limits::MAX_CRL, "the CRL", crl.der.len()))
            .and_then(|()| encode_event(&event));
        Box::pin(async move {
            let event = event?;
            let (authority, shard, number) = (crl.authority.clone(), crl.shard, crl.number);
            // A piece a time, so that nobody waits for a large CRL to be written.
            for start in (0..crl.der.len()).step_by(PIECE) {
                let piece = crl.der.slice(start..crl.der.len().min(start.saturating_add(PIECE)));
                let authority = authority.clone();
                self.operate(Ok(piece), move |ledger, piece| {
                    operations::crl::put_piece(ledger, &authority, shard, number, &piece)
                })
                .await?;
            }
            self.operate(Ok(event), move |ledger, event| operations::crl::finish(ledger, crl, event)).await?;
            self.drop_pieces(&authority, shard).await;
            Ok(())
        })
    }

    fn latest_crl(&self, authority: &str, shard: u32) -> StoreFuture<'_, Option<StoredCrl>> {
        let authority = authority.to_owned();
        self.read_settled(move |reader| match List::find(&reader.db, &reader.faults, &authority, shard)? {
            Some(list) => latest(reader, list, authority, shard),
            None => Ok(None),
        })
    }
}

impl SqliteStore {
    /// Take away what no CRL of this list needs any more. What cannot be done now is done after the next CRL.
    async fn drop_pieces(&self, authority: &str, shard: u32) {
        loop {
            let authority = authority.to_owned();
            let dropped = self.operate(Ok(authority), move |ledger, name| {
                operations::crl::drop_piece(ledger, &name, shard)
            });
            if !dropped.await.unwrap_or(false) {
                return;
            }
        }
    }
}

fn lists(reader: &Reader) -> Result<Vec<CrlList>, StoreError> {
    let fault = reader.faults.database("read the lists");
    let sql = "SELECT i.name, 0, NULL, NULL, i.crl_taken, i.revoked_position, i.revoked_entries,
                 c.number, c.this_update, c.next_update, c.entries, m.up_to
               FROM issuer i LEFT JOIN crl c ON c.issuer = i.id AND c.number = i.crl_stored
                 LEFT JOIN crl_mark m ON m.list = i.id
               UNION ALL
               SELECT i.name, s.number, s.url, s.opened_at, s.crl_taken, s.revoked_position, s.revoked_entries,
                 c.number, c.this_update, c.next_update, c.entries, m.up_to
               FROM shard s JOIN issuer i ON i.id = s.issuer
                 LEFT JOIN crl c ON c.issuer = -s.id AND c.number = s.crl_stored
                 LEFT JOIN crl_mark m ON m.list = -s.id";
    let mut statement = reader.db.prepare_cached(sql).map_err(&fault)?;
    let rows = statement.query_map([], list_row).map_err(&fault)?;
    rows.map(|row| row.map_err(&fault)).collect()
}

fn list_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<CrlList> {
    let time = |column| row.get(column).map(Timestamp::from_unix_seconds);
    let stored = match row.get::<_, Option<u64>>(7)? {
        None => None,
        Some(number) => Some(StoredList {
            number,
            this_update: time(8)?,
            next_update: time(9)?,
            entries: row.get(10)?,
            up_to: row.get::<_, Option<u64>>(11)?.unwrap_or(0),
        }),
    };
    Ok(CrlList {
        authority: row.get(0)?,
        shard: row.get(1)?,
        url: row.get(2)?,
        opened_at: row.get::<_, Option<i64>>(3)?.map(Timestamp::from_unix_seconds),
        position: CrlPosition { last_number: row.get(4)?, up_to: row.get(5)?, entries: row.get(6)? },
        stored,
    })
}

fn entries(
    reader: &Reader,
    list: List,
    up_to: u64,
    after: Option<&Serial>,
    limit: usize,
) -> Result<Vec<RevokedEntry>, StoreError> {
    let fault = reader.faults.database("read revocations");
    let sql = list.sql(
        "SELECT serial, at, reason FROM revoked
         WHERE issuer = ?1 AND serial > ?2 AND retired = 0 AND position <= ?3 ORDER BY serial LIMIT ?4",
        "SELECT r.serial, r.at, r.reason FROM shard_entry e CROSS JOIN revoked r
         ON r.issuer = e.issuer AND r.serial = e.serial
         WHERE e.shard = ?1 AND e.serial > ?2 AND r.retired = 0 AND r.position <= ?3 ORDER BY e.serial LIMIT ?4",
    );
    let mut statement = reader.db.prepare_cached(sql).map_err(&fault)?;
    let after = after.map(Serial::as_unsigned).unwrap_or_default();
    let values = params![list.id(), after, up_to, i64::try_from(limit).unwrap_or(i64::MAX)];
    let mut rows = statement.query(values).map_err(&fault)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&fault)? {
        let octets = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).map_err(&fault)?;
        let reason: u8 = row.get(2).map_err(&fault)?;
        found.push(RevokedEntry {
            serial: serial_column(octets, &reader.faults)?,
            at: Timestamp::from_unix_seconds(row.get(1).map_err(&fault)?),
            reason: RevocationReason::from_code(reason).unwrap_or_default(),
        });
    }
    Ok(found)
}

fn latest(
    reader: &Reader,
    list: List,
    authority: String,
    shard: u32,
) -> Result<Option<StoredCrl>, StoreError> {
    let fault = reader.faults.database("read a CRL");
    let sql = "SELECT c.number, c.this_update, c.next_update, c.entries, c.octets, m.up_to
               FROM crl c LEFT JOIN crl_mark m ON m.list = c.issuer
               WHERE c.issuer = ?1 ORDER BY c.number DESC LIMIT 1";
    let mut statement = reader.db.prepare_cached(sql).map_err(&fault)?;
    let mut rows = statement.query([list.key()]).map_err(&fault)?;
    let Some(row) = rows.next().map_err(&fault)? else { return Ok(None) };
    let number: u64 = row.get(0).map_err(&fault)?;
    let octets: usize = row.get(4).map_err(&fault)?;
    let time = |column| row.get(column).map(Timestamp::from_unix_seconds).map_err(&fault);
    let crl = StoredCrl {
        authority,
        shard,
        number,
        this_update: time(1)?,
        next_update: time(2)?,
        up_to: row.get::<_, Option<u64>>(5).map_err(&fault)?.unwrap_or(0),
        entries: row.get(3).map_err(&fault)?,
        der: pieces(reader, list.key(), number, octets)?,
    };
    Ok(Some(crl))
}

fn pieces(reader: &Reader, issuer: i64, number: u64, octets: usize) -> Result<Vec<u8>, StoreError> {
    let fault = reader.faults.database("read a CRL");
    let sql = "SELECT der FROM crl_piece WHERE issuer = ?1 AND number = ?2 ORDER BY id";
    let mut statement = reader.db.prepare_cached(sql).map_err(&fault)?;
    let mut rows = statement.query(params![issuer, number]).map_err(&fault)?;
    let mut der = Vec::with_capacity(octets.min(limits::MAX_CRL));
    while let Some(row) = rows.next().map_err(&fault)? {
        let piece = row.get_ref(0).and_then(|value| Ok(value.as_blob()?)).map_err(&fault)?;
        der.extend_from_slice(piece);
    }
    if der.len() == octets {
        return Ok(der);
    }
    Err(reader.faults.damaged(format!("CRL {number} has {} octets, expected {octets}", der.len())))
}
