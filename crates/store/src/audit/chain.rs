//! Rows of the chain and how they are hashed.

use aws_lc_rs::digest::{Context, SHA256};
use hf_core::audit::AuditEvent;

use crate::StoreError;

/// The most octets that the JSON of one event may have.
pub(crate) const MAX_EVENT_OCTETS: usize = 64 * 1024;

/// One row as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Counted from 1 without gaps.
    pub sequence: u64,
    /// Hash of the row before; 32 zero octets in the first row.
    pub previous: [u8; 32],
    /// The event as JSON: UTF-8, no white space, members in the order in which [`AuditEvent`] declares them.
    pub event: String,
    /// [`row_hash`] of the three.
    pub hash: [u8; 32],
}

impl AuditRow {
    /// The event, read back.
    pub fn decode(&self) -> Result<AuditEvent, serde_json::Error> {
        serde_json::from_str(&self.event)
    }
}

/// The end of the chain. Kept beside the rows, so that a removed last row shows; exported, it is a checkpoint that
/// shows even a chain whose head record was cut as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChainHead {
    /// How many rows were written: the sequence number of the last.
    pub count: u64,
    /// Hash of the last row; 32 zero octets before the first.
    pub hash: [u8; 32],
}

impl ChainHead {
    /// The row that follows, and the head after it.
    pub(crate) fn append(self, event: String) -> (AuditRow, Self) {
        let sequence = self.count.saturating_add(1);
        let hash = row_hash(sequence, &self.hash, &event);
        (AuditRow { sequence, previous: self.hash, event, hash }, Self { count: sequence, hash })
    }
}

/// SHA-256 over `handfast audit v1`, a zero octet, the sequence number (64 bits, big-endian), the hash of the row
/// before and the JSON of the event.
pub fn row_hash(sequence: u64, previous: &[u8; 32], event: &str) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    context.update(b"handfast audit v1\0");
    context.update(&sequence.to_be_bytes());
    context.update(previous);
    context.update(event.as_bytes());
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// The event as it stands in the chain.
pub fn encode_event(event: &AuditEvent) -> Result<String, StoreError> {
    let text = serde_json::to_string(event).map_err(|source| StoreError::Database {
        operation: "write an audit event",
        source: std::sync::Arc::new(source),
    })?;
    if text.len() > MAX_EVENT_OCTETS {
        return Err(StoreError::TooLong {
            what: "an audit event",
            octets: text.len(),
            limit: MAX_EVENT_OCTETS,
        });
    }
    Ok(text)
}
