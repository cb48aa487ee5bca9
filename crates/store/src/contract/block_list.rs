//! Public keys that no certificate may carry.

use hf_core::audit::AuditEvent;

use crate::StoreFuture;

/// SHA-256 values of the `SubjectPublicKeyInfo` (DER) of compromised keys.
pub trait BlockListStore: Send + Sync {
    /// Put a key on the list; whether it was new. A key that is on it already changes nothing and writes no event.
    /// `event` is `KeyBlocked`.
    fn block_key(&self, spki_sha256: [u8; 32], event: AuditEvent) -> StoreFuture<'_, bool>;

    /// Whether the key is on the list.
    fn is_blocked(&self, spki_sha256: [u8; 32]) -> StoreFuture<'_, bool>;

    /// The list in ascending order, from behind `after` on, at most `limit`.
    fn blocked_keys(&self, after: Option<[u8; 32]>, limit: usize) -> StoreFuture<'_, Vec<[u8; 32]>>;
}
