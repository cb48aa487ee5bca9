//! CFSSL's certificate database: its schema in SQLite and PostgreSQL, read and written as CFSSL does.
//!
//! It belongs to others: no table is made or changed unless [`CertDb::create_schema`] is called, and both forms of the
//! schema are worked with, that of 2016 and the one with `issued_at`, `not_before`, `metadata`, `sans` and
//! `common_name`. Rows are read in pages, so that memory does not depend on how many there are.

mod error;
mod postgres;
mod row;
mod schema;
mod secure;
mod sqlite;

use std::sync::Arc;

pub use error::CertDbError;
use hf_core::time::Timestamp;
pub use row::{CertRow, CertStatus, OcspRow, Page, Place, RevokedBy};
pub use secure::{Duplex, Secure, Secured, Securing};

use self::postgres::Postgres;
use self::row::{OcspPage, Which};
use self::sqlite::Sqlite;

/// The most rows of a page.
pub const MAX_PAGE: usize = 1_000;

/// The most issuers whose responses for one serial number are looked at.
pub const MAX_ISSUERS: usize = 16;

/// An open database.
#[derive(Debug)]
pub struct CertDb(Backend);

#[derive(Debug)]
enum Backend {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

/// Hand a call to whichever backend it is.
macro_rules! each {
    ($self:ident, $backend:ident => $call:expr) => {
        match &$self.0 {
            Backend::Sqlite($backend) => $call,
            Backend::Postgres($backend) => $call,
        }
    };
}

impl CertDb {
    /// Open the database of a CFSSL configuration: `driver` is `sqlite3`, `postgres` or `postgresql`, and `data_source`
    /// a file, a URL or `key=value` words, as CFSSL's drivers take them.
    ///
    /// # Errors
    /// `MySql`; `UnknownDriver`; `BadSource`; `Database` when nobody answers or there is no such file. A database without the
    /// tables opens; what is missing shows when it is used.
    pub async fn open(driver: &str, data_source: &str) -> Result<Self, CertDbError> {
        Self::open_with(driver, data_source, None, false).await
    }

    /// As [`Self::open`], over TLS by `secure` where the `sslmode` of the data source is `prefer` or `require`.
    pub async fn open_over(
        driver: &str,
        data_source: &str,
        secure: Arc<dyn Secure>,
    ) -> Result<Self, CertDbError> {
        Self::open_with(driver, data_source, Some(secure), false).await
    }

    /// As [`Self::open`], and make the file when it is missing and the tables when they are.
    pub async fn create(driver: &str, data_source: &str) -> Result<Self, CertDbError> {
        let database = Self::open_with(driver, data_source, None, true).await?;
        database.create_schema().await?;
        Ok(database)
    }

    async fn open_with(
        driver: &str,
        data_source: &str,
        secure: Option<Arc<dyn Secure>>,
        create: bool,
    ) -> Result<Self, CertDbError> {
        match driver {
            "sqlite3" => Sqlite::open(data_source, create).await.map(|db| Self(Backend::Sqlite(db))),
            "postgres" | "postgresql" => {
                Postgres::open(data_source, secure).await.map(|db| Self(Backend::Postgres(Box::new(db))))
            }
            "mysql" => Err(CertDbError::MySql),
            other => Err(CertDbError::UnknownDriver { found: other.chars().take(40).collect() }),
        }
    }

    /// Make the tables, as CFSSL's migrations do. Those that are there stay as they are.
    pub async fn create_schema(&self) -> Result<(), CertDbError> {
        each!(self, db => db.create_schema().await)
    }

    /// Insert a certificate.
    ///
    /// # Errors
    /// `Exists` when there is a row with this serial number and authority key identifier.
    pub async fn insert(&self, row: CertRow) -> Result<(), CertDbError> {
        each!(self, db => db.insert(row).await)
    }

    /// The certificate with this serial number, decimal, and authority key identifier, lower-case hexadecimal.
    pub async fn find(&self, serial: &str, aki: &str) -> Result<Option<CertRow>, CertDbError> {
        each!(self, db => db.find(serial, aki).await)
    }

    /// All rows, and beside them those that cannot be read, from behind `after` on, at most `limit` (itself at most [`MAX_PAGE`]).
    pub async fn rows(&self, after: Option<Place>, limit: usize) -> Result<Page<CertRow>, CertDbError> {
        each!(self, db => db.page(Which::All, after, limit).await)
    }

    /// Those that have not expired at `now`, paged as [`Self::rows`].
    pub async fn unexpired(
        &self,
        now: Timestamp,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Page<CertRow>, CertDbError> {
        each!(self, db => db.page(Which::Unexpired(now), after, limit).await)
    }

    /// Those that are revoked and have not expired at `now`, paged as [`Self::rows`].
    pub async fn revoked_unexpired(
        &self,
        now: Timestamp,
        by: RevokedBy,
        after: Option<Place>,
        limit: usize,
    ) -> Result<Page<CertRow>, CertDbError> {
        each!(self, db => db.page(Which::Revoked(now, by), after, limit).await)
    }

    /// Set status, time and reason (a `CRLReason` of RFC 5280 section 5.3.1), whatever they were.
    ///
    /// # Errors
    /// `NotFound` when there is no such row.
    pub async fn revoke(
        &self,
        serial: &str,
        aki: &str,
        reason: u8,
        at: Timestamp,
    ) -> Result<(), CertDbError> {
        each!(self, db => db.revoke(serial, aki, reason, at).await)
    }

    /// Put an OCSP response in the place of the one before.
    ///
    /// # Errors
    /// `NotFound` when the certificate has no row.
    pub async fn upsert_ocsp(&self, row: OcspRow) -> Result<(), CertDbError> {
        each!(self, db => db.upsert_ocsp(row).await)
    }

    /// The OCSP response for a certificate, expired or not.
    pub async fn ocsp(&self, serial: &str, aki: &str) -> Result<Option<OcspRow>, CertDbError> {
        each!(self, db => db.ocsp(serial, aki).await)
    }

    /// The OCSP responses for certificates with this serial number, of whichever issuers; at most [`MAX_ISSUERS`].
    pub async fn ocsp_of_any_issuer(&self, serial: &str) -> Result<Vec<OcspRow>, CertDbError> {
        each!(self, db => db.ocsp_of_any_issuer(serial).await)
    }

    /// OCSP responses that have not expired at `now`, paged as [`Self::rows`].
    pub async fn unexpired_ocsp(
        &self,
        now: Timestamp,
        after: Option<Place>,
        limit: usize,
    ) -> Result<OcspPage, CertDbError> {
        each!(self, db => db.ocsp_page(now, after, limit).await)
    }
}
