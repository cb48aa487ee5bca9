//! Certificates: what may have been signed and what has been.

use hf_core::audit::AuditEvent;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use rusqlite::params;

use crate::audit::{Expected, Origin, encode_event, expect};
use crate::contract::IssuanceStore;
use crate::list::{Cursor, ListFilter, Page};
use crate::record::{Begun, ForeignCertificate, Imported, Intent, OpenIntent, StoredCertificate};
use crate::sqlite::ledger::serial_column;
use crate::sqlite::reader::Reader;
use crate::sqlite::request::{Begin, Find, Finish, Request};
use crate::sqlite::row::CertificateRow;
use crate::sqlite::{SqliteStore, ledger, limits, listing, lookup, operations};
use crate::{StoreError, StoreFuture};

impl IssuanceStore for SqliteStore {
    fn begin_issuance(&self, intent: Intent, event: AuditEvent) -> StoreFuture<'_, Begun> {
        Box::pin(async move {
            expect(Expected::Begun(&intent.authority, &intent.serial), &event)?;
            let event = encode_event(&event)?;
            let (authority, row) = CertificateRow::from_intent(intent)?;
            self.ask_writer(|reply| Request::Begin(Box::new(Begin { authority, row, event, reply }))).await
        })
    }

    fn finish_issuance(
        &self,
        authority: &str,
        serial: &Serial,
        certificate: Vec<u8>,
        event: AuditEvent,
    ) -> StoreFuture<'_, ()> {
        let (authority, serial) = (authority.to_owned(), serial.clone());
        Box::pin(async move {
            expect(Expected::Finished(&authority, &serial), &event)?;
            limits::at_most(limits::MAX_DER, "the certificate", certificate.len())?;
            let event = encode_event(&event)?;
            self.ask_writer(|reply| Request::Finish(Finish { authority, serial, certificate, event, reply }))
                .await
        })
    }

    fn close_intent(&self, authority: &str, serial: &Serial, event: AuditEvent) -> StoreFuture<'_, ()> {
        let (authority, serial) = (authority.to_owned(), serial.clone());
        let event =
            expect(Expected::Abandoned(&authority, &serial), &event).and_then(|()| encode_event(&event));
        self.operate(event, move |ledger, event| operations::intent::close(ledger, authority, serial, event))
    }

    fn close_open_intents(&self, origin: Origin) -> StoreFuture<'_, u64> {
        self.operate(Ok(()), move |ledger, ()| operations::intent::close_all(ledger, &origin))
    }

    fn import_certificate(
        &self,
        certificate: ForeignCertificate,
        event: AuditEvent,
    ) -> StoreFuture<'_, Imported> {
        let (origin, revocation) = (Origin::of(&event), certificate.revocation);
        let prepared = expect(Expected::Imported(&certificate.authority, &certificate.serial), &event)
            .and_then(|()| encode_event(&event))
            .and_then(|event| CertificateRow::from_foreign(certificate).map(|prepared| (prepared, event)));
        self.operate(prepared, move |ledger, ((authority, row), event)| {
            operations::import::import(ledger, authority, row, revocation, event, &origin)
        })
    }

    fn open_intents(&self, limit: usize) -> StoreFuture<'_, Vec<OpenIntent>> {
        self.read(move |reader| open_intents(reader, limit))
    }

    fn find_by_serial(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<StoredCertificate>> {
        let (authority, serial) = (authority.to_owned(), serial.clone());
        Box::pin(async move {
            // Whoever asks right after it was issued does not wait until the journal is folded.
            if !self.progress.is_folded() {
                let (authority, serial) = (authority.clone(), serial.clone());
                let find = |reply| Request::Find(Find { authority, serial, reply });
                if let Some(found) = self.ask_writer(find).await? {
                    return Ok(Some(found));
                }
            }
            let read = move |reader: &Reader| lookup::by_key(&reader.db, &reader.faults, &authority, &serial);
            self.read_settled(read).await
        })
    }

    fn find_by_dedup_key(
        &self,
        authority: &str,
        dedup_key: &str,
    ) -> StoreFuture<'_, Option<StoredCertificate>> {
        let (authority, dedup_key) = (authority.to_owned(), dedup_key.to_owned());
        self.read(move |reader| match ledger::issuer(&reader.db, &reader.faults, &authority)? {
            Some(issuer) => lookup::by_dedup_key(&reader.db, &reader.faults, issuer, &dedup_key),
            None => Ok(None),
        })
    }

    fn find_serial_anywhere(&self, serial: &Serial) -> StoreFuture<'_, Vec<StoredCertificate>> {
        let serial = serial.clone();
        self.read(move |reader| lookup::by_serial(&reader.db, &reader.faults, &serial))
    }

    fn find_by_key(&self, spki_sha256: [u8; 32], limit: usize) -> StoreFuture<'_, Vec<StoredCertificate>> {
        self.read(move |reader| lookup::by_public_key(&reader.db, &reader.faults, &spki_sha256, limit))
    }

    fn list(&self, filter: ListFilter, after: Option<Cursor>, limit: usize) -> StoreFuture<'_, Page> {
        self.read_most(move |reader| listing::page(&reader.db, &reader.faults, &filter, after, limit))
    }

    fn issued_since(&self, authority: &str, since: &Serial, limit: usize) -> StoreFuture<'_, usize> {
        let (authority, since) = (authority.to_owned(), since.clone());
        self.read(move |reader| {
            let sql = "SELECT count(*) FROM (SELECT issuer FROM certificate WHERE serial >= ?2 ORDER BY serial LIMIT ?3)
                       WHERE issuer = (SELECT id FROM issuer WHERE name = ?1)";
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            reader
                .db
                .prepare_cached(sql)
                .and_then(|mut statement| {
                    statement.query_row(params![authority, since.as_unsigned(), limit], |row| row.get(0))
                })
                .map_err(reader.faults.database("count certificates"))
        })
    }

    fn last_signing_time(&self) -> StoreFuture<'_, Option<Timestamp>> {
        Box::pin(async { Ok(self.progress.last_signing()) })
    }
}

fn open_intents(reader: &Reader, limit: usize) -> Result<Vec<OpenIntent>, StoreError> {
    let fault = reader.faults.database("read open intents");
    let sql = "SELECT i.name, n.serial, n.requested_at FROM intent n JOIN issuer i ON i.id = n.issuer
               ORDER BY n.requested_at, n.serial LIMIT ?1";
    let mut statement = reader.db.prepare_cached(sql).map_err(&fault)?;
    let mut rows = statement.query([i64::try_from(limit).unwrap_or(i64::MAX)]).map_err(&fault)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(&fault)? {
        let octets: Vec<u8> = row.get(1).map_err(&fault)?;
        found.push(OpenIntent {
            authority: row.get(0).map_err(&fault)?,
            serial: serial_column(&octets, &reader.faults)?,
            requested_at: Timestamp::from_unix_seconds(row.get(2).map_err(&fault)?),
        });
    }
    Ok(found)
}
