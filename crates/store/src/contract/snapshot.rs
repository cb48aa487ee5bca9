//! The texts of the profiles under which certificates were issued.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::record::{ProfileSnapshot, SnapshotId};

/// Profile snapshots: each certificate names the one it was issued under, so a later change of the configuration does
/// not blur what was promised.
pub trait SnapshotStore: Send + Sync {
    /// Put a snapshot on record; whether it was new. One that is there already changes nothing and writes no event.
    /// `event` is `SnapshotRecorded`.
    fn record_snapshot(&self, snapshot: ProfileSnapshot, event: AuditEvent) -> StoreFuture<'_, bool>;

    /// The snapshot with this identifier.
    fn snapshot(&self, id: SnapshotId) -> StoreFuture<'_, Option<ProfileSnapshot>>;
}
