//! The rows of issuances, as they are inserted: the statements are looked up once for many rows.

use rusqlite::{CachedStatement, Connection, params};

use super::fault::Faults;
use super::row::{CertificateRow, dedup_hash};
use crate::StoreError;
use crate::audit::AuditRow;

/// How many certificates lie together in the table `term`, as a power of two.
pub(super) const EPOCH_BITS: u32 = 13;

/// Statements that are ready.
pub(super) struct Inserts<'a> {
    faults: &'a Faults,
    audit: CachedStatement<'a>,
    intent: CachedStatement<'a>,
    certificate: CachedStatement<'a>,
    dedup: CachedStatement<'a>,
    term: CachedStatement<'a>,
    /// Where an intent is put together.
    octets: Vec<u8>,
}

const AUDIT: &str = "INSERT INTO audit(sequence, previous, event, hash) VALUES (?1, ?2, ?3, ?4)";

const INTENT: &str =
    "INSERT INTO intent(issuer, serial, requested_at, dedup_hash, row) VALUES (?1, ?2, ?3, ?4, ?5)";

const CERTIFICATE: &str =
    "INSERT INTO certificate(id, issuer, serial, possibly_signed, not_before, not_after, requested_at, profile,
       snapshot, subject, names, spki, dedup_key, body)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";

const DEDUP: &str = "INSERT INTO dedup(hash, certificate) VALUES (?1, ?2)";

const TERM: &str = "INSERT INTO term(epoch, hash, certificate) VALUES (?1, ?2, ?3)";

impl<'a> Inserts<'a> {
    /// For this connection.
    pub(super) fn of(db: &'a Connection, faults: &'a Faults) -> Result<Self, StoreError> {
        let ready = |sql| db.prepare_cached(sql).map_err(faults.database("prepare to record"));
        Ok(Self {
            faults,
            audit: ready(AUDIT)?,
            intent: ready(INTENT)?,
            certificate: ready(CERTIFICATE)?,
            dedup: ready(DEDUP)?,
            term: ready(TERM)?,
            octets: Vec::new(),
        })
    }

    /// A row of the audit chain.
    pub(super) fn audit(&mut self, row: &AuditRow) -> Result<(), StoreError> {
        self.audit
            .execute(params![row.sequence, row.previous, row.event, row.hash])
            .map(|_| ())
            .map_err(self.faults.database("append to the audit chain"))
    }

    /// An open intent.
    pub(super) fn intent(&mut self, row: &CertificateRow) -> Result<(), StoreError> {
        self.octets.clear();
        row.encode(&mut self.octets);
        let hash = row.dedup_key.as_deref().map(dedup_hash);
        self.intent
            .execute(params![row.issuer, row.serial.as_unsigned(), row.requested_at, hash, self.octets])
            .map(|_| ())
            .map_err(self.faults.database("record an intent"))
    }

    /// A certificate, or bytes that were possibly signed, under this number, and what it is found by.
    pub(super) fn certificate(
        &mut self,
        id: i64,
        row: &CertificateRow,
        possibly_signed: bool,
    ) -> Result<(), StoreError> {
        let dedup_key = row.dedup_key.as_deref().filter(|_| !possibly_signed);
        self.certificate
            .execute(params![
                id,
                row.issuer,
                row.serial.as_unsigned(),
                possibly_signed,
                row.not_before,
                row.not_after,
                row.requested_at,
                row.profile,
                row.snapshot,
                row.subject,
                row.names,
                row.spki,
                dedup_key,
                row.body,
            ])
            .map_err(self.faults.database("record a certificate"))?;
        if let Some(dedup_key) = dedup_key {
            self.dedup
                .execute(params![dedup_hash(dedup_key), id])
                .map_err(self.faults.database("record a deduplication key"))?;
        }
        for term in &row.terms {
            self.term
                .execute(params![id >> EPOCH_BITS, term, id])
                .map_err(self.faults.database("record what a certificate is found by"))?;
        }
        Ok(())
    }
}
