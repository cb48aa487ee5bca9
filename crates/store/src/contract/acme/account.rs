//! ACME accounts.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::list::Cursor;
use crate::record::{AccountCreation, AccountUpdate, AcmeAccountFilter, AcmeAccountRecord, AcmePage};

/// Accounts. They are made and changed, never removed, so that the audit log always finds whom it names.
pub trait AcmeAccountStore: Send + Sync {
    /// Put an account on record, and use up the external account key that it names in `eab`, in one transaction: of
    /// calls that run at once with one key exactly one is answered [`AccountCreation::Created`].
    ///
    /// Whether the key has expired is judged at [`AcmeAccountRecord::created_at`]. With every other answer nothing
    /// changed and no event was written. `event` is `AcmeAccountCreated` with the same authority, account and `eab`.
    ///
    /// # Errors
    /// `AcmeExists` when the identifier was ever used; `BadAcmeId`; `TooLong`.
    fn create_account(
        &self,
        account: AcmeAccountRecord,
        event: AuditEvent,
    ) -> StoreFuture<'_, AccountCreation>;

    /// Change status, key and body of an account, by compare and swap. `authority`, `created_at` and `eab` stay as they
    /// are. `event` is `AcmeAccountChanged` with the same authority, account and status; it is written only with
    /// [`AccountUpdate::Done`].
    ///
    /// # Errors
    /// `UnknownAcme` when there is no such account; `TooLong`.
    fn update_account(&self, account: AcmeAccountRecord, event: AuditEvent)
    -> StoreFuture<'_, AccountUpdate>;

    /// The account with this identifier, whatever its status.
    fn account(&self, id: &str) -> StoreFuture<'_, Option<AcmeAccountRecord>>;

    /// The account of this authority with the key of this thumbprint, whatever its status.
    fn account_by_thumbprint(
        &self,
        authority: &str,
        thumbprint: [u8; 32],
    ) -> StoreFuture<'_, Option<AcmeAccountRecord>>;

    /// A page of at most `limit` accounts (itself at most 1,000) that match the filter, oldest first.
    fn accounts(
        &self,
        filter: AcmeAccountFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeAccountRecord>>;
}
