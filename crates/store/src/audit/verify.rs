//! Verification of the chain, row by row, in memory that does not depend on its length.

use std::fmt;

use super::chain::{AuditRow, ChainHead, row_hash};
use crate::StoreError;
use crate::contract::AuditLog;

/// Rows that are read at a time.
const PAGE: usize = 1_000;

/// What is wrong with a chain, and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainFault {
    /// The event of this row is not the one that was hashed.
    Edited {
        /// Its sequence number.
        sequence: u64,
    },
    /// Rows are missing between two others.
    Removed {
        /// The first sequence number that is missing.
        first: u64,
        /// The last one that is missing.
        last: u64,
    },
    /// This row does not continue the row before: it, or one before it, was put in or exchanged.
    Inserted {
        /// Its sequence number.
        sequence: u64,
    },
    /// The chain ends before the head record, or the checkpoint, says.
    Truncated {
        /// How many rows there are.
        found: u64,
        /// How many there must be.
        expected: u64,
    },
    /// There are rows behind the end that the head record names.
    BeyondHead {
        /// The sequence number of the first such row.
        sequence: u64,
    },
    /// The last row is there but its hash is not the one that the head record holds.
    HeadDiffers {
        /// The sequence number of the head.
        sequence: u64,
    },
    /// The row at the checkpoint has another hash than the checkpoint: history was rewritten from here or earlier.
    CheckpointDiffers {
        /// The sequence number of the checkpoint.
        sequence: u64,
    },
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited { sequence } => {
                write!(f, "row {sequence} was edited: its hash does not match its event")
            }
            Self::Removed { first, last } if first == last => write!(f, "row {first} was removed"),
            Self::Removed { first, last } => write!(f, "rows {first} to {last} were removed"),
            Self::Inserted { sequence } => {
                write!(
                    f,
                    "row {sequence} does not continue the row before it: a row was inserted or exchanged"
                )
            }
            Self::Truncated { found, expected } => {
                write!(f, "the chain was truncated: found {found} rows, expected {expected}")
            }
            Self::BeyondHead { sequence } => {
                write!(f, "row {sequence} lies behind the recorded end of the chain")
            }
            Self::HeadDiffers { sequence } => {
                write!(f, "the last row, {sequence}, is not the one on the head record")
            }
            Self::CheckpointDiffers { sequence } => {
                write!(f, "row {sequence} is not the one on the checkpoint: history was rewritten")
            }
        }
    }
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// How many rows were read.
    pub rows: u64,
    /// The head record at the time of reading. Kept outside, it is a checkpoint for the next verification.
    pub head: ChainHead,
    /// The faults, in the order of the chain; at most [`ChainReport::MAX_FAULTS`].
    pub faults: Vec<ChainFault>,
}

impl ChainReport {
    /// More faults than this are not listed.
    pub const MAX_FAULTS: usize = 100;

    /// Whether nothing is wrong.
    pub fn is_intact(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Checks rows as they come.
#[derive(Debug)]
pub struct ChainVerifier {
    head: ChainHead,
    checkpoint: Option<ChainHead>,
    rows: u64,
    last: ChainHead,
    faults: Vec<ChainFault>,
}

impl ChainVerifier {
    /// Verify up to `head`, the head record read before the first row; also against a checkpoint from outside.
    pub fn new(head: ChainHead, checkpoint: Option<ChainHead>) -> Self {
        Self { head, checkpoint, rows: 0, last: ChainHead::default(), faults: Vec::new() }
    }

    fn fault(&mut self, fault: ChainFault) {
        if self.faults.len() < ChainReport::MAX_FAULTS {
            self.faults.push(fault);
        }
    }

    /// The next row, in ascending order.
    pub fn push(&mut self, row: &AuditRow) {
        let expected = self.last.count.saturating_add(1);
        self.rows = self.rows.saturating_add(1);
        if row.sequence > expected {
            self.fault(ChainFault::Removed { first: expected, last: row.sequence - 1 });
        } else if row.sequence < expected || row.previous != self.last.hash {
            self.fault(ChainFault::Inserted { sequence: row.sequence });
        }
        if row_hash(row.sequence, &row.previous, &row.event) != row.hash {
            self.fault(ChainFault::Edited { sequence: row.sequence });
        }
        if self.checkpoint.is_some_and(|point| point.count == row.sequence && point.hash != row.hash) {
            self.fault(ChainFault::CheckpointDiffers { sequence: row.sequence });
        }
        self.last = ChainHead { count: row.sequence, hash: row.hash };
    }

    /// After the last row.
    pub fn finish(mut self) -> ChainReport {
        let expected = self.checkpoint.map_or(0, |point| point.count).max(self.head.count);
        if self.last.count < expected {
            self.fault(ChainFault::Truncated { found: self.last.count, expected });
        } else if self.last.count > self.head.count {
            self.fault(ChainFault::BeyondHead { sequence: self.head.count.saturating_add(1) });
        } else if self.last.hash != self.head.hash {
            self.fault(ChainFault::HeadDiffers { sequence: self.head.count });
        }
        ChainReport { rows: self.rows, head: self.head, faults: self.faults }
    }
}

/// Verify the whole chain of a store while it may go on growing.
///
/// It finds rows that were edited, removed or inserted, and a chain cut behind its head record. A chain whose rows and
/// head record were both cut back is found only with a `checkpoint`: a head that was exported and kept elsewhere.
pub async fn verify<L: AuditLog + ?Sized>(
    log: &L,
    checkpoint: Option<ChainHead>,
) -> Result<ChainReport, StoreError> {
    let head = log.audit_head().await?;
    let mut verifier = ChainVerifier::new(head, checkpoint);
    let mut after = 0;
    while after < head.count {
        let rows = log.audit_rows(after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = last.sequence;
        rows.iter().filter(|row| row.sequence <= head.count).for_each(|row| verifier.push(row));
    }
    // Rows behind the head are right only when the chain grew meanwhile.
    if let Some(beyond) = log.audit_rows(head.count, 1).await?.first()
        && log.audit_head().await?.count < beyond.sequence
    {
        verifier.push(beyond);
    }
    Ok(verifier.finish())
}
