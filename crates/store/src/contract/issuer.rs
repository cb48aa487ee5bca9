//! The authorities of this trust domain.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::record::AuthorityRecord;

/// Authorities, by name.
pub trait IssuerStore: Send + Sync {
    /// Add an authority. `event` is `AuthorityAdded`.
    ///
    /// # Errors
    /// `AuthorityExists` when the name is taken.
    fn add_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// Replace everything but the name of an authority. `event` is `AuthorityChanged`.
    ///
    /// # Errors
    /// `UnknownAuthority` when there is none of this name.
    fn replace_authority(&self, authority: AuthorityRecord, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// The authority of this name.
    fn authority(&self, name: &str) -> StoreFuture<'_, Option<AuthorityRecord>>;

    /// All authorities, in the order of their names. There are few: at most 10,000 are returned.
    fn authorities(&self) -> StoreFuture<'_, Vec<AuthorityRecord>>;
}
