//! `newkey`: a key and a CSR, made by the server.

use serde::{Deserialize, Serialize};

/// Digests of DER, upper-case hexadecimal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sum {
    /// MD5.
    pub md5: String,
    /// SHA-1.
    #[serde(rename = "sha-1")]
    pub sha1: String,
    /// SHA-256. CFSSL 1.2.0 has none.
    #[serde(rename = "sha-256", skip_serializing_if = "String::is_empty")]
    pub sha256: String,
}

/// Digests of what an answer holds, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sums {
    /// Of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Sum>,
    /// Of the CSR.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_request: Option<Sum>,
}

/// What comes of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewKeyResult {
    /// PEM of the private key.
    pub private_key: String,
    /// PEM of the CSR.
    pub certificate_request: String,
    /// Digests.
    pub sums: Sums,
}
