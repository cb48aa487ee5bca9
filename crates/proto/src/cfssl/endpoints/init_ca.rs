//! `init_ca`: a new root, made by the server.

use serde::{Deserialize, Serialize};

/// What comes of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InitCaResult {
    /// PEM of the private key.
    pub private_key: String,
    /// PEM of the certificate.
    pub certificate: String,
}
