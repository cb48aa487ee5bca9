//! The database as the writer sees it: transactions, the end of the audit chain, and the rows of certificates.

use std::path::Path;

use hf_core::serial::Serial;
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::codec::Decoder;
use super::fault::Faults;
use super::row::{CertificateRow, Key, dedup_hash};
use super::schema;
use super::tail::{Change, Pending, Tail};
use crate::StoreError;
use crate::audit::{AuditRow, ChainHead};

/// How many certificates lie together in the table `term`, as a power of two.
pub(super) const EPOCH_BITS: u32 = 13;

/// What the writer keeps in memory about the database; a copy is put back when a transaction fails.
#[derive(Clone, Copy, Debug)]
pub(super) struct State {
    /// End of the audit chain in the database.
    pub(super) head: ChainHead,
    /// Latest time at which something was about to be signed, seconds since 1970.
    pub(super) last_signing: Option<i64>,
    /// Number of the next certificate.
    next_id: i64,
    /// How many keys are on the block list.
    pub(super) blocked: u64,
    /// How many open intents have a row.
    pub(super) intents: u64,
    /// How many revocations, CRLs and shards this process recorded.
    pub(super) status: u64,
    /// What went to the write-ahead log beside rows, counted in entries.
    pub(super) bulk: usize,
}

impl State {
    /// What CRLs and status say is out of date.
    pub(super) fn note_status(&mut self) {
        self.status = self.status.saturating_add(1);
    }

    /// So many entries' worth of octets went to the write-ahead log.
    pub(super) fn note_octets(&mut self, entries: usize) {
        self.bulk = self.bulk.saturating_add(entries);
    }
}

/// The writing connection.
#[derive(Debug)]
pub(super) struct Database {
    pub(super) db: Connection,
    pub(super) faults: Faults,
    pub(super) state: State,
}

impl Database {
    /// Open, create or bring up to date. Reads a handful of rows, however many there are.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let db = schema::open_writer(path, &schema::MAIN)?;
        let faults = Faults::new(path);
        let state = read_state(&db, &faults)?;
        Ok(Self { db, faults, state })
    }

    /// One transaction; all of `work` or nothing, durable when this returns.
    pub(super) fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Ledger<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let before = self.state;
        let outcome = self.attempt(work);
        if outcome.is_err() {
            self.state = before;
            if !self.db.is_autocommit() {
                // A transaction that cannot even be rolled back is rolled back by the next opening.
                let _ = self.db.execute_batch("ROLLBACK");
            }
        }
        outcome
    }

    fn attempt<T>(
        &mut self,
        work: impl FnOnce(&mut Ledger<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.db.execute_batch("BEGIN IMMEDIATE").map_err(self.faults.database("begin a transaction"))?;
        let mut ledger = Ledger { db: &self.db, faults: &self.faults, state: &mut self.state };
        let value = work(&mut ledger)?;
        ledger.write_head()?;
        self.db.execute_batch("COMMIT").map_err(self.faults.database("commit a transaction"))?;
        Ok(value)
    }

    /// Let many queries see one state of the database, which saves each of them its locks.
    pub(super) fn begin_read(&self) -> Result<(), StoreError> {
        self.db.execute_batch("BEGIN").map_err(self.faults.database("read"))
    }

    /// End what [`Self::begin_read`] began, if it did.
    pub(super) fn end_read(&self) {
        if !self.db.is_autocommit() {
            let _ = self.db.execute_batch("COMMIT");
        }
    }

    /// Fold the oldest `count` entries of the tail.
    pub(super) fn fold(&mut self, tail: &Tail, count: usize) -> Result<(), StoreError> {
        self.transaction(|ledger| tail.oldest(count).try_for_each(|pending| ledger.fold_one(pending, tail)))
    }

    /// Move the write-ahead log into the database file, as far as readers let it.
    pub(super) fn checkpoint(&self) -> Result<(), StoreError> {
        self.db
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
            .map_err(self.faults.database("move the write-ahead log into the database"))
    }
}

fn read_state(db: &Connection, faults: &Faults) -> Result<State, StoreError> {
    let fault = faults.database("read the head record");
    let (count, hash, last_signing) = db
        .query_row("SELECT count, hash, last_signing FROM head", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .map_err(&fault)?;
    // The ends of the largest tables: a database whose end is missing shows here, not at some later time.
    let last = |sql: &str| db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).map_err(&fault);
    last("SELECT max(sequence) FROM audit")?;
    let next_id = last("SELECT max(id) FROM certificate")?.unwrap_or(0).saturating_add(1);
    let count_of = |sql: &str| db.query_row(sql, [], |row| row.get::<_, u64>(0)).map_err(&fault);
    let blocked = count_of("SELECT count(*) FROM blocked")?;
    let intents = count_of("SELECT count(*) FROM intent")?;
    Ok(State { head: ChainHead { count, hash }, last_signing, next_id, blocked, intents, status: 0, bulk: 0 })
}

/// An open transaction.
#[derive(Debug)]
pub(super) struct Ledger<'a> {
    pub(super) db: &'a Connection,
    pub(super) faults: &'a Faults,
    pub(super) state: &'a mut State,
}

impl Ledger<'_> {
    fn write_head(&self) -> Result<(), StoreError> {
        let State { head, last_signing, .. } = *self.state;
        self.execute(
            "write the head record",
            "UPDATE head SET count = ?1, hash = ?2, last_signing = ?3",
            params![head.count, head.hash, last_signing],
        )
        .map(|_| ())
    }

    /// Run a statement; how many rows it changed.
    pub(super) fn execute(
        &self,
        operation: &'static str,
        sql: &str,
        values: impl rusqlite::Params,
    ) -> Result<usize, StoreError> {
        self.db
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(self.faults.database(operation))
    }

    /// Something is about to be signed at this time.
    pub(super) fn note_signing(&mut self, at: i64) {
        self.state.last_signing = self.state.last_signing.max(Some(at));
    }

    /// Append an event to the chain.
    pub(super) fn append(&mut self, event: String) -> Result<u64, StoreError> {
        let (row, head) = self.state.head.append(event);
        self.insert_audit(&row)?;
        self.state.head = head;
        Ok(head.count)
    }

    fn insert_audit(&self, row: &AuditRow) -> Result<(), StoreError> {
        self.execute(
            "append to the audit chain",
            "INSERT INTO audit(sequence, previous, event, hash) VALUES (?1, ?2, ?3, ?4)",
            params![row.sequence, row.previous, row.event, row.hash],
        )
        .map(|_| ())
    }

    fn fold_one(&mut self, pending: &Pending, tail: &Tail) -> Result<(), StoreError> {
        match &pending.change {
            Change::Begun(key) => {
                if let Some(row) = tail.open_intent(key) {
                    self.insert_intent(row)?;
                }
            }
            Change::Finished { row, stored_intent } => {
                if *stored_intent {
                    self.delete_intent(&row.key())?;
                }
                self.insert_certificate(row, false)?;
            }
        }
        if let Some(at) = pending.signing_at {
            self.note_signing(at);
        }
        self.insert_audit(&pending.audit)?;
        self.state.head = ChainHead { count: pending.audit.sequence, hash: pending.audit.hash };
        Ok(())
    }

    fn insert_intent(&mut self, row: &CertificateRow) -> Result<(), StoreError> {
        let mut octets = Vec::with_capacity(1024);
        row.encode(&mut octets);
        self.execute(
            "record an intent",
            "INSERT INTO intent(issuer, serial, requested_at, dedup_hash, row) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                row.issuer,
                row.serial.as_unsigned(),
                row.requested_at,
                row.dedup_key.as_deref().map(dedup_hash),
                octets
            ],
        )?;
        self.state.intents = self.state.intents.saturating_add(1);
        Ok(())
    }

    /// The open intent of this key.
    pub(super) fn intent(&self, key: &Key) -> Result<Option<CertificateRow>, StoreError> {
        intent(self.db, self.faults, key)
    }

    pub(super) fn delete_intent(&mut self, (issuer, serial): &Key) -> Result<(), StoreError> {
        let deleted = self.execute(
            "close an intent",
            "DELETE FROM intent WHERE issuer = ?1 AND serial = ?2",
            params![issuer, serial.as_unsigned()],
        )?;
        self.state.intents = self.state.intents.saturating_sub(u64::try_from(deleted).unwrap_or(u64::MAX));
        Ok(())
    }

    /// Insert a certificate, or bytes that were possibly signed, and what it is found by.
    pub(super) fn insert_certificate(
        &mut self,
        row: &CertificateRow,
        possibly_signed: bool,
    ) -> Result<(), StoreError> {
        let id = self.state.next_id;
        let dedup_key = row.dedup_key.as_deref().filter(|_| !possibly_signed);
        self.execute(
            "record a certificate",
            "INSERT INTO certificate(id, issuer, serial, possibly_signed, not_before, not_after, requested_at, profile,
               snapshot, subject, names, spki, dedup_key, body)
             VALUES (:id, :issuer, :serial, :possibly_signed, :not_before, :not_after, :requested_at, :profile,
               :snapshot, :subject, :names, :spki, :dedup_key, :body)",
            named_params! {
                ":id": id,
                ":issuer": row.issuer,
                ":serial": row.serial.as_unsigned(),
                ":possibly_signed": possibly_signed,
                ":not_before": row.not_before,
                ":not_after": row.not_after,
                ":requested_at": row.requested_at,
                ":profile": row.profile,
                ":snapshot": row.snapshot,
                ":subject": row.subject,
                ":names": row.names,
                ":spki": row.spki,
                ":dedup_key": dedup_key,
                ":body": row.body,
            },
        )?;
        self.insert_keys(id, dedup_key, &row.terms)?;
        self.state.next_id = id.saturating_add(1);
        Ok(())
    }

    /// What the certificate with this number is found by.
    fn insert_keys(&self, id: i64, dedup_key: Option<&str>, terms: &[i64]) -> Result<(), StoreError> {
        if let Some(dedup_key) = dedup_key {
            self.execute(
                "record a deduplication key",
                "INSERT INTO dedup(hash, certificate) VALUES (?1, ?2)",
                params![dedup_hash(dedup_key), id],
            )?;
        }
        for term in terms {
            self.execute(
                "record what a certificate is found by",
                "INSERT INTO term(epoch, hash, certificate) VALUES (?1, ?2, ?3)",
                params![id >> EPOCH_BITS, term, id],
            )?;
        }
        Ok(())
    }

    /// The number of an authority as issuer, which it is given at its first use.
    pub(super) fn intern(&self, authority: &str) -> Result<i64, StoreError> {
        if let Some(id) = issuer(self.db, self.faults, authority)? {
            return Ok(id);
        }
        self.execute("number an authority", "INSERT INTO issuer(name) VALUES (?1)", [authority])?;
        Ok(self.db.last_insert_rowid())
    }

    /// The number of an authority as issuer, if it has been one.
    pub(super) fn issuer(&self, authority: &str) -> Result<Option<i64>, StoreError> {
        issuer(self.db, self.faults, authority)
    }
}

/// The number of an authority as issuer.
pub(super) fn issuer(db: &Connection, faults: &Faults, authority: &str) -> Result<Option<i64>, StoreError> {
    db.prepare_cached("SELECT id FROM issuer WHERE name = ?1")
        .and_then(|mut statement| statement.query_row([authority], |row| row.get(0)).optional())
        .map_err(faults.database("find an authority"))
}

/// The open intent of this key, as far as it is in the database.
pub(super) fn intent(
    db: &Connection,
    faults: &Faults,
    key: &Key,
) -> Result<Option<CertificateRow>, StoreError> {
    let (issuer, serial) = key;
    let octets: Option<Vec<u8>> = db
        .prepare_cached("SELECT row FROM intent WHERE issuer = ?1 AND serial = ?2")
        .and_then(|mut statement| {
            statement.query_row(params![issuer, serial.as_unsigned()], |row| row.get(0)).optional()
        })
        .map_err(faults.database("find an intent"))?;
    octets.map(|octets| decode_intent(&octets, faults)).transpose()
}

pub(super) fn decode_intent(octets: &[u8], faults: &Faults) -> Result<CertificateRow, StoreError> {
    CertificateRow::decode(&mut Decoder::new(octets))
        .ok_or_else(|| faults.damaged("an intent cannot be read back"))
}

/// Octets of a serial number from a column.
pub(super) fn serial_column(octets: &[u8], faults: &Faults) -> Result<Serial, StoreError> {
    Serial::from_unsigned(octets).map_err(|error| faults.damaged(error.to_string()))
}
