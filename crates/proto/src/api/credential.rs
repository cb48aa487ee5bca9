//! Credentials: API keys.

use hf_core::right::Right;
use hf_core::time::{Lifetime, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most characters of the name of a credential.
pub const MAX_NAME: usize = 64;

/// The most entries of one list of limits.
pub const MAX_LIST: usize = 100;

/// A request for a new API key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CredentialRequest {
    /// A name for people: letters, digits, `-`, `_`, `.`, `/`, `@`.
    pub name: String,
    /// What it may do: `issue`, `renew`, `revoke`, `read`, `audit`, `administer`.
    #[schema(value_type = Vec<String>)]
    pub rights: Vec<Right>,
    /// Names it may have certified, as in `shop.internal` (and below), `10.0.0.0/8`, `spiffe://shop.internal/team`; any
    /// when left out, none when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// Profiles it may ask for; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profiles: Option<Vec<String>>,
    /// Authorities it may ask; any when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorities: Option<Vec<String>>,
    /// The longest lifetime of what it has issued; as the profile says when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub max_lifetime: Option<Lifetime>,
    /// For how long the key is accepted, as in `90d`; until it is revoked when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "90d")]
    pub valid_for: Option<Lifetime>,
}

/// An API key on record. The key itself is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Credential)]
pub struct CredentialView {
    /// The public part.
    pub id: String,
    /// The name it was given.
    pub name: String,
    /// What it may do.
    #[schema(value_type = Vec<String>)]
    pub rights: Vec<Right>,
    /// Names it may have certified; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<Vec<String>>,
    /// Profiles it may ask for; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profiles: Option<Vec<String>>,
    /// Authorities it may ask; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorities: Option<Vec<String>>,
    /// The longest lifetime of what it has issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub max_lifetime: Option<Lifetime>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created: Timestamp,
    /// Its last second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires: Option<Timestamp>,
    /// When it was revoked, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
}

/// A new API key. The one time that it is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewCredential {
    /// What is on record.
    pub credential: CredentialView,
    /// The key: `hfk_`, its public part, `_`, its secret. It cannot be shown again.
    pub key: String,
}

/// Every API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CredentialList {
    /// The keys, oldest first.
    pub credentials: Vec<CredentialView>,
}
