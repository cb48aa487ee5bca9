//! The store contract, its records, the SQLite backend, the audit chain and the conformance suite.
//!
//! The traits of [`contract`] say what must be true when a call returns; [`conformance`] holds every backend to it;
//! [`sqlite`] is the embedded backend; [`remote`] speaks with the process that has one; [`certdb`] is the database
//! of CFSSL; [`faulty`] is a wrapper that loses writes, or does them and reports failure.
//!
//! Every mutating method demands an [`hf_core::audit::AuditEvent`] and writes it into the hash chain of [`audit`] in
//! the same transaction: there is no change without its event and no event without its change.

use std::future::Future;
use std::pin::Pin;

pub mod audit;
mod bytes;
pub mod certdb;
pub mod conformance;
pub mod contract;
pub mod error;
pub mod faulty;
pub mod list;
mod patience;
pub mod record;
pub mod remote;
pub mod sqlite;

pub use contract::{
    AcmeAccountStore, AcmeOrderStore, AuditLog, BlockListStore, CommitCounts, CredentialStore, EabStore,
    IssuanceStore, IssuerStore, RenewalWindowStore, RetentionStore, RevocationStore, SnapshotStore, Store,
};
pub use error::StoreError;

/// What every method of the store returns: a boxed future, so that the traits can be trait objects.
///
/// Nothing happens before the future is polled. Dropping it later does not undo the operation: it may be carried out.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;
