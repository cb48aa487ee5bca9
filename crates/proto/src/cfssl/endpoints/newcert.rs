//! `newcert`: a key, a CSR and a certificate, made by the server.

use serde::{Deserialize, Serialize};

use super::super::bundle::Bundle;
use super::super::csr_json::CertificateRequest;
use super::super::envelope::Failure;
use super::super::go_json::{self, GoValue};
use super::newkey::Sums;

/// The request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewCertRequest {
    /// The certificate.
    pub request: CertificateRequest,
    /// Name of the profile; empty for the default one.
    pub profile: String,
    /// Label of the signer; empty for the default one.
    pub label: String,
    /// Answer with a bundle too.
    pub bundle: bool,
}

/// Read the body.
///
/// # Errors
/// Status and code 400: no JSON, or an explicit `null` as the request (leaving it out asks for the default one).
pub fn read(body: &[u8]) -> Result<NewCertRequest, Failure> {
    let value = go_json::parse(body).map_err(|error| Failure::bad_request(error.to_string()))?;
    if value.field("request") == Some(&GoValue::Null) {
        return Err(Failure::bad_request("missing request section"));
    }
    go_json::from_value(&value).map_err(|error| Failure::bad_request(error.to_string()))
}

/// What comes of a request, in the order of the names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewCertResult {
    /// The bundle, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<Bundle>,
    /// PEM of the certificate.
    pub certificate: String,
    /// PEM of the CSR.
    pub certificate_request: String,
    /// PEM of the private key.
    pub private_key: String,
    /// Digests.
    pub sums: Sums,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_may_be_left_out_but_not_be_null() {
        assert_eq!(read(b"{}").unwrap(), NewCertRequest::default());
        assert_eq!(read(br#"{"request":{"cn":"x"}}"#).unwrap().request.common_name, "x");
        assert_eq!(read(br#"{"request":null}"#).unwrap_err().error.message, "missing request section");
        assert!(read(br#"{"request":[]}"#).is_err());
    }
}
