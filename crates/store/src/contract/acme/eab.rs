//! Keys for external account binding.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::list::Cursor;
use crate::record::{AcmePage, EabKeyRecord, EabSecret};

/// Keys for external account binding. They are added, used up by
/// [`create_account`](super::AcmeAccountStore::create_account) and revoked, never removed.
pub trait EabStore: Send + Sync {
    /// Put a key on record. `event` is `EabCreated` with the same identifier, name, authority and trust. What the
    /// record says of use and revocation is not looked at: a new key has neither.
    ///
    /// # Errors
    /// `AcmeExists` when the identifier was ever used; `BadAcmeId`; `TooLong`.
    fn add_eab(&self, key: EabKeyRecord, secret: EabSecret, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// Revoke a key at the time of `event`, which is `EabRevoked`; whether it was not revoked before. One that is
    /// changes nothing, keeps its time and writes no event. Revoking a key that was used does nothing to its account.
    ///
    /// # Errors
    /// `UnknownAcme` when there is none with this identifier.
    fn revoke_eab(&self, id: &str, event: AuditEvent) -> StoreFuture<'_, bool>;

    /// The key with this identifier, used, revoked, expired or good.
    fn eab(&self, id: &str) -> StoreFuture<'_, Option<EabKeyRecord>>;

    /// The secret of the key with this identifier.
    fn eab_secret(&self, id: &str) -> StoreFuture<'_, Option<EabSecret>>;

    /// A page of at most `limit` keys (itself at most 1,000), oldest first; of one authority, or of all.
    fn eabs(
        &self,
        authority: Option<&str>,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<EabKeyRecord>>;
}
