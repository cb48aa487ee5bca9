//! The certificates of CFSSL's database, put on record with their revocations.

use std::error::Error;
use std::sync::Arc;

use hf_ca::authority::Authority;
use hf_ca::issuer::Issuer;
use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::name::SanSet;
use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::{Timestamp, Validity};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_store::StoreError;
use hf_store::audit::{Origin, hex};
use hf_store::certdb::{CertDb, CertDbError, CertRow, CertStatus};
use hf_store::record::{ForeignCertificate, Imported, RevocationRecord};
use hf_x509::certificate::Certificate;
use tokio::task::JoinSet;

use crate::{certificates, failure};

/// Rows that are read at a time, and recorded together.
const TOGETHER: usize = 256;
/// Rows that are not taken in are named up to this number; the others are only counted.
const MAX_NAMED: usize = 100;

/// What came of an import.
#[derive(Debug, Default)]
pub struct Report {
    /// Rows that were read.
    pub rows: u64,
    /// Certificates that came on record.
    pub added: u64,
    /// Certificates that were on record and are revoked now.
    pub revoked: u64,
    /// Certificates that were on record as they are.
    pub present: u64,
    /// Rows that were not taken in.
    pub left: u64,
    /// Which those are, and why; at most 100.
    pub reasons: Vec<Left>,
}

/// A row that was not taken in.
#[derive(Debug)]
pub struct Left {
    /// Serial number as it stands there.
    pub serial: String,
    /// Why.
    pub why: Why,
}

/// Why a row was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// The row holds what CFSSL does not write.
    #[error("its row cannot be read: {0}")]
    Row(CertDbError),
    /// Its certificate cannot be read.
    #[error("its certificate cannot be read: {}", fault.message)]
    Certificate {
        /// What is wrong with it.
        fault: CfsslError,
    },
    /// Its certificate has another serial number.
    #[error("its certificate has serial number {found}")]
    OtherSerial {
        /// Serial number of the certificate, hexadecimal.
        found: String,
    },
    /// None of our authorities signed it.
    #[error("no authority here signed it: its issuer is `{issuer}`")]
    NoIssuer {
        /// Name of the issuer, RFC 4514.
        issuer: String,
    },
    /// The record refuses it.
    #[error("it cannot be recorded: {0}")]
    Refused(StoreError),
}

/// Why an import ended before its last row. What was taken in stays; importing again goes on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database of CFSSL failed.
    #[error("the certificates of the database cannot be read")]
    Database(#[source] CertDbError),
    /// Our own record failed.
    #[error("the certificates cannot be put on record")]
    Store(#[source] StoreError),
}

impl Report {
    fn leave(&mut self, serial: &str, why: Why) {
        self.left = self.left.saturating_add(1);
        if self.reasons.len() < MAX_NAMED {
            self.reasons.push(Left { serial: serial.chars().take(60).collect(), why });
        }
    }

    fn count(&mut self, outcome: Imported) {
        let counter = match outcome {
            Imported::Added => &mut self.added,
            Imported::RevocationAdded => &mut self.revoked,
            Imported::Present => &mut self.present,
        };
        *counter = counter.saturating_add(1);
    }
}

/// Take in every certificate of the database that one of our authorities signed.
///
/// # Errors
/// When one of the two stores fails; rows that cannot be taken in are in the report.
pub async fn import(
    database: &CertDb,
    authority: &Authority,
    origin: &Origin,
) -> Result<Report, ImportError> {
    let issuers = authority.issuers().all();
    let mut report = Report::default();
    let mut after = None;
    loop {
        let page = database.rows(after, TOGETHER).await.map_err(ImportError::Database)?;
        let read = page.rows.len().saturating_add(page.unreadable.len());
        report.rows = report.rows.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        for error in page.unreadable {
            let serial = serial_of(&error);
            report.leave(&serial, Why::Row(error));
        }
        let mut wanted = Vec::with_capacity(page.rows.len());
        for row in page.rows {
            match foreign(&row, &issuers) {
                Ok(certificate) => wanted.push((row.serial, certificate)),
                Err(why) => report.leave(&row.serial, why),
            }
        }
        record(wanted, authority, origin, &mut report).await?;
        after = page.next;
        if after.is_none() {
            return Ok(report);
        }
    }
}

/// Take in one certificate, which `issuer` must have signed. What is on record stays as it is, also when the row says that it
/// is revoked: adding is not revoking.
///
/// # Errors
/// 11100 when it cannot be taken in or is on record already, 11000 when the record fails.
pub(crate) async fn add(
    row: &CertRow,
    authority: &Authority,
    issuer: &str,
    origin: &Origin,
) -> Result<(), CfsslError> {
    let refuse = |text: String| failure::saying(ErrorKind::StoreInsertion, text);
    let issuers: Vec<_> = authority.issuers().get(issuer).into_iter().collect();
    let certificate = foreign(row, &issuers).map_err(|why| refuse(why.to_string()))?;
    let present = "the certificate is on record already, and stays as it is: `revoke` revokes it";
    let known = authority.store().find_by_serial(&certificate.authority, &certificate.serial).await;
    if known.map_err(|error| failure::because(ErrorKind::StoreUnknown, &error))?.is_some() {
        return Err(refuse(present.to_owned()));
    }
    let event = event(&certificate, origin);
    match authority.store().import_certificate(certificate, event).await {
        Ok(Imported::Added | Imported::RevocationAdded) => Ok(()),
        Ok(Imported::Present) => Err(refuse(present.to_owned())),
        Err(error @ (StoreError::SerialTaken { .. } | StoreError::TooLong { .. })) => {
            Err(refuse(error.to_string()))
        }
        Err(error) => Err(failure::because(ErrorKind::StoreUnknown, &error)),
    }
}

fn event(certificate: &ForeignCertificate, origin: &Origin) -> AuditEvent {
    origin.event(AuditAction::CertificateImported {
        authority: certificate.authority.clone(),
        serial: certificate.serial.clone(),
        certificate_sha256: hex(&sha256(certificate)),
    })
}

fn serial_of(error: &CertDbError) -> String {
    if let CertDbError::Unreadable { serial, .. } = error { serial.clone() } else { String::new() }
}

/// Record a page: all at once, so that they share transactions.
async fn record(
    wanted: Vec<(String, ForeignCertificate)>,
    authority: &Authority,
    origin: &Origin,
    report: &mut Report,
) -> Result<(), ImportError> {
    let mut tasks = JoinSet::new();
    for (serial, certificate) in wanted {
        let store = Arc::clone(authority.store());
        let event = event(&certificate, origin);
        tasks.spawn(async move { (serial, store.import_certificate(certificate, event).await) });
    }
    while let Some(done) = tasks.join_next().await {
        let (serial, outcome) = done.map_err(|_| ImportError::Store(StoreError::NoAnswer))?;
        match outcome {
            Ok(outcome) => report.count(outcome),
            Err(error @ (StoreError::SerialTaken { .. } | StoreError::TooLong { .. })) => {
                report.leave(&serial, Why::Refused(error));
            }
            Err(error) => return Err(ImportError::Store(error)),
        }
    }
    Ok(())
}

/// SHA-256 of the certificate, which was read before.
fn sha256(certificate: &ForeignCertificate) -> [u8; 32] {
    Certificate::from_der(&certificate.certificate).map(|read| read.sha256()).unwrap_or_default()
}

fn unreadable(error: &dyn Error) -> Why {
    Why::Certificate { fault: failure::because(ErrorKind::CertificateParse, error) }
}

/// The row as a record.
fn foreign(row: &CertRow, issuers: &[Arc<Issuer>]) -> Result<ForeignCertificate, Why> {
    let certificate = certificates::one(&row.pem).map_err(|fault| Why::Certificate { fault })?;
    let serial = certificate.serial().map_err(|error| unreadable(&error))?;
    let validity = certificate.validity().map_err(|error| unreadable(&error))?;
    if format!("#{}", row.serial).parse::<Serial>().ok().as_ref() != Some(&serial) {
        return Err(Why::OtherSerial { found: serial.to_string() });
    }
    let issuer = issuers.iter().find(|issuer| signed(issuer, &certificate)).ok_or_else(|| {
        let issuer = certificate.issuer().to_string();
        Why::NoIssuer { issuer: issuer.chars().take(200).collect() }
    })?;
    let label = if row.ca_label.is_empty() { "default" } else { &row.ca_label };
    Ok(ForeignCertificate {
        authority: issuer.name().to_owned(),
        profile: format!("cfssl/{label}/(imported)"),
        subject: certificate.subject().to_string(),
        names: names(&certificate),
        validity,
        spki_sha256: certificate.public_key().spki_sha256(),
        issued_at: issued_at(row, validity),
        revocation: revocation(row, validity),
        certificate: certificate.der().to_vec(),
        serial,
    })
}

fn signed(issuer: &Issuer, certificate: &Certificate) -> bool {
    issuer.certificate().is_some_and(|own| {
        own.subject() == certificate.issuer() && certificate.verify_signed_by(own.public_key()).is_ok()
    })
}

/// The names that we can keep. Others stand in the certificate; a list does not find them.
fn names(certificate: &Certificate) -> SanSet {
    let found = certificate.names().unwrap_or_default();
    found.iter().filter_map(|name| name.to_identifier().ok()).collect()
}

fn issued_at(row: &CertRow, validity: Validity) -> Timestamp {
    row.issued_at.or(row.not_before).unwrap_or(validity.not_before())
}

/// When and why. Reasons that we do not give (`certificateHold` among them) count as unspecified: it stays revoked.
fn revocation(row: &CertRow, validity: Validity) -> Option<RevocationRecord> {
    let reason = u8::try_from(row.reason).ok().and_then(RevocationReason::from_code).unwrap_or_default();
    let at = row.revoked_at.unwrap_or(validity.not_before());
    (row.status == CertStatus::Revoked).then_some(RevocationRecord { at, reason })
}
