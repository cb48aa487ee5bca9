//! The database in a file of SQLite. Texts are bound as texts and times as the texts that Go's driver writes, because
//! that is what CFSSL compares with.

mod time;

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use hf_core::time::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row, named_params, params};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::row::{self, At, CertRow, Columns, OcspRow, Page, Place, RevokedBy, Which};
use super::{CertDbError, MAX_ISSUERS, MAX_PAGE, schema};
use crate::patience::{LOCKED, Patience, Wait};
use crate::sqlite::turn::is_locked;

/// `SQLITE_CONSTRAINT_FOREIGNKEY`.
const FOREIGN_KEY: i32 = 787;

const COLUMNS: &str =
    "rowid, serial_number, authority_key_identifier, ca_label, status, reason, expiry, revoked_at, pem";
const NEWER: &str = "issued_at, not_before, metadata, sans, common_name";

type Job = Box<dyn FnOnce(&Connection) -> Lock + Send>;

/// What a job learnt of locks of other programs.
enum Lock {
    /// One was in the way.
    Met,
    /// None: it wrote.
    Free,
    /// Nothing: it read.
    Unknown,
}

/// A thread with a connection. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Sqlite {
    jobs: Sender<Job>,
}

impl Sqlite {
    /// Open the file, which is made when it is missing if `create` says so.
    pub(super) async fn open(source: &str, create: bool) -> Result<Self, CertDbError> {
        let source = source.to_owned();
        let (jobs, queue) = channel::<Job>();
        let (opened, outcome) = oneshot::channel();
        let work = move || match connect(&source, create) {
            Ok(db) => {
                drop(opened.send(Ok(())));
                serve(&db, &queue);
            }
            Err(error) => drop(opened.send(Err(error))),
        };
        std::thread::Builder::new()
            .name("certdb".to_owned())
            .spawn(work)
            .map_err(|error| CertDbError::Database { operation: "start", source: error.into() })?;
        outcome.await.unwrap_or_else(|_| Err(ended()))?;
        Ok(Self { jobs })
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, CertDbError> + Send + 'static,
    ) -> Result<T, CertDbError> {
        self.run(Lock::Unknown, work).await
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, CertDbError> + Send + 'static,
    ) -> Result<T, CertDbError> {
        self.run(Lock::Free, work).await
    }

    async fn run<T: Send + 'static>(
        &self,
        otherwise: Lock,
        work: impl FnOnce(&Connection) -> Result<T, CertDbError> + Send + 'static,
    ) -> Result<T, CertDbError> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            let outcome = work(db);
            let lock = if matches!(outcome, Err(CertDbError::Locked { .. })) { Lock::Met } else { otherwise };
            drop(reply.send(outcome));
            lock
        });
        self.jobs.send(job).map_err(|_| ended())?;
        answer.await.unwrap_or_else(|_| Err(ended()))
    }

    pub(super) async fn create_schema(&self) -> Result<(), CertDbError> {
        self.write(|db| db.execute_batch(schema::SQLITE).map_err(fault("make its tables"))).await
    }

    pub(super) async fn insert(&self, row: CertRow) -> Result<(), CertDbError> {
        self.write(move |db| insert(db, &row)).await
    }

    pub(super) async fn find(&self, serial: &str, aki: &str) -> Result<Option<CertRow>, CertDbError> {
        let (serial, aki) = (serial.to_owned(), aki.to_owned());
        self.read(move |db| {
            let sql = format!(
                "SELECT {COLUMNS}, {} FROM certificates WHERE serial_number = ?1 AND authority_key_identifier = ?2",
                newer(db)
            );
            let found = db.query_row(&sql, [serial, aki], columns).optional();
            found.map_err(fault("find a certificate"))?.map(|(_, columns)| columns.into_row()).transpose()
        })
        .await
    }

    pub(super) async fn page(
        &self,
        which: Which,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Page<CertRow>, CertDbError> {
        self.read(move |db| page(db, &which, number(after.as_ref()), limit.min(MAX_PAGE))).await
    }

    pub(super) async fn revoke(
        &self,
        serial: &str,
        aki: &str,
        reason: u8,
        at: Timestamp,
    ) -> Result<(), CertDbError> {
        let (serial, aki) = (serial.to_owned(), aki.to_owned());
        self.write(move |db| {
            let sql = "UPDATE certificates SET status = 'revoked', revoked_at = ?3, reason = ?4
                       WHERE serial_number = ?1 AND authority_key_identifier = ?2";
            let changed = db
                .execute(sql, params![serial, aki, time::write(at), reason])
                .map_err(fault("revoke a certificate"))?;
            if changed == 0 { Err(CertDbError::NotFound { serial, aki }) } else { Ok(()) }
        })
        .await
    }

    pub(super) async fn upsert_ocsp(&self, row: OcspRow) -> Result<(), CertDbError> {
        self.write(move |db| {
            let sql = "INSERT INTO ocsp_responses(serial_number, authority_key_identifier, body, expiry)
                       VALUES (?1, ?2, ?3, ?4) ON CONFLICT(serial_number, authority_key_identifier)
                       DO UPDATE SET body = excluded.body, expiry = excluded.expiry";
            match db.execute(sql, params![row.serial, row.aki, row.body, time::write(row.expiry)]) {
                Ok(_) => Ok(()),
                Err(error) if extended_code(&error) == Some(FOREIGN_KEY) => {
                    Err(CertDbError::NotFound { serial: row.serial, aki: row.aki })
                }
                Err(error) => Err(fault("record an OCSP response")(error)),
            }
        })
        .await
    }

    pub(super) async fn ocsp(&self, serial: &str, aki: &str) -> Result<Option<OcspRow>, CertDbError> {
        let (serial, aki) = (serial.to_owned(), aki.to_owned());
        self.read(move |db| {
            let sql =
                "SELECT rowid, serial_number, authority_key_identifier, body, expiry FROM ocsp_responses
                       WHERE serial_number = ?1 AND authority_key_identifier = ?2";
            let found = db.query_row(sql, [serial, aki], ocsp).optional();
            Ok(found.map_err(fault("find an OCSP response"))?.map(|(_, row)| row))
        })
        .await
    }

    pub(super) async fn ocsp_of_any_issuer(&self, serial: &str) -> Result<Vec<OcspRow>, CertDbError> {
        let serial = serial.to_owned();
        self.read(move |db| {
            let fault = fault("find an OCSP response");
            let sql =
                "SELECT rowid, serial_number, authority_key_identifier, body, expiry FROM ocsp_responses
                       WHERE serial_number = ?1 LIMIT ?2";
            let mut statement = db.prepare_cached(sql).map_err(&fault)?;
            let rows = statement.query_map(params![serial, bound(MAX_ISSUERS)], ocsp).map_err(&fault)?;
            let found = rows.collect::<Result<Vec<_>, _>>().map_err(&fault)?;
            Ok(found.into_iter().map(|(_, row)| row).collect())
        })
        .await
    }

    pub(super) async fn ocsp_page(
        &self,
        now: Timestamp,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Page<OcspRow>, CertDbError> {
        self.read(move |db| {
            let fault = fault("read OCSP responses");
            let limit = limit.min(MAX_PAGE);
            let sql =
                "SELECT rowid, serial_number, authority_key_identifier, body, expiry FROM ocsp_responses
                       WHERE rowid > ?1 AND expiry > ?2 ORDER BY rowid LIMIT ?3";
            let mut statement = db.prepare_cached(sql).map_err(&fault)?;
            let rows = statement
                .query_map(params![number(after.as_ref()), time::write(now), bound(limit)], ocsp)
                .map_err(&fault)?;
            let found = rows.collect::<Result<Vec<_>, _>>().map_err(&fault)?;
            let next = next(limit, found.len(), found.last().map(|(number, _)| *number));
            Ok(Page { rows: found.into_iter().map(|(_, row)| row).collect(), unreadable: Vec::new(), next })
        })
        .await
    }
}

/// Work until nobody can ask any more. No job waits for a lock that others have waited for.
fn serve(db: &Connection, queue: &Receiver<Job>) {
    let mut patience = Patience::default();
    for job in queue {
        let began = Instant::now();
        // Where the time cannot be set, the one before holds.
        let _ = db.busy_timeout(patience.left(began, Wait::Asked));
        match job(db) {
            Lock::Met => patience.note(began, true),
            Lock::Free => patience.note(began, false),
            Lock::Unknown => {}
        }
    }
}

fn ended() -> CertDbError {
    CertDbError::Database { operation: "answer", source: "its thread has ended".into() }
}

fn fault(operation: &'static str) -> impl Fn(rusqlite::Error) -> CertDbError {
    move |source| {
        if is_locked(&source) {
            return CertDbError::Locked { operation };
        }
        CertDbError::Database { operation, source: source.into() }
    }
}

fn extended_code(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}

fn connect(source: &str, create: bool) -> Result<Connection, CertDbError> {
    let open = fault("open");
    let mut flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    flags.set(OpenFlags::SQLITE_OPEN_CREATE, create);
    // Parameters that CFSSL's driver understands stand behind `?`; in a plain path they belong to it, not to the file.
    let path = if source.starts_with("file:") { source } else { source.split('?').next().unwrap_or(source) };
    if path.is_empty() {
        return Err(CertDbError::BadSource { source: "it names no file".into() });
    }
    let db = Connection::open_with_flags(Path::new(path), flags).map_err(&open)?;
    db.busy_timeout(LOCKED).map_err(&open)?;
    Ok(db)
}

/// The columns of the newer schema, or nothing in their places.
fn newer(db: &Connection) -> &'static str {
    match db.prepare_cached("SELECT issued_at FROM certificates LIMIT 0") {
        Ok(_) => NEWER,
        Err(_) => "NULL, NULL, NULL, NULL, NULL",
    }
}

fn insert(db: &Connection, row: &CertRow) -> Result<(), CertDbError> {
    let old =
        "INSERT INTO certificates(serial_number, authority_key_identifier, ca_label, status, reason, expiry,
                 revoked_at, pem)
               VALUES (:serial, :aki, :label, :status, :reason, :expiry, :revoked_at, :pem)";
    let new = "INSERT INTO certificates(serial_number, authority_key_identifier, ca_label, status, reason, expiry,
                 revoked_at, pem, issued_at, not_before, metadata, sans, common_name)
               VALUES (:serial, :aki, :label, :status, :reason, :expiry, :revoked_at, :pem, :issued_at, :not_before,
                 :metadata, :sans, :common_name)";
    let is_new = newer(db) == NEWER;
    let write = |time| time::write(row::or_zero(time));
    let values = named_params! {
        ":serial": row.serial,
        ":aki": row.aki,
        ":label": row.ca_label,
        ":status": row.status.as_str(),
        ":reason": row.reason,
        ":expiry": time::write(row.expiry),
        ":revoked_at": write(row.revoked_at),
        ":pem": row.pem,
        ":issued_at": write(row.issued_at),
        ":not_before": write(row.not_before),
        ":metadata": row.metadata.as_deref().unwrap_or("null"),
        ":sans": row::sans_json(&row.sans),
        ":common_name": row.common_name.as_deref().unwrap_or_default(),
    };
    let outcome = match values.split_at_checked(8) {
        Some((first, _)) if !is_new => db.execute(old, first),
        _ => db.execute(new, values),
    };
    match outcome {
        Ok(_) => Ok(()),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(CertDbError::Exists { serial: row.serial.clone(), aki: row.aki.clone() })
        }
        Err(error) => Err(fault("record a certificate")(error)),
    }
}

fn page(db: &Connection, which: &Which, after: i64, limit: usize) -> Result<Page<CertRow>, CertDbError> {
    let fault = fault("read certificates");
    let (condition, now, value) = match which {
        Which::All => ("?2 IS NULL AND ?3 IS NULL", None, None),
        Which::Unexpired(now) => ("expiry > ?2 AND ?3 IS NULL", Some(now), None),
        Which::Revoked(now, RevokedBy::Anyone) => {
            ("expiry > ?2 AND status = 'revoked' AND ?3 IS NULL", Some(now), None)
        }
        Which::Revoked(now, RevokedBy::Label(label)) => {
            ("expiry > ?2 AND status = 'revoked' AND ca_label = ?3", Some(now), Some(label))
        }
        Which::Revoked(now, RevokedBy::Issuer(aki)) => {
            ("expiry > ?2 AND status = 'revoked' AND authority_key_identifier = ?3", Some(now), Some(aki))
        }
    };
    let sql = format!(
        "SELECT {COLUMNS}, {} FROM certificates WHERE rowid > ?1 AND {condition} ORDER BY rowid LIMIT ?4",
        newer(db)
    );
    let mut statement = db.prepare_cached(&sql).map_err(&fault)?;
    let now = now.map(|now| time::write(*now));
    let rows = statement.query_map(params![after, now, value, bound(limit)], columns).map_err(&fault)?;
    let found = rows.collect::<Result<Vec<_>, _>>().map_err(&fault)?;
    let next = next(limit, found.len(), found.last().map(|(number, _)| *number));
    Page::of(found.into_iter().map(|(_, columns)| columns.into_row()), which, next)
}

fn number(after: Option<&Place>) -> i64 {
    match after {
        Some(Place(At::Row(number))) => *number,
        // A place of another database is none of this one.
        Some(Place(At::Key(..))) | None => i64::MIN,
    }
}

fn bound(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn next(limit: usize, found: usize, last: Option<i64>) -> Option<Place> {
    last.filter(|_| found >= limit).map(|number| Place(At::Row(number)))
}

/// Texts and octets alike: drivers differ in which they write.
fn octets(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Vec<u8>>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string().into_bytes()),
        ValueRef::Real(number) => Some(number.to_string().into_bytes()),
        ValueRef::Text(octets) | ValueRef::Blob(octets) => Some(octets.to_vec()),
    })
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<String>> {
    Ok(octets(row, column)?.map(row::text))
}

fn at(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(text(row, column)?.and_then(|text| time::read(&text)))
}

fn columns(row: &Row<'_>) -> rusqlite::Result<(i64, Columns)> {
    let columns = Columns {
        serial: text(row, 1)?.unwrap_or_default(),
        aki: text(row, 2)?.unwrap_or_default(),
        ca_label: text(row, 3)?,
        status: text(row, 4)?.unwrap_or_default(),
        reason: row.get(5)?,
        expiry: at(row, 6)?,
        revoked_at: at(row, 7)?,
        pem: text(row, 8)?.unwrap_or_default(),
        issued_at: at(row, 9)?,
        not_before: at(row, 10)?,
        metadata: text(row, 11)?,
        sans: text(row, 12)?,
        common_name: text(row, 13)?,
    };
    Ok((row.get(0)?, columns))
}

fn ocsp(row: &Row<'_>) -> rusqlite::Result<(i64, OcspRow)> {
    let found = OcspRow {
        serial: text(row, 1)?.unwrap_or_default(),
        aki: text(row, 2)?.unwrap_or_default(),
        body: octets(row, 3)?.unwrap_or_default(),
        expiry: row::or_zero(at(row, 4)?),
    };
    Ok((row.get(0)?, found))
}
