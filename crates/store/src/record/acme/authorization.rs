//! Authorizations.

use hf_core::name::Identifier;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::named_states;

/// `status` of an authorization as it was written last, RFC 8555 section 7.1.6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcmeAuthorizationStatus {
    /// Waits for a challenge.
    Pending,
    /// A challenge was met.
    Valid,
    /// A challenge failed.
    Invalid,
    /// Its account gave it up.
    Deactivated,
    /// Its time has passed.
    Expired,
    /// The authority withdrew it.
    Revoked,
}

named_states!(AcmeAuthorizationStatus {
    Pending => "pending",
    Valid => "valid",
    Invalid => "invalid",
    Deactivated => "deactivated",
    Expired => "expired",
    Revoked => "revoked",
});

/// An authorization as it is kept, with its challenges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcmeAuthorizationRecord {
    /// Identifier, unique.
    pub id: String,
    /// Name of the authority.
    pub authority: String,
    /// Identifier of the account.
    pub account: String,
    /// The name, without `*.`.
    pub identifier: Identifier,
    /// Whether it is for the wildcard of the name.
    pub wildcard: bool,
    /// As written last.
    pub status: AcmeAuthorizationStatus,
    /// The last second at which it counts, UTC. A sweep removes authorizations some time after it.
    pub expires: Timestamp,
    /// When a challenge is to be tried next, UTC; `None` when none is processing.
    pub due: Option<Timestamp>,
    /// Until when somebody works on it, UTC: nobody else is given it before.
    pub lease_until: Option<Timestamp>,
    /// How often it was stored: 1 at first. A lease counts, so whoever lost it cannot write.
    pub revision: u64,
    /// JSON: the challenges and whatever else the protocol keeps.
    pub body: String,
}
