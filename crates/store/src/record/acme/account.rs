//! Accounts.

use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::named_states;

/// `status` of an account, RFC 8555 section 7.1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcmeAccountStatus {
    /// It may order.
    Valid,
    /// Its holder gave it up.
    Deactivated,
    /// The operator closed it.
    Revoked,
}

named_states!(AcmeAccountStatus {
    Valid => "valid",
    Deactivated => "deactivated",
    Revoked => "revoked",
});

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcmeAccountRecord {
    /// Identifier, unique for ever.
    pub id: String,
    /// Name of the authority that it belongs to.
    pub authority: String,
    /// SHA-256 thumbprint of its key, RFC 7638. Unique among the accounts of the authority, whatever their status.
    #[serde(with = "crate::bytes")]
    pub thumbprint: [u8; 32],
    /// What it may do.
    pub status: AcmeAccountStatus,
    /// When it was made, UTC. Never changes.
    pub created_at: Timestamp,
    /// Identifier of the external account key that it was bound to. Never changes.
    pub eab: Option<String>,
    /// How often it was stored: 1 at first.
    pub revision: u64,
    /// JSON: the key, contacts and whatever else the protocol keeps.
    pub body: String,
}

/// What came of making an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountCreation {
    /// It is on record from now on, and its external account key is used up.
    Created,
    /// There is an account with this key; nothing changed and no external account key was used.
    Existing(Box<AcmeAccountRecord>),
    /// The external account key cannot be used; nothing changed.
    EabUnusable(EabFault),
}

/// Why an external account key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum EabFault {
    /// There is none with this identifier for this authority.
    #[error("there is no external account key with this identifier")]
    Unknown,
    /// An account was made with it.
    #[error("the external account key was used before")]
    Used,
    /// It was revoked.
    #[error("the external account key was revoked")]
    Revoked,
    /// Its last second has passed.
    #[error("the external account key has expired")]
    Expired,
}

/// What came of changing an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountUpdate {
    /// It is stored, with this revision from now on.
    Done {
        /// One more than the revision that was given.
        revision: u64,
    },
    /// Somebody else was first; nothing changed. The record as it is.
    Stale(Box<AcmeAccountRecord>),
    /// Another account of the authority has this key; nothing changed.
    KeyInUse {
        /// Identifier of that account.
        account: String,
    },
}

/// Which accounts to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcmeAccountFilter {
    /// Of this authority.
    pub authority: Option<String>,
    /// With this status.
    pub status: Option<AcmeAccountStatus>,
}
