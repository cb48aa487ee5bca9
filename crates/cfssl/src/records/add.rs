//! `certadd`: a row for a certificate that was signed elsewhere.

use hf_core::time::Timestamp;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::endpoints::certadd::CertAddRequest;
use hf_proto::cfssl::go_json;
use hf_proto::cfssl::revocation_reason::Reason;
use hf_store::certdb::{CertRow, CertStatus};
use hf_x509::certificate::Certificate;

use super::{Records, row};
use crate::{certificates, failure};

impl Records {
    /// Add a row. Serial number, authority key identifier and end must be those of the certificate.
    ///
    /// # Errors
    /// Code 11100 when they are not, or when there is such a row; 8200 for a status or reason that is none.
    pub async fn add(&self, request: &CertAddRequest, now: Timestamp) -> Result<Certificate, CfsslError> {
        let certificate = certificates::one(&request.pem)?;
        let new = new_row(request, &certificate, now)?;
        let inserted = self.0.insert(new).await;
        inserted.map_err(|error| failure::because(ErrorKind::StoreInsertion, &error))?;
        Ok(certificate)
    }
}

fn new_row(
    request: &CertAddRequest,
    certificate: &Certificate,
    now: Timestamp,
) -> Result<CertRow, CfsslError> {
    let metadata = request.metadata.as_ref().map_or_else(|| "null".to_owned(), go_json::to_string);
    let own = row(certificate, &request.ca_label, Some(metadata));
    let check = |same: bool, what: &str| {
        if same {
            return Ok(());
        }
        let text = format!("{what} of the request is not that of the certificate");
        Err(failure::saying(ErrorKind::StoreInsertion, text))
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
