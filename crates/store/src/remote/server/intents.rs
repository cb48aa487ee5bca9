//! The intents that a client began and has not ended.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hf_core::audit::AuditAction;

use crate::Store;
use crate::audit::Origin;
use crate::remote::request::Key;

/// Intents by authority and serial number, and who began them.
#[derive(Debug, Default)]
pub(super) struct Begun(Mutex<HashMap<Key, Origin>>);

impl Begun {
    pub(super) fn add(&self, key: Key, origin: Origin) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, origin);
    }

    pub(super) fn remove(&self, key: &Key) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Close what is left as possibly signed.
    pub(super) async fn close_all(&self, store: &dyn Store) {
        let left = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for (Key { authority, serial }, origin) in left {
            let action =
                AuditAction::IssuanceAbandoned { authority: authority.clone(), serial: serial.clone() };
            // What cannot be closed now is closed by the next start.
            let _ = store.close_intent(&authority, &serial, origin.event(action)).await;
        }
    }
}
