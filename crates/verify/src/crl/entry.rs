//! Entries of a list, RFC 5280 section 5.3.

use hf_core::time::Timestamp;
use hf_x509::crl::{CertificateList, RevokedCertificate};

use super::Unusable;
use crate::codes;
use crate::facts::Facts;

/// When and why the list names the certificate.
pub(super) fn find(
    list: &CertificateList,
    certificate: &Facts,
) -> Result<Option<(Timestamp, &'static str)>, Unusable> {
    let wanted = certificate.certificate.serial_octets();
    let mut found = None;
    for entry in list.entries() {
        // A critical extension of any entry that is not understood spoils the list, and so does an entry for another
        // issuer, which only an indirect list may have.
        if let Some(oid) = entry
            .extensions()
            .find(|extension| extension.critical() && !extension.is(&hf_x509::oids::CRL_REASON))
        {
            return Err(Unusable {
                code: codes::CRL_EXTENSION,
                rfc: "RFC 5280 section 5.3",
                summary: "an entry of the revocation list has a critical extension that is not understood"
                    .to_owned(),
                expected: "no critical entry extension".to_owned(),
                found: oid.oid().to_string(),
            });
        }
        if entry.serial_octets() == wanted {
            found = Some((entry.revocation_date(), reason(&entry)?));
        }
    }
    Ok(found)
}

fn reason(entry: &RevokedCertificate<'_>) -> Result<&'static str, Unusable> {
    let code = entry.reason_code().map_err(|error| Unusable {
        code: codes::CRL_ENCODING,
        rfc: "RFC 5280 section 5.3.1",
        summary: "the reason of an entry cannot be read".to_owned(),
        expected: "a CRLReason".to_owned(),
        found: error.to_string(),
    })?;
    Ok(reason_word(code))
}

/// The word of RFC 5280 for the number of a reason.
pub(crate) fn reason_word(code: Option<u8>) -> &'static str {
    match code {
        None | Some(0) => "unspecified",
        Some(1) => "keyCompromise",
        Some(2) => "cACompromise",
        Some(3) => "affiliationChanged",
        Some(4) => "superseded",
        Some(5) => "cessationOfOperation",
        Some(6) => "certificateHold",
        Some(8) => "removeFromCRL",
        Some(9) => "privilegeWithdrawn",
        Some(10) => "aACompromise",
        Some(_) => "an unknown reason",
    }
}
