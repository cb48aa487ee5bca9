//! CFSSL's certificate database beside our own record: rows for what is signed, revocations, CRLs, OCSP responses.
//!
//! Better than CFSSL: CRLs and OCSP responses are those of one issuer, also when several share a database.

mod add;

pub(crate) use add::new_row;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hf_core::reason::RevocationReason;
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::private_key::PrivateKey;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::db_config::DbConfig;
use hf_proto::cfssl::go_json::{self, GoValue};
use hf_proto::cfssl::revocation_reason::Reason;
use hf_store::audit::hex;
use hf_store::certdb::{CertDb, CertDbError, CertRow, CertStatus, MAX_PAGE, OcspRow, RevokedBy};
use hf_x509::certificate::Certificate;
use hf_x509::ocsp::{CertId, CertIdHash, CertStatus as OcspStatus, OcspRequest, ResponseStatus};

use crate::crl::{self, Revoked};
use crate::database::{self, Tls};
use crate::ocsp::{self, Answer, Responder};
use crate::{certificates, certinfo, failure};

/// An open certificate database.
#[derive(Debug)]
pub struct Records {
    db: CertDb,
    /// The number of the last CRL that was signed with it.
    last_crl: AtomicU64,
}

/// What came of signing OCSP responses for a whole database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// How many responses were signed and stored.
    pub signed: u64,
    /// Certificates of other issuers, which were passed over.
    pub foreign: u64,
    /// Certificates for which there is no response, with the reason. The others have theirs.
    pub failed: Vec<String>,
}

impl Records {
    /// Open the database that a configuration file names.
    ///
    /// # Errors
    /// Code 11000 when it cannot be reached.
    pub async fn open(config: &DbConfig, tls: Tls<'_>) -> Result<Self, CfsslError> {
        let opened = database::open(config, tls).await;
        opened.map(|db| Self { db, last_crl: AtomicU64::new(0) }).map_err(|error| failed(&error))
    }

    /// Write the row of a certificate that was signed.
    ///
    /// # Errors
    /// Code 11100 when the database does not take it.
    pub async fn insert(
        &self,
        certificate: &Certificate,
        label: &str,
        metadata: Option<&BTreeMap<String, GoValue>>,
        now: Timestamp,
    ) -> Result<(), CfsslError> {
        let metadata = metadata.map_or_else(|| "null".to_owned(), go_json::to_string);
        let row = CertRow { issued_at: Some(now), ..row(certificate, label, Some(metadata)) };
        let inserted = self.db.insert(row).await;
        inserted.map_err(|error| failure::because(ErrorKind::StoreInsertion, &error))
    }

    /// The certificate with this serial number (decimal) and authority key identifier (hexadecimal, with or without
    /// colons).
    ///
    /// # Errors
    /// Code 11200 when there is none.
    pub async fn find(&self, serial: &str, aki: &str) -> Result<Certificate, CfsslError> {
        let (serial, aki) = key(serial, aki)?;
        let found = self.db.find(&serial, &aki).await.map_err(|error| failed(&error))?;
        certificates::one(&found.ok_or(ErrorKind::StoreNotFound)?.pem)
    }

    /// Mark a certificate as revoked.
    ///
    /// # Errors
    /// Code 11200 when there is none.
    pub async fn revoke(
        &self,
        serial: &str,
        aki: &str,
        reason: Reason,
        now: Timestamp,
    ) -> Result<(), CfsslError> {
        let (serial, aki) = key(serial, aki)?;
        let revoked = self.db.revoke(&serial, &aki, reason.code(), now).await;
        revoked.map_err(|error| {
            if let CertDbError::NotFound { .. } = error {
                let text = "failed to revoke the certificate: certificate not found";
                return CfsslError::wrap(ErrorKind::StoreNotFound, text);
            }
            failed(&error)
        })
    }

    /// A CRL with every certificate of `issuer` that is revoked and has not expired; DER. Of two that are signed in one second
    /// the second has a greater number.
    ///
    /// # Errors
    /// As [`crl::sign`]; 11000 when the database fails.
    pub async fn crl(
        &self,
        issuer: &Certificate,
        key: &PrivateKey,
        now: Timestamp,
        lifetime: Lifetime,
    ) -> Result<Vec<u8>, CfsslError> {
        let by = RevokedBy::Issuer(own_identifier(issuer));
        let (mut revoked, mut after) = (Vec::new(), None);
        loop {
            let page = self.db.revoked_unexpired(now, by.clone(), after, MAX_PAGE).await;
            let page = page.map_err(|error| failed(&error))?;
            for row in &page.rows {
                revoked.push(entry(row)?);
            }
            after = page.next;
            if after.is_none() {
                let number = self.next_crl(crl::number(now, revoked.len()));
                return crl::sign_numbered(revoked, issuer, key, now, lifetime, number);
            }
        }
    }

    /// This number, or one that is greater than the last one.
    fn next_crl(&self, number: u64) -> u64 {
        let next = |last: u64| number.max(last.saturating_add(1));
        let (set, get) = (Ordering::SeqCst, Ordering::SeqCst);
        let last = self.last_crl.fetch_update(set, get, |last| Some(next(last)));
        next(last.unwrap_or_else(|last| last))
    }

    /// Sign a response for every certificate of the responder's issuer that has not expired, and store it. One that
    /// cannot be signed stops no other.
    ///
    /// # Errors
    /// Code 11000 when the database fails.
    pub async fn refresh_ocsp(&self, responder: &Responder, now: Timestamp) -> Result<Refreshed, CfsslError> {
        let own = own_identifier(responder.issuer());
        let (mut refreshed, mut after) = (Refreshed::default(), None);
        loop {
            let page = self.db.unexpired(now, after, MAX_PAGE).await.map_err(|error| failed(&error))?;
            for row in page.rows {
                if !is_own(&row, &own, responder) {
                    refreshed.foreign += 1;
                    continue;
                }
                match response(&row, responder, now) {
                    Ok(response) => {
                        self.db.upsert_ocsp(response).await.map_err(|error| failed(&error))?;
                        refreshed.signed += 1;
                    }
                    Err(error) => refreshed.failed.push(format!("{}: {error}", row.serial)),
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(refreshed);
            }
        }
    }

    /// Every response that has not ended, in base64, one a line.
    ///
    /// # Errors
    /// Code 11000 when the database fails.
    pub async fn dump_ocsp(&self, now: Timestamp) -> Result<String, CfsslError> {
        let (mut text, mut after) = (String::new(), None);
        loop {
            let page = self.db.unexpired_ocsp(now, after, MAX_PAGE).await.map_err(|error| failed(&error))?;
            for row in &page.rows {
                text.push_str(&STANDARD.encode(&row.body));
                text.push('\n');
            }
            after = page.next;
            if after.is_none() {
                return Ok(text);
            }
        }
    }

    /// The answer to an OCSP request about one certificate, from what is stored. The issuer is the one whose key the
    /// response names by the same digest; CFSSL compares with the key identifier, and so finds only issuers whose
    /// identifier is the SHA-1 of their key.
    pub async fn answer_ocsp(&self, request: &[u8], now: Timestamp) -> Answer {
        let Ok(request) = OcspRequest::from_der(request) else {
            return Answer::refusal(ResponseStatus::MalformedRequest);
        };
        let [asked] = request.certificates.as_slice() else {
            return Answer::refusal(ResponseStatus::Unauthorized);
        };
        let Ok(serial) = asked.serial() else { return Answer::refusal(ResponseStatus::Unauthorized) };
        let Ok(rows) = self.db.ocsp_of_any_issuer(&certinfo::decimal(&serial)).await else {
            return Answer::refusal(ResponseStatus::InternalError);
        };
        let known: Vec<(CertId, Vec<u8>)> = rows
            .into_iter()
            .flat_map(|row| ocsp::subjects(&row.body).into_iter().map(move |about| (about, row.body.clone())))
            .filter(|(about, _)| about.serial().is_ok_and(|found| found == serial))
            .collect();
        match ocsp::choose(known.iter().map(|(about, body)| (about, body)), asked) {
            Some(body) => Answer::stored(body.clone(), now),
            None => Answer::refusal(ResponseStatus::Unauthorized),
        }
    }
}

/// The row of a certificate that is not revoked.
fn row(certificate: &Certificate, label: &str, metadata: Option<String>) -> CertRow {
    let info = certinfo::of(certificate);
    CertRow {
        serial: info.serial_number,
        aki: issuer_identifier(certificate),
        ca_label: label.to_owned(),
        status: CertStatus::Good,
        reason: 0,
        expiry: certificate.not_after(),
        revoked_at: None,
        pem: info.pem,
        issued_at: None,
        not_before: Some(certificate.not_before()),
        metadata,
        sans: certinfo::dns_names(certificate),
        common_name: Some(info.subject.common_name),
    }
}

/// The authority key identifier of a certificate, as rows hold it.
fn issuer_identifier(certificate: &Certificate) -> String {
    let found = certificate.authority_key_identifier().ok().flatten();
    found.and_then(|found| found.key_identifier).map(|id| hex(id.as_bytes())).unwrap_or_default()
}

/// The subject key identifier of an issuer, as rows of its certificates hold it.
fn own_identifier(issuer: &Certificate) -> String {
    let own = issuer.subject_key_identifier().ok().flatten();
    hex(own.unwrap_or_else(|| issuer.public_key().key_identifier()).as_bytes())
}

/// Serial number and key identifier in the forms of the database.
fn key(serial: &str, aki: &str) -> Result<(String, String), CfsslError> {
    let text = serial.trim();
    let serial = crl::decimal(text).ok_or_else(|| {
        let shown: String = text.chars().take(60).collect();
        let text = format!("`{}` is no serial number: expected decimal digits", shown.escape_debug());
        failure::saying(ErrorKind::StoreNotFound, text)
    })?;
    Ok((certinfo::decimal(&serial), aki.trim().replace(':', "").to_ascii_lowercase()))
}

fn entry(row: &CertRow) -> Result<Revoked, CfsslError> {
    let serial = crl::decimal(&row.serial);
    let reason = Reason::from_code(i64::from(row.reason)).and_then(Reason::recorded);
    Ok(Revoked {
        serial: serial.ok_or_else(|| {
            failure::saying(ErrorKind::StoreUnknown, format!("`{}` is no serial number", row.serial))
        })?,
        at: row.revoked_at.unwrap_or(row.expiry),
        reason: reason.unwrap_or(RevocationReason::Unspecified),
    })
}

/// Whether a row is about a certificate of the responder's issuer. Rows without a key identifier, as CFSSL 1.2.0 writes
/// them, are told by who signed the certificate.
fn is_own(row: &CertRow, own: &str, responder: &Responder) -> bool {
    if !row.aki.is_empty() {
        return row.aki == own;
    }
    certificates::one(&row.pem).is_ok_and(|certificate| responder.check(&certificate).is_ok())
}

/// The response about a row.
fn response(row: &CertRow, responder: &Responder, now: Timestamp) -> Result<OcspRow, CfsslError> {
    let certificate = certificates::one(&row.pem)?;
    let status = match row.status {
        CertStatus::Good => OcspStatus::Good,
        CertStatus::Unknown => OcspStatus::Unknown,
        CertStatus::Revoked => {
            let reason = Reason::from_code(i64::from(row.reason)).unwrap_or(Reason::Unspecified);
            ocsp::revoked(row.revoked_at.unwrap_or(now), reason)
        }
    };
    let (body, expiry) = responder.sign(&certificate, status, CertIdHash::Sha1, now)?;
    Ok(OcspRow { serial: row.serial.clone(), aki: row.aki.clone(), body, expiry })
}

fn failed(error: &CertDbError) -> CfsslError {
    failure::because(ErrorKind::StoreUnknown, error)
}
