//! The block list.

use hf_core::audit::AuditAction;

use super::material::{begin, begun, event, intent};
use super::{Backend, Outcome, ensure, refused};
use crate::StoreError;
use crate::audit::hex;
use crate::record::Begun;

pub(super) async fn blocked_keys_get_no_certificate(backend: &dyn Backend) -> Outcome {
    let store = backend.fresh()?;
    let wanted = intent(1);
    let key = wanted.spki_sha256;
    let blocked = |key: &[u8; 32]| event(AuditAction::KeyBlocked { spki_sha256: hex(key) });
    ensure(!store.is_blocked(key).await?, || "a key is blocked from the beginning".to_owned())?;
    ensure(store.block_key(key, blocked(&key)).await?, || "a new key is not new".to_owned())?;
    ensure(!store.block_key(key, blocked(&key)).await?, || "an old key is new".to_owned())?;
    ensure(store.is_blocked(key).await?, || "a blocked key is not blocked".to_owned())?;
    let refusal = |error: &StoreError| matches!(error, StoreError::KeyBlocked { .. });
    refused(store.begin_issuance(wanted.clone(), begun(&wanted)), "a blocked key", refusal).await?;
    let outcome = begin(&*store, &intent(2)).await?;
    ensure(outcome == Begun::Recorded, || "another key is blocked".to_owned())?;
    let (low, high) = ([1; 32], [0xff; 32]);
    store.block_key(high, blocked(&high)).await?;
    store.block_key(low, blocked(&low)).await?;
    drop(store);
    let store = backend.again()?;
    ensure(store.is_blocked(key).await?, || "a blocked key is forgotten".to_owned())?;
    // The key of intent 1 begins with seven zeros.
    let list = store.blocked_keys(None, 10).await?;
    ensure(list == [key, low, high], || format!("expected 3 keys in order, found {}", list.len()))?;
    ensure(store.blocked_keys(Some(low), 1).await?.len() == 1, || "the second page differs".to_owned())
}
