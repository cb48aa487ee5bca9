//! `ocspsign`: an OCSP response for a certificate that the request carries.

use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::code::{CfsslError, ErrorKind};

/// The request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OcspSignRequest {
    /// PEM of the certificate.
    pub certificate: String,
    /// `good`, `revoked` or `unknown`.
    pub status: String,
    /// Reason of a revocation, number.
    pub reason: i64,
    /// `now` or `YYYY-MM-DD`.
    pub revoked_at: String,
    /// `SHA1`, `SHA256`, ….
    pub issuer_hash: String,
}

impl Default for OcspSignRequest {
    fn default() -> Self {
        Self {
            certificate: String::new(),
            status: "good".into(),
            reason: 0,
            revoked_at: String::new(),
            issuer_hash: String::new(),
        }
    }
}

/// What comes of a request, of the command as well.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OcspSignResult {
    /// Base64 of the DER.
    #[serde(rename = "ocspResponse")]
    pub ocsp_response: String,
}

/// The status of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked,
    /// The responder does not know.
    Unknown,
}

/// The status that `word` names.
///
/// # Errors
/// 8200 for other words.
pub fn status(word: &str) -> Result<Status, CfsslError> {
    match word {
        "good" => Ok(Status::Good),
        "revoked" => Ok(Status::Revoked),
        "unknown" => Ok(Status::Unknown),
        _ => Err(CfsslError::new(ErrorKind::OcspInvalidStatus)),
    }
}

/// The time that `text` names: `now`, nothing (now as well), or a day.
///
/// # Errors
/// The text is no day.
pub fn revoked_at(text: &str, now: Timestamp) -> Result<Timestamp, hf_core::time::TimestampError> {
    match text {
        "" | "now" => Ok(now),
        day => format!("{day}T00:00:00Z").parse(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::go_json;
    use super::*;

    #[test]
    fn a_request_means_good_unless_it_says_otherwise() {
        let request: OcspSignRequest = go_json::from_str(r#"{"certificate":"x"}"#).unwrap();
        assert_eq!(status(&request.status), Ok(Status::Good));
        assert_eq!(status("Good").unwrap_err().code, 8200);
    }

    #[test]
    fn a_day_is_read() {
        let now = Timestamp::from_unix_seconds(1_000);
        assert_eq!(revoked_at("now", now), Ok(now));
        assert_eq!(revoked_at("2027-03-01", now).unwrap().to_string(), "2027-03-01T00:00:00Z");
        assert!(revoked_at("yesterday", now).is_err());
    }
}
