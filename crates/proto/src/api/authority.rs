//! Authorities.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem::Note;

/// An authority of the trust domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Authority)]
pub struct AuthorityView {
    /// Its name.
    pub name: String,
    /// The authority that signed its certificate; absent for a root and where an outside authority did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// `pending`, `active` or `retired`; `revoked` when its certificate or one above is.
    pub state: String,
    /// What its private key is called; absent when it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its certificates, PEM: its own first, the root last as far as known. Empty while pending.
    pub chain: Vec<String>,
    /// What keeps it from signing.
    #[serde(default)]
    pub findings: Vec<Note>,
}

/// Every authority, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuthorityList {
    /// The authorities.
    pub authorities: Vec<AuthorityView>,
}
