//! `certadd`: put a certificate into the database.

use serde::{Deserialize, Serialize};

use super::super::go_json::{GoTime, GoValue};

/// The request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CertAddRequest {
    /// Serial number, decimal.
    pub serial_number: String,
    /// Key identifier of the issuer, lower-case hexadecimal.
    pub authority_key_identifier: String,
    /// Label of the signer.
    pub ca_label: String,
    /// `good` or `revoked`.
    pub status: String,
    /// Reason of the revocation, number.
    pub reason: i64,
    /// End of the validity.
    pub expiry: GoTime,
    /// When it was revoked.
    pub revoked_at: GoTime,
    /// PEM of the certificate.
    pub pem: String,
    /// When it was issued.
    pub issued_at: GoTime,
    /// Begin of the validity.
    pub not_before: GoTime,
    /// Anything.
    pub metadata: Option<GoValue>,
    /// DNS names.
    pub sans: Option<GoValue>,
    /// Common name of the subject.
    pub common_name: String,
}

/// What comes of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CertAddResult {
    /// Base64 of an OCSP response, when the server signs such.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub ocsp_response: String,
}
