//! Certificates on record.

use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What a certificate on record is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CertificateState)]
pub enum State {
    /// Issued, not revoked, not expired.
    Valid,
    /// Issued, not revoked, its last second has passed.
    Expired,
    /// Revoked, expired or not.
    Revoked,
    /// May have been signed when the process ended; nobody received it.
    PossiblySigned,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Valid, Self::Expired, Self::Revoked, Self::PossiblySigned];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::PossiblySigned => "possibly-signed",
        }
    }
}

/// A certificate on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Certificate)]
pub struct CertificateRecord {
    /// Serial number, lower-case hexadecimal.
    #[schema(value_type = String, example = "5a1b00c3")]
    pub serial: Serial,
    /// Name of the issuing authority.
    pub authority: String,
    /// Name of the profile.
    pub profile: String,
    /// What it is now.
    pub state: State,
    /// Whether it is a pre-certificate that was asked for alone (RFC 6962): on record and revocable like a certificate, and
    /// accepted by nobody. Left out where it is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub precertificate: bool,
    /// Subject, RFC 4514; empty when the subject is empty.
    pub subject: String,
    /// Names.
    pub names: Vec<String>,
    /// First second of the validity.
    #[schema(value_type = String, format = DateTime)]
    pub not_before: Timestamp,
    /// Last second of the validity.
    #[schema(value_type = String, format = DateTime)]
    pub not_after: Timestamp,
    /// When it was revoked, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// Why it was revoked, RFC 5280 section 5.3.1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub reason: Option<RevocationReason>,
    /// The certificate, PEM. Left out in lists, and where none exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
}

/// A page of certificates, newest first. Where many on record do not match, it may hold fewer than asked for, even none, and
/// still not be the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificatePage {
    /// The certificates.
    pub certificates: Vec<CertificateRecord>,
    /// Give this as `after` for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which certificates to list. Every condition given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CertificateQuery {
    /// One of the names has this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The state now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub state: Option<State>,
    /// The last second of the validity lies before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<String>, format = DateTime)]
    pub expires_before: Option<Timestamp>,
    /// SHA-256 of the public key (its `SubjectPublicKeyInfo`), lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(pattern = "^[0-9a-f]{64}$")]
    pub key: Option<String>,
    /// Name of the issuing authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Name of the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// At most so many, 1 to 1000; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u16>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
