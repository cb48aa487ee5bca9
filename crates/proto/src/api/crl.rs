//! Certificate revocation lists.

use hf_core::time::{Lifetime, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A request for a new CRL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CrlRequest {
    /// Until when peers may rely on it, as in `7d`; as long as the lists that the server publishes when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "7d")]
    pub lifetime: Option<Lifetime>,
}

/// A CRL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Crl {
    /// The authority that signed it.
    pub authority: String,
    /// CRL number.
    pub number: u64,
    /// How many certificates it lists.
    pub entries: u64,
    /// `thisUpdate`.
    #[schema(value_type = String, format = DateTime)]
    pub this_update: Timestamp,
    /// `nextUpdate`.
    #[schema(value_type = String, format = DateTime)]
    pub next_update: Timestamp,
}
