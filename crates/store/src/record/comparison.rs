//! What the tables hold, for a comparison with the audit chain.

use hf_core::reason::RevocationReason;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How much the tables hold when the audit chain has `rows` rows: read in one view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordTotals {
    /// Rows of the audit chain, by its head.
    pub rows: u64,
    /// Certificates, and what was possibly signed.
    pub certificates: u64,
    /// Intents that are open.
    pub intents: u64,
    /// Keys on the block list.
    pub blocked_keys: u64,
    /// Credentials.
    pub credentials: u64,
}

/// Where a page of revocations ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationCursor {
    /// The number of the authority in the store.
    pub issuer: i64,
    /// The serial number of the last one.
    pub serial: Serial,
}

/// A revocation as it lies in its table, together with the row of the audit chain that it names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRevocation {
    /// Name of the authority.
    pub authority: String,
    /// Its place.
    pub cursor: RevocationCursor,
    /// Why.
    pub reason: RevocationReason,
    /// The last second of the certificate.
    pub not_after: Timestamp,
    /// Whether CRLs leave it out, because one listed it after the last second.
    pub retired: bool,
    /// The sequence number of the event that revoked it.
    pub sequence: u64,
    /// That event, JSON; `None` when there is no such row.
    pub event: Option<String>,
}
