//! Rows of the two tables.

use hf_core::time::Timestamp;

use super::CertDbError;

/// What CFSSL thinks of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked,
    /// Neither is known.
    Unknown,
}

impl CertStatus {
    /// As it stands in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }

    /// From the table.
    pub(super) fn parse(text: &str) -> Option<Self> {
        [Self::Good, Self::Revoked, Self::Unknown].into_iter().find(|status| status.as_str() == text)
    }
}

/// A certificate. Its key is serial number and authority key identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertRow {
    /// Serial number, decimal.
    pub serial: String,
    /// Authority key identifier, lower-case hexadecimal.
    pub aki: String,
    /// Label of the signer.
    pub ca_label: String,
    /// What is thought of it.
    pub status: CertStatus,
    /// `CRLReason`, 0 unless revoked.
    pub reason: i32,
    /// Its last second.
    pub expiry: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The certificate, PEM.
    pub pem: String,
    /// When it was issued; not in the schema of 2016.
    pub issued_at: Option<Timestamp>,
    /// Its first second; not in the schema of 2016.
    pub not_before: Option<Timestamp>,
    /// JSON that the requester sent along; not in the schema of 2016.
    pub metadata: Option<String>,
    /// DNS names; not in the schema of 2016.
    pub sans: Vec<String>,
    /// Common name of the subject; not in the schema of 2016.
    pub common_name: Option<String>,
}

/// An OCSP response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspRow {
    /// Serial number, decimal.
    pub serial: String,
    /// Authority key identifier, lower-case hexadecimal.
    pub aki: String,
    /// `OCSPResponse`, DER.
    pub body: Vec<u8>,
    /// Its `nextUpdate`.
    pub expiry: Timestamp,
}

/// Which revoked certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevokedBy {
    /// Those of every issuer.
    Anyone,
    /// Those with this label of a signer.
    Label(String),
    /// Those of the issuer with this authority key identifier.
    Issuer(String),
}

/// Which rows.
#[derive(Clone, Debug)]
pub(super) enum Which {
    All,
    Unexpired(Timestamp),
    Revoked(Timestamp, RevokedBy),
}

/// Where a page ended. Belongs to the database it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(pub(super) At);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// SQLite's number of the row.
    Row(i64),
    /// The key of the row.
    Key(Vec<u8>, Vec<u8>),
}

/// A page of rows.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Of [`super::CertDb::rows`], rows that hold what CFSSL does not write: `Unreadable`. Everywhere else one such row
    /// is the answer, because what is revoked must not go unnoticed.
    pub unreadable: Vec<CertDbError>,
    /// Where the next page begins; absent when this was the last.
    pub next: Option<Place>,
}

impl Page<CertRow> {
    pub(super) fn of(
        rows: impl Iterator<Item = Result<CertRow, CertDbError>>,
        which: &Which,
        next: Option<Place>,
    ) -> Result<Self, CertDbError> {
        let mut page = Self { rows: Vec::new(), unreadable: Vec::new(), next };
        for row in rows {
            match row {
                Ok(row) => page.rows.push(row),
                Err(error @ CertDbError::Unreadable { .. }) if matches!(which, Which::All) => {
                    page.unreadable.push(error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(page)
    }
}

pub(super) type OcspPage = Page<OcspRow>;

/// Columns as a driver gives them.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) serial: String,
    pub(super) aki: String,
    pub(super) ca_label: Option<String>,
    pub(super) status: String,
    pub(super) reason: Option<i32>,
    pub(super) expiry: Option<Timestamp>,
    pub(super) revoked_at: Option<Timestamp>,
    pub(super) pem: String,
    pub(super) issued_at: Option<Timestamp>,
    pub(super) not_before: Option<Timestamp>,
    pub(super) metadata: Option<String>,
    pub(super) sans: Option<String>,
    pub(super) common_name: Option<String>,
}

impl Columns {
    pub(super) fn into_row(self) -> Result<CertRow, CertDbError> {
        let unreadable = |what, found: &str| CertDbError::Unreadable {
            serial: self.serial.chars().take(60).collect(),
            what,
            found: found.chars().take(80).collect(),
        };
        let status = CertStatus::parse(&self.status).ok_or_else(|| unreadable("its status", &self.status))?;
        let sans = match self.sans.as_deref() {
            None | Some("" | "null") => Vec::new(),
            Some(text) => {
                serde_json::from_str(text).map_err(|_| unreadable("the list of its names", text))?
            }
        };
        let expiry = self.expiry.ok_or_else(|| unreadable("its expiry", "missing"))?;
        Ok(CertRow {
            status,
            sans,
            expiry,
            ca_label: self.ca_label.unwrap_or_default(),
            reason: self.reason.unwrap_or_default(),
            revoked_at: self.revoked_at.filter(|time| is_given(*time)),
            issued_at: self.issued_at.filter(|time| is_given(*time)),
            not_before: self.not_before.filter(|time| is_given(*time)),
            metadata: self.metadata.filter(|text| text != "null" && !text.is_empty()),
            common_name: self.common_name,
            serial: self.serial,
            aki: self.aki,
            pem: self.pem,
        })
    }
}

/// Go's zero time, 0001-01-01T00:00:00Z, stands for none.
pub(super) const ZERO_TIME: i64 = -62_135_596_800;

fn is_given(time: Timestamp) -> bool {
    time.unix_seconds() > ZERO_TIME
}

/// The time, or Go's for none.
pub(super) fn or_zero(time: Option<Timestamp>) -> Timestamp {
    time.unwrap_or(Timestamp::from_unix_seconds(ZERO_TIME))
}

/// The list of names as JSON.
pub(super) fn sans_json(names: &[String]) -> String {
    serde_json::to_string(names).unwrap_or_else(|_| "[]".to_owned())
}

/// The text of what stands as octets in the table.
pub(super) fn text(octets: Vec<u8>) -> String {
    String::from_utf8(octets).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
