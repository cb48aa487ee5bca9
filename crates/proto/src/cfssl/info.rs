//! What a signer tells about itself: `info`.

use serde::{Deserialize, Serialize};

/// Which signer and profile is asked about. An empty object is a whole request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InfoRequest {
    /// Label of the signer; empty for the default one.
    pub label: String,
    /// Name of the profile; empty for the default one.
    pub profile: String,
}

/// What a signer tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InfoResponse {
    /// PEM of the issuer's certificate, without a line feed at its end.
    pub certificate: String,
    /// The profile's words of [`super::usage`].
    #[serde(rename = "usages")]
    pub usages: Vec<String>,
    /// The profile's lifetime as it is written in the policy file.
    pub expiry: String,
}
