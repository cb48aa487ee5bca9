//! The record of everything that was done.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::audit::{AuditRow, ChainHead};
use crate::record::{RecordTotals, RecordedRevocation, RevocationCursor};

/// The hash chain of audit events. It only grows: rows are appended by the mutating methods of the other ports and by
/// [`Self::record`].
pub trait AuditLog: Send + Sync {
    /// Append an event that changes nothing else. `event` is `RequestRefused`, or `PrecertificateLogged` of an intent that
    /// is open.
    ///
    /// # Errors
    /// `UnknownIntent` when there is no open intent of the authority and serial number that a `PrecertificateLogged` names.
    fn record(&self, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// Rows with a sequence number greater than `after`, ascending, at most `limit` (itself at most 10,000).
    /// The first row has sequence number 1.
    fn audit_rows(&self, after: u64, limit: usize) -> StoreFuture<'_, Vec<AuditRow>>;

    /// The head record: how many rows were written, and the hash of the last.
    fn audit_head(&self) -> StoreFuture<'_, ChainHead>;

    /// How much the tables hold, and how many rows of the chain belong to that.
    fn record_totals(&self) -> StoreFuture<'_, RecordTotals>;

    /// Every revocation of every authority, CRLs name it or not, with the row that it names; from behind `after` on, at
    /// most `limit` (itself at most 10,000).
    fn recorded_revocations(
        &self,
        after: Option<RevocationCursor>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RecordedRevocation>>;
}
