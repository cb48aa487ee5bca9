//! The audit log.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

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

/// Which rows to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Rows behind this one; from the first when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// At most so many, 1 to 1000; 100 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u16>,
}
