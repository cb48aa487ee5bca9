//! `revoke`: mark a certificate of the database as revoked.

use serde::{Deserialize, Serialize};

use super::super::envelope::Failure;
use super::super::go_json;
use super::super::revocation_reason::{self, Reason};

/// The request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RevokeRequest {
    /// Serial number, decimal.
    pub serial: String,
    /// Key identifier of the issuer, lower-case hexadecimal.
    pub authority_key_id: String,
    /// A reason of [`revocation_reason`].
    pub reason: String,
}

impl RevokeRequest {
    /// The reason.
    ///
    /// # Errors
    /// Status and code 400.
    pub fn reason(&self) -> Result<Reason, Failure> {
        revocation_reason::parse(&self.reason).map_err(|_| Failure::bad_request("Invalid reason code"))
    }

    /// The key identifier as databases hold it: lower case, no colons.
    pub fn normalized_key_id(&self) -> String {
        self.authority_key_id.replace(':', "").to_ascii_lowercase()
    }
}

/// Read the body.
///
/// # Errors
/// Status and code 400.
pub fn read(body: &[u8]) -> Result<RevokeRequest, Failure> {
    let request: RevokeRequest =
        go_json::from_slice(body).map_err(|_| Failure::bad_request("Unable to parse revocation request"))?;
    if request.serial.is_empty() {
        return Err(Failure::bad_request("serial number is required but not provided"));
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_and_faults_told_as_cfssl_does() {
        let request = read(br#"{"serial":"7","authority_key_id":"AB:CD","reason":"keyCompromise"}"#).unwrap();
        assert_eq!(
            (request.normalized_key_id().as_str(), request.reason().unwrap()),
            ("abcd", Reason::KeyCompromise)
        );
        assert_eq!(read(b"{}").unwrap_err().error.message, "serial number is required but not provided");
        assert_eq!(read(br#"{"serial":7}"#).unwrap_err().error.message, "Unable to parse revocation request");
        let bad = RevokeRequest { reason: "7".into(), ..request };
        assert_eq!(bad.reason().unwrap_err().error.message, "Invalid reason code");
    }
}
