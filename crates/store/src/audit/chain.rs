//! Rows of the chain and how they are hashed.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256};
use hf_core::audit::AuditEvent;
use serde::{Deserialize, Serialize};

use super::hex;
use crate::StoreError;

/// The most octets that the JSON of one event may have.
pub(crate) const MAX_EVENT_OCTETS: usize = 64 * 1024;

/// One row as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Counted from 1 without gaps.
    pub sequence: u64,
    /// Hash of the row before; 32 zero octets in the first row.
    #[serde(with = "crate::bytes")]
    pub previous: [u8; 32],
    /// The event as JSON: UTF-8, no white space, members in the order in which [`AuditEvent`] declares them.
    pub event: String,
    /// [`row_hash`] of the three.
    #[serde(with = "crate::bytes")]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// How many rows were written: the sequence number of the last.
    pub count: u64,
    /// Hash of the last row; 32 zero octets before the first.
    #[serde(with = "crate::bytes")]
    pub hash: [u8; 32],
}

impl fmt::Display for ChainHead {
    /// The form in which a checkpoint is exported: count, colon, hash in lower-case hexadecimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.count, hex(&self.hash))
    }
}

/// Text that is no checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is not a checkpoint: expected the number of rows, a colon and 64 hexadecimal digits, as exported"
)]
pub struct CheckpointError {
    /// What was found.
    pub found: String,
}

impl FromStr for ChainHead {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || CheckpointError { found: text.chars().take(90).collect() };
        let (count, digits) = text.trim().split_once(':').ok_or_else(fault)?;
        let mut hash = [0; 32];
        if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(fault());
        }
        for (place, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| fault())?;
            *place = u8::from_str_radix(pair, 16).map_err(|_| fault())?;
        }
        Ok(Self { count: count.parse().map_err(|_| fault())?, hash })
    }
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
        operation: "write an audit event".into(),
        source: std::sync::Arc::new(source),
    })?;
    if text.len() > MAX_EVENT_OCTETS {
        return Err(StoreError::TooLong {
            what: "an audit event".into(),
            octets: text.len(),
            limit: MAX_EVENT_OCTETS,
        });
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_survives_its_text() {
        let head = ChainHead { count: 12, hash: [0xa7; 32] };
        assert_eq!(head.to_string().parse(), Ok(head));
        let bad =
            ["", "12", "12:", ":00", &format!("x:{}", hex(&head.hash)), &format!("12:{}+0", "0".repeat(62))];
        for bad in bad {
            assert!(bad.parse::<ChainHead>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_hash_covers_number_event_and_the_row_before() {
        let hash = row_hash(1, &[0; 32], "{}");
        assert_ne!(hash, row_hash(2, &[0; 32], "{}"));
        assert_ne!(hash, row_hash(1, &[1; 32], "{}"));
        assert_ne!(hash, row_hash(1, &[0; 32], "{ }"));
    }
}
