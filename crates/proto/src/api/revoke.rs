//! `POST /v1/certificates/{authority}/{serial}/revoke`.

use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::certificate::CertificateRecord;

/// A request for revocation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevocationRequest {
    /// Why, RFC 5280 section 5.3.1: `unspecified`, `keyCompromise`, `cACompromise`, `affiliationChanged`, `superseded`,
    /// `cessationOfOperation` or `privilegeWithdrawn`.
    #[serde(default)]
    #[schema(value_type = String, default = "unspecified")]
    pub reason: RevocationReason,
    /// With `keyCompromise`: revoke every other certificate with the same key too, whichever authority issued it.
    #[serde(default, skip_serializing_if = "is_false")]
    #[schema(default = false)]
    pub siblings: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// Another certificate with a compromised key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sibling {
    /// The authority that issued it.
    pub authority: String,
    /// Serial number.
    #[schema(value_type = String)]
    pub serial: Serial,
    /// Its first name, or its subject.
    pub name: String,
    /// Whether it was revoked with this request.
    pub revoked: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It is revoked from now on.
    Revoked,
    /// It was revoked; its reason was raised to `keyCompromise`.
    ReasonRaised,
    /// It was revoked already; nothing changed.
    AlreadyRevoked,
}

/// What came of a revocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revocation {
    /// What became of it.
    pub outcome: Outcome,
    /// The certificate, as it is on record now.
    pub certificate: CertificateRecord,
    /// Number of the CRL that lists it, where the authority could sign one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crl_number: Option<u64>,
    /// Why no CRL lists it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crl_fault: Option<String>,
    /// After key compromise: serial numbers of other certificates with the same key that were neither revoked nor expired.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub siblings: Vec<Serial>,
    /// The same certificates with their authorities, and whether this request revoked them.
    #[serde(default)]
    pub sibling_certificates: Vec<Sibling>,
    /// Authorities that are out of service with it.
    #[serde(default)]
    pub branch: Vec<String>,
}
