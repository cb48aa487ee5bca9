//! The audit log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A row of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = AuditRow)]
pub struct AuditEntry {
    /// Counted from 1 without gaps.
    pub sequence: u64,
    /// Hash of the row before, hexadecimal.
    pub previous: String,
    /// Hash of this row, hexadecimal.
    pub hash: String,
    /// When, who, by which door, and what, as JSON text: exactly the octets that the hash covers.
    pub event: String,
}

/// A page of the audit log, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The rows.
    pub rows: Vec<AuditEntry>,
    /// How many rows there are in all, a colon, and the hash of the last: kept elsewhere, a checkpoint.
    pub head: String,
    /// Give this as `after` for the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}
