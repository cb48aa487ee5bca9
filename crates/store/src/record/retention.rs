//! What was removed.

use serde::{Deserialize, Serialize};

use crate::list::Cursor;

/// What came of one step of removing expired certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedPage {
    /// How many left the record.
    pub removed: u64,
    /// Where the next step begins; absent when this was the last.
    pub next: Option<Cursor>,
}
