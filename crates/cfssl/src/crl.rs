//! CRLs: from a list of serial numbers (`gencrl`) and from the certificate database (`crl`).
//!
//! Better than CFSSL's: they carry a number that rises, reasons, and the entries of their own issuer alone.

use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_x509::certificate::Certificate;
use hf_x509::crl::CrlTemplate;

use crate::failure;

/// How long a CRL holds when nobody says otherwise: a week.
pub const LIFETIME: Lifetime = Lifetime::from_days(7);

/// The most serial numbers in one list.
const MAX_SERIALS: usize = 1_000_000;

/// One certificate that is revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Its serial number.
    pub serial: Serial,
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// The certificates that a list of decimal serial numbers, one a line, revokes now. Empty lines are passed over.
///
/// # Errors
/// Code 1300 with the line that is no serial number.
pub fn read_serials(text: &str, now: Timestamp) -> Result<Vec<Revoked>, CfsslError> {
    let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
    let read = |(index, line): (usize, &str)| {
        if index >= MAX_SERIALS {
            let text = format!("more than {MAX_SERIALS} lines");
            return Err(failure::saying(ErrorKind::CertificateBadRequest, text));
        }
        let serial = decimal(line).ok_or_else(|| {
            let found: String = line.chars().take(80).collect();
            let text = format!("line {}: `{}` is no serial number", index + 1, found.escape_debug());
            failure::saying(ErrorKind::CertificateBadRequest, text)
        })?;
        Ok(Revoked { serial, at: now, reason: RevocationReason::Unspecified })
    };
    lines.map(read).collect()
}

/// The number of a CRL that is signed now with so many entries, where nothing is known of those before: the time in seconds,
/// and below it the entries. So of two lists of one second the one that revokes more has the greater number; two that are
/// equal have the same one.
pub(crate) fn number(now: Timestamp, entries: usize) -> u64 {
    let seconds = u64::try_from(now.unix_seconds()).unwrap_or(0);
    let entries = u64::try_from(entries).unwrap_or(u64::MAX).min((1 << ENTRY_BITS) - 1);
    seconds.saturating_mul(1 << ENTRY_BITS) | entries
}

/// Enough for sixteen times [`MAX_SERIALS`]; what is left for the seconds lasts for 34,000 years.
const ENTRY_BITS: u32 = 24;

/// Sign a CRL that holds until `lifetime` from now; DER. Its number is greater than that of any that was signed in a second
/// before, and of those of the same second that revoke less.
///
/// # Errors
/// Code 2300 when the key is another one's, 1210 when the certificate is none of an authority or may not sign CRLs.
pub fn sign(
    revoked: Vec<Revoked>,
    issuer: &Certificate,
    key: &PrivateKey,
    now: Timestamp,
    lifetime: Lifetime,
) -> Result<Vec<u8>, CfsslError> {
    let number = number(now, revoked.len());
    sign_numbered(revoked, issuer, key, now, lifetime, number)
}

/// The same with this number.
pub(crate) fn sign_numbered(
    mut revoked: Vec<Revoked>,
    issuer: &Certificate,
    key: &PrivateKey,
    now: Timestamp,
    lifetime: Lifetime,
    number: u64,
) -> Result<Vec<u8>, CfsslError> {
    check(issuer, key)?;
    let failed = |error: &dyn std::error::Error| failure::because(ErrorKind::CertificateBadRequest, error);
    let identifier = issuer.subject_key_identifier().ok().flatten();
    let template = CrlTemplate {
        signature_algorithm: key.signature_algorithm(),
        issuer: issuer.subject().clone(),
        this_update: now,
        next_update: now.plus(lifetime),
        number,
        authority_key_identifier: identifier.unwrap_or_else(|| issuer.public_key().key_identifier()),
        issuing_distribution_point: None,
    };
    revoked.sort_by(|one, other| one.serial.cmp(&other.serial));
    revoked.dedup_by(|one, other| one.serial == other.serial);
    let mut writer = template.writer(revoked.len()).map_err(|error| failed(&error))?;
    for entry in &revoked {
        writer.push(&entry.serial, entry.at, entry.reason, None);
    }
    let bytes = writer.finish().map_err(|error| failed(&error))?;
    let signature = key.sign(&bytes).map_err(|error| failure::because(ErrorKind::KeyUnavailable, &error))?;
    Ok(bytes.into_assembled(&signature))
}

/// A decimal serial number.
pub(crate) fn decimal(text: &str) -> Option<Serial> {
    format!("#{text}").parse().ok()
}

fn check(issuer: &Certificate, key: &PrivateKey) -> Result<(), CfsslError> {
    if issuer.public_key() != key.public_key() {
        return Err(ErrorKind::KeyMismatch.into());
    }
    let usage = issuer.key_usage().map_err(|error| failure::certificate(&error))?;
    if !issuer.is_ca() || usage.is_some_and(|usage| !usage.contains(hf_x509::ext::KeyUsage::CRL_SIGN)) {
        return Err(failure::saying(
            ErrorKind::CertificateNotAuthorizedToSign,
            format!("`{}` may not sign CRLs", issuer.subject()),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_revokes_more_or_comes_later_has_a_greater_number() {
        let at = Timestamp::from_unix_seconds;
        assert!(number(at(1_800_000_000), 3) < number(at(1_800_000_000), 4));
        assert!(number(at(1_800_000_000), usize::MAX) < number(at(1_800_000_001), 0));
        assert!(number(at(1_800_000_000), MAX_SERIALS) > number(at(1_800_000_000), MAX_SERIALS - 1));
        assert_eq!(number(at(1_800_000_000), 3), number(at(1_800_000_000), 3));
        // Those that were signed when the number was the time alone.
        assert!(number(at(1_700_000_000), 0) > 1_800_000_000);
    }
}
