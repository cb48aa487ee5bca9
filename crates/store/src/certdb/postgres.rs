//! The database in PostgreSQL. Texts stand there as octets (`bytea`), as CFSSL's driver writes them.

mod tls;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hf_core::time::Timestamp;
use tokio::sync::{Mutex, MutexGuard};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::{Severity, SqlState};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, Error, NoTls, Row};

use super::row::{self, At, CertRow, Columns, OcspRow, Page, Place, RevokedBy, Which};
use super::{CertDbError, MAX_ISSUERS, MAX_PAGE, Secure, schema};

/// How long connecting may take, and each statement.
const PATIENCE: Duration = Duration::from_secs(20);

const COLUMNS: &str =
    "serial_number, authority_key_identifier, ca_label, status, reason, expiry, revoked_at, pem";

/// A database, connected when it is needed.
#[derive(Debug)]
pub(super) struct Postgres {
    config: Config,
    secure: Option<Arc<dyn Secure>>,
    connection: Mutex<Option<Connection>>,
}

#[derive(Debug)]
struct Connection {
    client: Client,
    /// Whether the table has the columns of the newer schema.
    is_new: bool,
}

/// What is sent along with a statement.
type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

impl Postgres {
    pub(super) async fn open(source: &str, secure: Option<Arc<dyn Secure>>) -> Result<Self, CertDbError> {
        let bad = |source: Box<dyn std::error::Error + Send + Sync>| CertDbError::BadSource { source };
        let mut config: Config = source.parse().map_err(|error: Error| bad(error.into()))?;
        if config.get_ssl_mode() == SslMode::Require && secure.is_none() {
            return Err(bad("`sslmode=require` needs TLS, and none was brought".into()));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        if config.get_application_name().is_none() {
            config.application_name("handfast");
        }
        let postgres = Self { config, secure, connection: Mutex::new(None) };
        drop(postgres.connection().await?);
        Ok(postgres)
    }

    /// The connection, made anew when it was lost.
    async fn connection(&self) -> Result<Lent<'_>, CertDbError> {
        let mut held = self.connection.lock().await;
        if held.as_ref().is_none_or(|connection| connection.client.is_closed()) {
            let client = in_time("connect", self.connect()).await?.map_err(fault("connect"))?;
            let is_new = is_new(&client).await?;
            *held = Some(Connection { client, is_new });
        }
        Ok(Lent(held))
    }

    /// A connection, served by a task that ends with the client; its errors reach whoever waits for an answer.
    async fn connect(&self) -> Result<Client, Error> {
        if let Some(secure) = &self.secure {
            let (client, connection) = self.config.connect(tls::Maker(Arc::clone(secure))).await?;
            tokio::spawn(connection);
            return Ok(client);
        }
        let (client, connection) = self.config.connect(NoTls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Read. A server that ended the connection meanwhile is asked once more over another one.
    async fn query(
        &self,
        operation: &'static str,
        sql: impl Fn(bool) -> String,
        values: Values<'_>,
    ) -> Result<Vec<Row>, CertDbError> {
        let answer = match self.query_once(operation, &sql, values).await? {
            Err(error) if is_lost(&error) => self.query_once(operation, &sql, values).await?,
            answer => answer,
        };
        answer.map_err(fault(operation))
    }

    async fn query_once(
        &self,
        operation: &'static str,
        sql: &impl Fn(bool) -> String,
        values: Values<'_>,
    ) -> Result<Result<Vec<Row>, Error>, CertDbError> {
        let mut lent = self.connection().await?;
        let connection = lent.get()?;
        let statement = sql(connection.is_new);
        let outcome = in_time(operation, connection.client.query(&statement, values)).await;
        lent.settle(outcome)
    }

    async fn execute(
        &self,
        operation: &'static str,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Result<u64, Error>, CertDbError> {
        let mut lent = self.connection().await?;
        let outcome = in_time(operation, lent.get()?.client.execute(sql, values)).await;
        lent.settle(outcome)
    }

    pub(super) async fn create_schema(&self) -> Result<(), CertDbError> {
        let operation = "make its tables";
        let mut lent = self.connection().await?;
        let connection = lent.get()?;
        in_time(operation, connection.client.batch_execute(schema::POSTGRES))
            .await?
            .map_err(fault(operation))?;
        let is_new = is_new(&connection.client).await?;
        if let Some(connection) = lent.0.as_mut() {
            connection.is_new = is_new;
        }
        Ok(())
    }

    pub(super) async fn insert(&self, row: CertRow) -> Result<(), CertDbError> {
        let time = |time| system_time(row::or_zero(time));
        let (expiry, revoked_at) = (system_time(row.expiry), time(row.revoked_at));
        let (issued_at, not_before) = (time(row.issued_at), time(row.not_before));
        let (metadata, sans) = (row.metadata.as_deref().unwrap_or("null"), row::sans_json(&row.sans));
        let common_name = row.common_name.as_deref().unwrap_or_default();
        let (serial, aki) = (row.serial.as_bytes(), row.aki.as_bytes());
        let (label, status, pem) =
            (row.ca_label.as_bytes(), row.status.as_str().as_bytes(), row.pem.as_bytes());
        let first: [&(dyn ToSql + Sync); 8] =
            [&serial, &aki, &label, &status, &row.reason, &expiry, &revoked_at, &pem];
        let newer: [&(dyn ToSql + Sync); 5] = [&issued_at, &not_before, &metadata, &sans, &common_name];
        let is_new = self.connection().await?.get()?.is_new;
        let outcome = if is_new {
            let sql = format!(
                "INSERT INTO certificates({COLUMNS}, issued_at, not_before, metadata, sans, common_name)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::text::jsonb, $12::text::jsonb, $13)"
            );
            self.execute("record a certificate", &sql, &[&first[..], &newer[..]].concat()).await?
        } else {
            let sql = format!("INSERT INTO certificates({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
            self.execute("record a certificate", &sql, &first).await?
        };
        match outcome {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => {
                Err(CertDbError::Exists { serial: row.serial, aki: row.aki })
            }
            Err(error) => Err(fault("record a certificate")(error)),
        }
    }

    pub(super) async fn find(&self, serial: &str, aki: &str) -> Result<Option<CertRow>, CertDbError> {
        let sql = |is_new| {
            format!(
                "SELECT {} FROM certificates WHERE serial_number = $1 AND authority_key_identifier = $2",
                selected(is_new)
            )
        };
        let rows = self.query("find a certificate", sql, &[&serial.as_bytes(), &aki.as_bytes()]).await?;
        rows.first().map(certificate).transpose()
    }

    pub(super) async fn page(
        &self,
        which: Which,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Page<CertRow>, CertDbError> {
        let operation = "read certificates";
        let ((serial, aki), limit) = (key(after), limit.min(MAX_PAGE));
        let bound = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = |condition: &'static str| {
            move |is_new| {
                format!(
                    "SELECT {} FROM certificates
                     WHERE (serial_number, authority_key_identifier) > ($1, $2) {condition}
                     ORDER BY serial_number, authority_key_identifier LIMIT $3",
                    selected(is_new)
                )
            }
        };
        let rows = match &which {
            Which::All => self.query(operation, sql(""), &[&serial, &aki, &bound]).await?,
            Which::Unexpired(now) => {
                let now = system_time(*now);
                self.query(operation, sql("AND expiry > $4"), &[&serial, &aki, &bound, &now]).await?
            }
            Which::Revoked(now, by) => {
                let now = system_time(*now);
                let (condition, value) = condition(by);
                let value = value.map(String::as_bytes);
                self.query(operation, sql(condition), &[&serial, &aki, &bound, &now, &value]).await?
            }
        };
        let next = next(limit, &rows)?;
        Page::of(rows.iter().map(certificate), &which, next)
    }

    pub(super) async fn revoke(
        &self,
        serial: &str,
        aki: &str,
        reason: u8,
        at: Timestamp,
    ) -> Result<(), CertDbError> {
        let sql = "UPDATE certificates SET status = 'revoked', revoked_at = $3, reason = $4
                   WHERE serial_number = $1 AND authority_key_identifier = $2";
        let values: Values<'_> = &[&serial.as_bytes(), &aki.as_bytes(), &system_time(at), &i32::from(reason)];
        let operation = "revoke a certificate";
        match self.execute(operation, sql, values).await?.map_err(fault(operation))? {
            0 => Err(CertDbError::NotFound { serial: serial.to_owned(), aki: aki.to_owned() }),
            _ => Ok(()),
        }
    }

    pub(super) async fn upsert_ocsp(&self, row: OcspRow) -> Result<(), CertDbError> {
        let sql = "INSERT INTO ocsp_responses(serial_number, authority_key_identifier, body, expiry)
                   VALUES ($1, $2, $3, $4) ON CONFLICT(serial_number, authority_key_identifier)
                   DO UPDATE SET body = excluded.body, expiry = excluded.expiry";
        let values: Values<'_> =
            &[&row.serial.as_bytes(), &row.aki.as_bytes(), &row.body, &system_time(row.expiry)];
        match self.execute("record an OCSP response", sql, values).await? {
            Ok(_) => Ok(()),
            Err(error) if error.code() == Some(&SqlState::FOREIGN_KEY_VIOLATION) => {
                Err(CertDbError::NotFound { serial: row.serial, aki: row.aki })
            }
            Err(error) => Err(fault("record an OCSP response")(error)),
        }
    }

    pub(super) async fn ocsp(&self, serial: &str, aki: &str) -> Result<Option<OcspRow>, CertDbError> {
        let sql = |_| {
            "SELECT serial_number, authority_key_identifier, body, expiry FROM ocsp_responses
             WHERE serial_number = $1 AND authority_key_identifier = $2"
                .to_owned()
        };
        let rows = self.query("find an OCSP response", sql, &[&serial.as_bytes(), &aki.as_bytes()]).await?;
        rows.first().map(ocsp).transpose()
    }

    pub(super) async fn ocsp_of_any_issuer(&self, serial: &str) -> Result<Vec<OcspRow>, CertDbError> {
        let bound = i64::try_from(MAX_ISSUERS).unwrap_or(i64::MAX);
        let sql = |_| {
            "SELECT serial_number, authority_key_identifier, body, expiry FROM ocsp_responses
             WHERE serial_number = $1 LIMIT $2"
                .to_owned()
        };
        let rows = self.query("find an OCSP response", sql, &[&serial.as_bytes(), &bound]).await?;
        rows.iter().map(ocsp).collect()
    }

    pub(super) async fn ocsp_page(
        &self,
        now: Timestamp,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Page<OcspRow>, CertDbError> {
        let ((serial, aki), limit) = (key(after), limit.min(MAX_PAGE));
        let bound = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = |_| {
            "SELECT serial_number, authority_key_identifier, body, expiry FROM ocsp_responses
             WHERE (serial_number, authority_key_identifier) > ($1, $2) AND expiry > $4
             ORDER BY serial_number, authority_key_identifier LIMIT $3"
                .to_owned()
        };
        let values: Values<'_> = &[&serial, &aki, &bound, &system_time(now)];
        let rows = self.query("read OCSP responses", sql, values).await?;
        let next = next(limit, &rows)?;
        Ok(Page { rows: rows.iter().map(ocsp).collect::<Result<_, _>>()?, unreadable: Vec::new(), next })
    }
}

/// The connection while it is used.
struct Lent<'a>(MutexGuard<'a, Option<Connection>>);

impl Lent<'_> {
    fn get(&self) -> Result<&Connection, CertDbError> {
        self.0.as_ref().ok_or_else(|| CertDbError::Database {
            operation: "connect",
            source: "the connection is gone".into(),
        })
    }
}

impl Lent<'_> {
    /// Give the connection up when it did not answer, since what comes next would wait behind it, or when it is lost.
    fn settle<T>(
        &mut self,
        outcome: Result<Result<T, Error>, CertDbError>,
    ) -> Result<Result<T, Error>, CertDbError> {
        if outcome.as_ref().map_or(true, |answer| answer.as_ref().is_err_and(is_lost)) {
            *self.0 = None;
        }
        outcome
    }
}

/// Whether it is of the connection rather than of what was asked: the server ended it, or is gone.
fn is_lost(error: &Error) -> bool {
    error.as_db_error().is_none_or(|told| told.parsed_severity() != Some(Severity::Error))
}

async fn in_time<T>(operation: &'static str, work: impl Future<Output = T>) -> Result<T, CertDbError> {
    tokio::time::timeout(PATIENCE, work)
        .await
        .map_err(|_| CertDbError::Late { operation, seconds: PATIENCE.as_secs() })
}

fn fault(operation: &'static str) -> impl Fn(Error) -> CertDbError {
    move |source| CertDbError::Database { operation, source: source.into() }
}

/// Whether the table has the columns of the newer schema.
async fn is_new(client: &Client) -> Result<bool, CertDbError> {
    let operation = "look at its tables";
    let sql = "SELECT 1 FROM pg_attribute
               WHERE attrelid = to_regclass('certificates') AND attname = 'issued_at' AND NOT attisdropped";
    let found = in_time(operation, client.query_opt(sql, &[])).await?.map_err(fault(operation))?;
    Ok(found.is_some())
}

fn selected(is_new: bool) -> String {
    let newer = if is_new {
        "issued_at, not_before, metadata::text, sans::text, common_name"
    } else {
        "NULL::timestamptz, NULL::timestamptz, NULL::text, NULL::text, NULL::text"
    };
    format!("{COLUMNS}, {newer}")
}

/// The words for revoked certificates, and the value `$5` in them.
fn condition(by: &RevokedBy) -> (&'static str, Option<&String>) {
    match by {
        RevokedBy::Anyone => ("AND expiry > $4 AND status = 'revoked' AND $5::bytea IS NULL", None),
        RevokedBy::Label(label) => ("AND expiry > $4 AND status = 'revoked' AND ca_label = $5", Some(label)),
        RevokedBy::Issuer(aki) => {
            ("AND expiry > $4 AND status = 'revoked' AND authority_key_identifier = $5", Some(aki))
        }
    }
}

fn key(after: Option<Place>) -> (Vec<u8>, Vec<u8>) {
    match after {
        Some(Place(At::Key(serial, aki))) => (serial, aki),
        // A place of another database is none of this one.
        Some(Place(At::Row(_))) | None => (Vec::new(), Vec::new()),
    }
}

fn next(limit: usize, rows: &[Row]) -> Result<Option<Place>, CertDbError> {
    let last = rows.last().filter(|_| rows.len() >= limit);
    last.map(|row| Ok(Place(At::Key(get(row, 0)?, get(row, 1)?)))).transpose()
}

fn get<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, CertDbError> {
    row.try_get(column).map_err(fault("read a row"))
}

fn text(row: &Row, column: usize) -> Result<Option<String>, CertDbError> {
    Ok(get::<Option<Vec<u8>>>(row, column)?.map(row::text))
}

fn time(row: &Row, column: usize) -> Result<Option<Timestamp>, CertDbError> {
    Ok(get::<Option<SystemTime>>(row, column)?.map(timestamp))
}

fn certificate(row: &Row) -> Result<CertRow, CertDbError> {
    let columns = Columns {
        serial: text(row, 0)?.unwrap_or_default(),
        aki: text(row, 1)?.unwrap_or_default(),
        ca_label: text(row, 2)?,
        status: text(row, 3)?.unwrap_or_default(),
        reason: get(row, 4)?,
        expiry: time(row, 5)?,
        revoked_at: time(row, 6)?,
        pem: text(row, 7)?.unwrap_or_default(),
        issued_at: time(row, 8)?,
        not_before: time(row, 9)?,
        metadata: get(row, 10)?,
        sans: get(row, 11)?,
        common_name: get(row, 12)?,
    };
    columns.into_row()
}

fn ocsp(row: &Row) -> Result<OcspRow, CertDbError> {
    Ok(OcspRow {
        serial: text(row, 0)?.unwrap_or_default(),
        aki: text(row, 1)?.unwrap_or_default(),
        body: get(row, 2)?,
        expiry: row::or_zero(time(row, 3)?),
    })
}

fn system_time(time: Timestamp) -> SystemTime {
    let seconds = Duration::from_secs(time.unix_seconds().unsigned_abs());
    let moved = if time.unix_seconds() < 0 {
        UNIX_EPOCH.checked_sub(seconds)
    } else {
        UNIX_EPOCH.checked_add(seconds)
    };
    moved.unwrap_or(UNIX_EPOCH)
}

fn timestamp(time: SystemTime) -> Timestamp {
    let seconds = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => {
            let before = before.duration();
            let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            seconds.saturating_neg() - i64::from(before.subsec_nanos() > 0)
        }
    };
    Timestamp::from_unix_seconds(seconds)
}
