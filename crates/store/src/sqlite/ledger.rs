//! The database as the writer sees it: transactions, the end of the audit chain, and the rows of certificates.

use std::path::Path;

use hf_core::serial::Serial;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::checkpoint::{LogGrowth, checkpoint};
use super::codec::Decoder;
use super::fault::Faults;
use super::inserts::Inserts;
use super::row::{CertificateRow, Key};
use super::schema;
use super::tail::{Change, Pending, Portion};
use super::turn;
use crate::StoreError;
use crate::audit::ChainHead;
use crate::patience::{Patience, Wait};

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
    /// How many times a credential was changed since the store was opened.
    pub(super) credential_changes: u64,
    /// How many times an ACME account was changed since then.
    pub(super) account_changes: u64,
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
    log: LogGrowth,
    patience: Patience,
}

impl Database {
    /// Open, create or bring up to date. Reads a handful of rows, however many there are.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let db = schema::open_writer(path, &schema::MAIN)?;
        let faults = Faults::new(path);
        let state = read_state(&db, &faults)?;
        Ok(Self { db, faults, state, log: LogGrowth::default(), patience: Patience::default() })
    }

    /// One transaction; all of `work` or nothing, durable when this returns.
    pub(super) fn transaction<T>(
        &mut self,
        wait: Wait,
        work: impl FnOnce(&mut Ledger<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let before = self.state;
        let outcome = self.attempt(wait, work);
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
        wait: Wait,
        work: impl FnOnce(&mut Ledger<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        turn::begin(&self.db, &self.faults, &mut self.patience, wait)?;
        let mut ledger = Ledger { db: &self.db, faults: &self.faults, state: &mut self.state };
        let value = work(&mut ledger)?;
        ledger.write_head()?;
        self.db.execute_batch("COMMIT").map_err(self.faults.database("commit a transaction"))?;
        Ok(value)
    }

    /// Whether another program was in the way of the last transaction.
    pub(super) fn is_locked(&self) -> bool {
        self.patience.is_locked()
    }

    /// Fold a portion of the tail.
    pub(super) fn fold(&mut self, portion: &Portion, wait: Wait) -> Result<(), StoreError> {
        self.transaction(wait, |ledger| {
            let mut inserts = Inserts::of(ledger.db, ledger.faults)?;
            portion.entries.iter().try_for_each(|pending| ledger.fold_one(pending, portion, &mut inserts))
        })
    }

    /// So many entries came into the database: when there were enough, the write-ahead log is moved into it.
    pub(super) fn checkpoint_after(&mut self, count: usize) -> Result<(), StoreError> {
        if self.log.committed(count) { checkpoint(&self.db, &self.faults) } else { Ok(()) }
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
    let head = ChainHead { count, hash };
    Ok(State {
        head,
        last_signing,
        next_id,
        blocked,
        intents,
        status: 0,
        bulk: 0,
        credential_changes: 0,
        account_changes: 0,
    })
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

    /// A credential is changed by this transaction.
    pub(super) fn note_credential_change(&mut self) {
        self.state.credential_changes = self.state.credential_changes.saturating_add(1);
    }

    /// An ACME account is changed by this transaction.
    pub(super) fn note_account_change(&mut self) {
        self.state.account_changes = self.state.account_changes.saturating_add(1);
    }

    /// Append an event to the chain.
    pub(super) fn append(&mut self, event: String) -> Result<u64, StoreError> {
        let (row, head) = self.state.head.append(event);
        Inserts::of(self.db, self.faults)?.audit(&row)?;
        self.state.head = head;
        Ok(head.count)
    }

    fn fold_one(
        &mut self,
        pending: &Pending,
        portion: &Portion,
        inserts: &mut Inserts<'_>,
    ) -> Result<(), StoreError> {
        match &pending.change {
            Change::Begun(key) => {
                if let Some(row) = portion.open.get(key) {
                    inserts.intent(row)?;
                    self.state.intents = self.state.intents.saturating_add(1);
                }
            }
            Change::Finished { row, stored_intent } => {
                if *stored_intent {
                    self.delete_intent(&row.key())?;
                }
                self.insert_numbered(row, false, inserts)?;
            }
        }
        if let Some(at) = pending.signing_at {
            self.note_signing(at);
        }
        inserts.audit(&pending.audit)?;
        self.state.head = ChainHead { count: pending.audit.sequence, hash: pending.audit.hash };
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
        let mut inserts = Inserts::of(self.db, self.faults)?;
        self.insert_numbered(row, possibly_signed, &mut inserts)
    }

    fn insert_numbered(
        &mut self,
        row: &CertificateRow,
        possibly_signed: bool,
        inserts: &mut Inserts<'_>,
    ) -> Result<(), StoreError> {
        let id = self.state.next_id;
        inserts.certificate(id, row, possibly_signed)?;
        self.state.next_id = id.saturating_add(1);
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
