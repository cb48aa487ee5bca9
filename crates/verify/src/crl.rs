//! Revocation, RFC 5280 section 6.3: is one certificate covered by a list, and does the list name it.
//!
//! Complete lists only: deltas and indirect lists are refused, so a certificate that only they cover counts as not
//! covered.

mod entry;
mod list;
mod scope;

pub(crate) use entry::reason_word;

use hf_core::finding::FindingCode;
use hf_core::time::Timestamp;
use hf_x509::crl::CertificateList;

use crate::budget::Budget;
use crate::codes;
use crate::facts::Facts;

/// Why a list of the right issuer says nothing about a certificate.
#[derive(Clone, Debug)]
pub(crate) struct Unusable {
    pub(crate) code: FindingCode,
    pub(crate) rfc: &'static str,
    pub(crate) summary: String,
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// What the lists say about one certificate.
#[derive(Clone, Debug)]
pub(crate) enum Status {
    /// Covered for all reasons, and not named.
    Good,
    /// Named.
    Revoked {
        /// When.
        date: Timestamp,
        /// Why, in the words of RFC 5280.
        reason: &'static str,
    },
    /// Not covered; the lists of the right issuer, each with its fault.
    Unknown {
        /// Faults, none when there is no list of that issuer.
        unusable: Vec<Unusable>,
    },
}

/// The eight reasons of `ReasonFlags`, RFC 5280 section 4.2.1.13; bit 0, the highest, is unused.
const ALL_REASONS: u16 = 0b0111_1111_1000_0000;

/// What the lists say about a certificate that `issuer` signed.
pub(crate) fn status(
    certificate: &Facts,
    issuer: &Facts,
    lists: &[CertificateList],
    time: Timestamp,
    budget: &mut Budget,
) -> Status {
    let mut covered = 0;
    let mut unusable = Vec::new();
    for list in lists.iter().filter(|list| list.issuer() == certificate.certificate.issuer()) {
        match consult(certificate, issuer, list, time, budget) {
            Err(fault) => unusable.push(fault),
            Ok(Answer { revoked: Some((date, reason)), .. }) => return Status::Revoked { date, reason },
            Ok(Answer { reasons, .. }) => covered |= reasons,
        }
    }
    if covered == ALL_REASONS {
        return Status::Good;
    }
    if covered != 0 {
        unusable.push(some_reasons_only());
    }
    Status::Unknown { unusable }
}

/// What one usable list says.
struct Answer {
    reasons: u16,
    revoked: Option<(Timestamp, &'static str)>,
}

fn consult(
    certificate: &Facts,
    issuer: &Facts,
    list: &CertificateList,
    time: Timestamp,
    budget: &mut Budget,
) -> Result<Answer, Unusable> {
    list::check(list, issuer, time)?;
    let reasons = scope::reasons(list, certificate)?;
    list::check_signature(list, issuer, budget)?;
    let revoked = entry::find(list, certificate)?;
    Ok(Answer { reasons, revoked })
}

fn some_reasons_only() -> Unusable {
    Unusable {
        code: codes::CRL_SCOPE,
        rfc: "RFC 5280 section 6.3.3",
        summary: "the lists together cover only some reasons for revocation".to_owned(),
        expected: "lists that cover every reason".to_owned(),
        found: "onlySomeReasons".to_owned(),
    }
}
