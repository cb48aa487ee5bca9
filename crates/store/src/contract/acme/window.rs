//! Times in which certificates are to be renewed.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;
use crate::record::{RenewalScope, RenewalWindowRecord};

/// Windows that the operator set, RFC 9773: "renew everything by Friday".
pub trait RenewalWindowStore: Send + Sync {
    /// Set a window, in the place of the one of the same scope. `event` is `RenewalWindowSet` with the same authority,
    /// scope and times.
    ///
    /// # Errors
    /// `TooManyRenewalWindows` when the authority has 1,000 of other scopes; `TooLong`.
    fn set_renewal_window(&self, window: RenewalWindowRecord, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// Take a window away; whether there was one. `event` is `RenewalWindowCleared`; it is written only then.
    fn clear_renewal_window(
        &self,
        authority: &str,
        scope: &RenewalScope,
        event: AuditEvent,
    ) -> StoreFuture<'_, bool>;

    /// All windows of an authority, the one that was set first in front.
    fn renewal_windows(&self, authority: &str) -> StoreFuture<'_, Vec<RenewalWindowRecord>>;
}
