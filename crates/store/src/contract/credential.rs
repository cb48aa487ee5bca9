//! Credentials of the server's doors.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::record::CredentialRecord;

/// API keys. They are added and revoked, never changed and never removed, so that the audit log always finds whom it
/// names.
pub trait CredentialStore: Send + Sync {
    /// Put a credential on record. `event` is `CredentialCreated` with the same identifier, name and rights.
    ///
    /// # Errors
    /// `CredentialExists` when the identifier was ever used; `TooManyCredentials` when there are 10,000; `TooLong` when
    /// the record exceeds its limits.
    fn add_credential(&self, credential: CredentialRecord, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// Revoke a credential at the time of `event`, which is `CredentialRevoked`; whether it was not revoked before. One
    /// that is changes nothing, keeps its time and writes no event.
    ///
    /// # Errors
    /// `UnknownCredential` when there is none with this identifier.
    fn revoke_credential(&self, id: &str, event: AuditEvent) -> StoreFuture<'_, bool>;

    /// The credential with this identifier, revoked, expired or in force.
    fn credential(&self, id: &str) -> StoreFuture<'_, Option<CredentialRecord>>;

    /// All credentials, oldest first.
    fn credentials(&self) -> StoreFuture<'_, Vec<CredentialRecord>>;
}
