//! What every backend promises.
//!
//! For all traits:
//!
//! * *Durability.* When a mutating method returns `Ok`, its effect and its audit event are on stable storage and
//!   survive a crash of the process and of the machine.
//! * *Atomicity.* Effect and audit event are one transaction: both are there or neither is.
//! * *Order.* Operations take effect one after the other, in the order of the audit chain. A read that begins after
//!   a write has returned sees that write.
//! * *Errors.* Where [`crate::StoreError::is_definite`] is true nothing was changed. Otherwise the outcome is unknown: the
//!   caller reads (by serial number, by `dedup_key`) to learn what happened and never repeats blindly.
//! * *Concurrency.* All methods may be called from any number of tasks at once. One bad operation does not fail its
//!   neighbours.
//! * *Audit.* The action of the event must be the one that the method names, for the same authority and serial
//!   number; another one is refused with [`crate::StoreError::EventMismatch`] and nothing is changed.

mod acme;
mod audit_log;
mod block_list;
mod credential;
mod issuance;
mod issuer;
mod retention;
mod revocation;
mod snapshot;

pub use acme::{AcmeAccountStore, AcmeOrderStore, EabStore, RenewalWindowStore};
pub use audit_log::AuditLog;
pub use block_list::BlockListStore;
pub use credential::CredentialStore;
pub use issuance::IssuanceStore;
pub use issuer::IssuerStore;
pub use retention::RetentionStore;
pub use revocation::RevocationStore;
pub use snapshot::SnapshotStore;

use std::time::Duration;

use tokio::sync::watch;

use crate::{StoreError, StoreFuture};

/// All ports of the store in one trait object.
pub trait Store:
    IssuanceStore
    + RevocationStore
    + IssuerStore
    + BlockListStore
    + SnapshotStore
    + CredentialStore
    + AuditLog
    + AcmeAccountStore
    + EabStore
    + AcmeOrderStore
    + RenewalWindowStore
    + RetentionStore
{
    /// Bring everything acknowledged into its final place. Never needed for durability; afterwards the next start has
    /// nothing to catch up with.
    fn flush(&self) -> StoreFuture<'_, ()>;

    /// Find out whether anything could be put on record now, without recording anything.
    fn probe(&self) -> StoreFuture<'_, ()> {
        self.flush()
    }

    /// Why the last change did not come to stable storage, until one does or [`Self::probe`] finds that one could; issuances
    /// say so themselves. `None` as well where another process records.
    fn trouble(&self) -> Option<StoreError> {
        None
    }

    /// A number that grows with every revocation, CRL and shard that this process records; `None` where another process
    /// may record them, so that one has to ask.
    fn status_changes(&self) -> Option<watch::Receiver<u64>> {
        None
    }

    /// What group commit did since this process opened the store; all zero where another process commits.
    fn commits(&self) -> CommitCounts {
        CommitCounts::default()
    }
}

/// Writes to stable storage that issuances shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommitCounts {
    /// How many writes.
    pub commits: u64,
    /// Records in them, all together: over `commits`, the mean size.
    pub records: u64,
    /// Time until they were on stable storage, all together: over `commits`, the mean time.
    pub time: Duration,
}
