//! `sign` and `authsign`: a certificate for a CSR. Faults are told in CFSSL's words.

use serde::{Deserialize, Serialize};

use super::super::authenticated::AuthenticatedRequest;
use super::super::bundle::Bundle;
use super::super::envelope::Failure;
use super::super::go_json;
use super::super::sign_request::SignRequest;

/// What comes of a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignResult {
    /// The bundle, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Bundle>,
    /// PEM of the certificate.
    pub certificate: String,
}

/// Read the body of `sign`.
///
/// # Errors
/// Status and code 400.
pub fn read(body: &[u8]) -> Result<SignRequest, Failure> {
    let request: SignRequest =
        go_json::from_slice(body).map_err(|_| Failure::bad_request("Unable to parse sign request"))?;
    complete(request)
}

/// Read the body of `authsign`; the inner request is still sealed.
///
/// # Errors
/// Status and code 400.
pub fn read_authenticated(body: &[u8]) -> Result<AuthenticatedRequest, Failure> {
    go_json::from_slice(body).map_err(|_| Failure::bad_request("Unable to parse authenticated sign request"))
}

/// Read the inner request of `authsign`. It names the profile, and so the key that proves it: verify it next.
///
/// # Errors
/// Status and code 400.
pub fn read_inner(message: &AuthenticatedRequest) -> Result<SignRequest, Failure> {
    go_json::from_slice(message.request.as_slice())
        .map_err(|_| Failure::bad_request("Unable to parse authenticated sign request"))
}

/// A request with a CSR.
///
/// # Errors
/// Status and code 400 without one.
pub fn complete(request: SignRequest) -> Result<SignRequest, Failure> {
    if request.certificate_request.is_empty() {
        return Err(Failure::missing_parameter("certificate_request"));
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::super::super::go_json::GoBytes;
    use super::*;

    #[test]
    fn requests_are_read_and_faults_told_as_cfssl_does() {
        assert_eq!(read(br#"{"Certificate_Request":"x","profile":"p"}"#).unwrap().profile, "p");
        assert_eq!(read(b"{}").unwrap_err().error.message, "missing parameter 'certificate_request'");
        assert_eq!(read(b"[").unwrap_err().error.message, "Unable to parse sign request");
        let inner =
            AuthenticatedRequest { request: GoBytes(b"x".to_vec()), ..AuthenticatedRequest::default() };
        assert_eq!(read_inner(&inner).unwrap_err().status, 400);
        assert_eq!(
            read_authenticated(br#"{"token":"?"}"#).unwrap_err().error.message,
            "Unable to parse authenticated sign request"
        );
    }

    #[test]
    fn a_result_without_bundle_has_none() {
        let result = SignResult { certificate: "x".into(), bundle: None };
        assert_eq!(go_json::to_string(&result), r#"{"certificate":"x"}"#);
    }
}
