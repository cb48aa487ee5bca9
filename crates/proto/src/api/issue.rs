//! `POST /v1/certificates`.

use hf_core::serial::Serial;
use hf_core::time::{Lifetime, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Note;

/// The header that identifies a request: a repetition gets the certificate that exists.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The most characters of an idempotency key.
pub const MAX_IDEMPOTENCY_KEY: usize = 255;

/// A request for a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateRequest {
    /// The signing request, PEM. Nothing is taken from it but its key and, where `names` is absent, its names.
    pub csr: String,
    /// The authority that shall sign; may be left out where exactly one issues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// The profile; `service` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The names, instead of those in the signing request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// How long, as in `30d`; as the profile says when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "30d")]
    pub lifetime: Option<Lifetime>,
}

/// The profile of a request that names none.
pub const DEFAULT_PROFILE: &str = "service";

/// A certificate that was issued and is on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedCertificate {
    /// Serial number, lower-case hexadecimal.
    #[schema(value_type = String)]
    pub serial: Serial,
    /// Name of the issuing authority.
    pub authority: String,
    /// Name of the profile.
    pub profile: String,
    /// Names.
    pub names: Vec<String>,
    /// First second of the validity.
    #[schema(value_type = String, format = DateTime)]
    pub not_before: Timestamp,
    /// Last second of the validity.
    #[schema(value_type = String, format = DateTime)]
    pub not_after: Timestamp,
    /// The certificate, PEM.
    pub certificate: String,
    /// The certificates above it, PEM: its issuer first, the root last as far as known.
    pub chain: Vec<String>,
    /// What the requester should know, though it was granted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Note>,
    /// Whether it had been issued before, for the same `Idempotency-Key`.
    pub existed: bool,
}
