//! `certadd`: a row for a certificate that was signed elsewhere.

use hf_core::time::Timestamp;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::endpoints::certadd::CertAddRequest;
use hf_proto::cfssl::go_json;
use hf_proto::cfssl::revocation_reason::Reason;
use hf_store::certdb::{CertDbError, CertRow, CertStatus};
use hf_x509::certificate::Certificate;

use super::{Records, row};
use crate::{certificates, failure};

impl Records {
    /// Add a row. Serial number, authority key identifier and end must be those of the certificate.
    ///
    /// # Errors
    /// Code 400 when they are not, 11100 when there is such a row, 8200 for a status or reason that is none, 11000 when the
    /// database fails.
    pub async fn add(&self, request: &CertAddRequest, now: Timestamp) -> Result<Certificate, CfsslError> {
        let new = new_row(request, now)?;
        let certificate = certificates::one(&new.pem)?;
        let inserted = self.db.insert(new).await;
        inserted.map_err(|error| {
            let is_there = matches!(error, CertDbError::Exists { .. });
            let kind = if is_there { ErrorKind::StoreInsertion } else { ErrorKind::StoreUnknown };
            failure::because(kind, &error)
        })?;
        Ok(certificate)
    }
}

/// The row that a request asks for.
///
/// # Errors
/// As [`Records::add`].
pub(crate) fn new_row(request: &CertAddRequest, now: Timestamp) -> Result<CertRow, CfsslError> {
    let certificate = &certificates::one(&request.pem)?;
    let metadata = request.metadata.as_ref().map_or_else(|| "null".to_owned(), go_json::to_string);
    let own = row(certificate, &request.ca_label, Some(metadata));
    let check = |same: bool, what: &str| {
        if same {
            return Ok(());
        }
        // The code of CFSSL for a request that cannot be right.
        Err(CfsslError {
            code: 400,
            message: format!("{what} of the request is not that of the certificate"),
        })
    };
    check(request.serial_number == own.serial, "the serial number")?;
    check(request.authority_key_identifier == own.aki, "the authority key identifier")?;
    check(request.expiry.given() == Some(own.expiry), "the expiry")?;
    let status = match request.status.as_str() {
        "good" => CertStatus::Good,
        "revoked" => CertStatus::Revoked,
        _ => return Err(ErrorKind::OcspInvalidStatus.into()),
    };
    let revoked = status == CertStatus::Revoked;
    let reason = Reason::from_code(request.reason).ok_or(ErrorKind::OcspInvalidStatus)?;
    Ok(CertRow {
        status,
        reason: if revoked { i32::from(reason.code()) } else { 0 },
        revoked_at: revoked.then(|| request.revoked_at.given().unwrap_or(now)),
        issued_at: request.issued_at.given().or(Some(now)),
        ..own
    })
}
