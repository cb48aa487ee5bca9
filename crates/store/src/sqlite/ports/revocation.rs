//! Revocation and CRLs.

use hf_core::audit::AuditEvent;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use crate::audit::{Expected, Origin, encode_event, expect};
use crate::contract::RevocationStore;
use crate::record::{
    CrlPosition, NewCrl, NewRevocation, RevocationRecord, RevokeOutcome, RevokedEntry, StoredCrl,
};
use crate::sqlite::ledger::serial_column;
use crate::sqlite::reader::Reader;
use crate::sqlite::{SqliteStore, limits, lookup, operations};
use crate::{StoreError, StoreFuture};

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
        let (authority, serial) = (authority.to_owned(), serial.clone());
        self.read(move |reader| {
            let found = lookup::by_key(&reader.db, &reader.faults, &authority, &serial)?;
            Ok(found.and_then(|stored| stored.revocation))
        })
    }

    fn crl_position(&self, authority: &str) -> StoreFuture<'_, CrlPosition> {
        let authority = authority.to_owned();
        self.read(move |reader| position(reader, &authority))
    }

    fn revoked_entries(
        &self,
        authority: &str,
        up_to: u64,
        after: Option<&Serial>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RevokedEntry>> {
        let (authority, after) = (authority.to_owned(), after.cloned());
        self.read(move |reader| entries(reader, &authority, up_to, after.as_ref(), limit))
    }

    fn begin_crl(&self, authority: &str, number: u64, event: AuditEvent) -> StoreFuture<'_, ()> {
        let authority = authority.to_owned();
        let at = event.at.unix_seconds();
        let event = expect(Expected::CrlBegun(&authority, number), &event)
            .and_then(|()| limits::at_most(limits::MAX_NAME, "the name of the authority", authority.len()))
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::crl::begin(ledger, authority, number, at, event))
    }

    fn finish_crl(&self, crl: NewCrl, event: AuditEvent) -> StoreFuture<'_, ()> {
        let event = expect(Expected::CrlIssued(&crl.authority, crl.number), &event)
            .and_then(|()| limits::at_most(limits::MAX_CRL, "the CRL", crl.der.len()))
            .and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::crl::finish(ledger, crl, event))
    }

    fn latest_crl(&self, authority: &str) -> StoreFuture<'_, Option<StoredCrl>> {
        let authority = authority.to_owned();
        self.read(move |reader| latest(reader, authority))
    }
}

fn position(reader: &Reader, authority: &str) -> Result<CrlPosition, StoreError> {
    let read = |row: &rusqlite::Row<'_>| {
        Ok(CrlPosition { last_number: row.get(0)?, up_to: row.get(1)?, entries: row.get(2)? })
    };
    reader
        .db
        .prepare_cached("SELECT crl_taken, revoked_position, revoked_entries FROM issuer WHERE name = ?1")
        .and_then(|mut statement| statement.query_row([authority], read).optional())
        .map(Option::unwrap_or_default)
        .map_err(reader.faults.database("read the last CRL number"))
}

fn entries(
    reader: &Reader,
    authority: &str,
    up_to: u64,
    after: Option<&Serial>,
    limit: usize,
) -> Result<Vec<RevokedEntry>, StoreError> {
    let fault = reader.faults.database("read revocations");
    let sql = "SELECT serial, at, reason FROM revoked
               WHERE issuer = (SELECT id FROM issuer WHERE name = ?1) AND serial > ?2 AND retired = 0 AND position <= ?3
               ORDER BY serial LIMIT ?4";
    let mut statement = reader.db.prepare_cached(sql).map_err(&fault)?;
    let after = after.map(Serial::as_unsigned).unwrap_or_default();
    let values = params![authority, after, up_to, i64::try_from(limit).unwrap_or(i64::MAX)];
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

fn latest(reader: &Reader, authority: String) -> Result<Option<StoredCrl>, StoreError> {
    let fault = reader.faults.database("read a CRL");
    let sql = "SELECT issuer, number, this_update, next_update, entries, octets FROM crl
               WHERE issuer = (SELECT id FROM issuer WHERE name = ?1) ORDER BY number DESC LIMIT 1";
    let mut statement = reader.db.prepare_cached(sql).map_err(&fault)?;
    let mut rows = statement.query([&authority]).map_err(&fault)?;
    let Some(row) = rows.next().map_err(&fault)? else { return Ok(None) };
    let (issuer, number): (i64, u64) = (row.get(0).map_err(&fault)?, row.get(1).map_err(&fault)?);
    let octets: usize = row.get(5).map_err(&fault)?;
    let time = |column| row.get(column).map(Timestamp::from_unix_seconds).map_err(&fault);
    let crl = StoredCrl {
        authority,
        number,
        this_update: time(2)?,
        next_update: time(3)?,
        entries: row.get(4).map_err(&fault)?,
        der: pieces(reader, issuer, number, octets)?,
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
