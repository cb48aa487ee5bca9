//! What a certificate database answers when it cannot.

use std::error::Error;

/// Why an operation failed. The data source is never shown: it may hold a password.
#[derive(Debug, thiserror::Error)]
pub enum CertDbError {
    /// There is no such driver here.
    #[error("`{found}` is no database driver that is supported: expected sqlite3 or postgres")]
    UnknownDriver {
        /// What was found.
        found: String,
    },
    /// CFSSL has a driver for this database, Handfast has not.
    #[error(
        "MySQL is not supported: its schema cuts certificates off at 4096 octets; move the two tables to SQLite or PostgreSQL, \
         whose columns have the same names"
    )]
    MySql,
    /// The data source cannot be used.
    #[error("the data source of the certificate database cannot be used")]
    BadSource {
        /// What is wrong with it.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// There is a row for this certificate.
    #[error("the certificate database has certificate {serial} of issuer {aki} already")]
    Exists {
        /// Serial number, decimal.
        serial: String,
        /// Authority key identifier, hexadecimal.
        aki: String,
    },
    /// There is no row for this certificate.
    #[error("the certificate database has no certificate {serial} of issuer {aki}")]
    NotFound {
        /// Serial number, decimal.
        serial: String,
        /// Authority key identifier, hexadecimal.
        aki: String,
    },
    /// A row holds what CFSSL does not write.
    #[error("certificate {serial} of the certificate database cannot be read: {what} is `{found}`")]
    Unreadable {
        /// Serial number as it stands there.
        serial: String,
        /// Which column.
        what: &'static str,
        /// What it holds.
        found: String,
    },
    /// Another program has the database locked, for longer than is waited. Nothing was changed.
    #[error("another program holds the certificate database locked: it could not be asked to {operation}")]
    Locked {
        /// What was tried.
        operation: &'static str,
    },
    /// The database did not answer in time.
    #[error("the certificate database did not answer within {seconds} seconds, asked to {operation}")]
    Late {
        /// What was tried.
        operation: &'static str,
        /// How long was waited.
        seconds: u64,
    },
    /// The database engine refused.
    #[error("the certificate database failed to {operation}")]
    Database {
        /// What was tried.
        operation: &'static str,
        /// What the engine said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}
