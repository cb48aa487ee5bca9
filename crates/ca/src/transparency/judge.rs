//! Which timestamps are accepted.

use hf_core::time::Timestamp;
use hf_store::audit::hex;
use hf_x509::certificate::Certificate;
use hf_x509::public_key::PublicKey;
use hf_x509::transparency::{SignedCertificateTimestamp, entry_of_precertificate};

use super::fault::{LogError, LogFault};
use super::{AHEAD, TransparencyLogs};

/// Hold the answers of the logs, in their order, against the pre-certificate, the clock and each other.
pub(super) fn judge(
    logs: &TransparencyLogs,
    answers: &[SignedCertificateTimestamp],
    precertificate: &Certificate,
    issuer: &PublicKey,
    now: Timestamp,
) -> Result<(), LogError> {
    let entry = entry_of_precertificate(precertificate.tbs_der());
    for (place, (url, answer)) in logs.urls().iter().zip(answers).enumerate() {
        let refused = |fault| LogError { log: url.clone(), fault };
        not_large(answer).map_err(refused)?;
        not_of_the_future(answer, now).map_err(refused)?;
        let before = answers.iter().take(place).position(|other| other.log_id == answer.log_id);
        if let Some(other) = before.and_then(|before| logs.urls().get(before)) {
            return Err(refused(LogFault::Same { other: other.clone() }));
        }
        if !logs.has_keys() {
            continue;
        }
        let entry = entry.as_ref().map_err(|error| refused(LogFault::Precertificate(error.clone())))?;
        let key = logs.key(&answer.log_id);
        let key = key.ok_or_else(|| refused(LogFault::UnknownKey { log_id: hex(&answer.log_id) }))?;
        answer.verify(key, issuer, entry).map_err(|error| refused(LogFault::Signature(error)))?;
    }
    Ok(())
}

/// The largest timestamp, in octets. Those of public logs have some 120; an RSA key of 4096 bits needs 560.
const MAX_TIMESTAMP: usize = 1024;

fn not_large(answer: &SignedCertificateTimestamp) -> Result<(), LogFault> {
    let octets = answer.to_bytes().len();
    if octets <= MAX_TIMESTAMP { Ok(()) } else { Err(LogFault::Large { octets, max: MAX_TIMESTAMP }) }
}

fn not_of_the_future(answer: &SignedCertificateTimestamp, now: Timestamp) -> Result<(), LogFault> {
    let found = i64::try_from(answer.milliseconds / 1000).unwrap_or(i64::MAX);
    if found <= now.plus(AHEAD).unix_seconds() {
        return Ok(());
    }
    Err(LogFault::Future { found: Timestamp::from_unix_seconds(found), now })
}
