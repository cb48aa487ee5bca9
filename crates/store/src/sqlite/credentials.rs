//! Credentials that were asked for lately, in memory: a door asks for one with every request.
//!
//! What is kept is good as long as no credential was changed since before it was read. The writer counts changes, and
//! publishes the count when a change is durable and before it is answered; so whoever knows that a credential was revoked
//! never gets it from here as it was before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::limits::MAX_CREDENTIALS;
use crate::record::CredentialRecord;

/// Credentials as they were after so many changes.
#[derive(Debug, Default)]
pub(super) struct KnownCredentials(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    changes: u64,
    by_id: HashMap<String, Arc<CredentialRecord>>,
}

impl KnownCredentials {
    /// The credential, if it was read after the latest of so many changes.
    pub(super) fn get(&self, id: &str, changes: u64) -> Option<CredentialRecord> {
        let known = self.lock();
        let found = known.by_id.get(id).filter(|_| known.changes == changes);
        found.map(|record| CredentialRecord::clone(record))
    }

    /// Keep a credential that was read when there had been at least so many changes, unless there are more by now.
    pub(super) fn keep(&self, record: &CredentialRecord, changes: u64) {
        let mut known = self.lock();
        if known.changes < changes {
            *known = Known { changes, by_id: HashMap::new() };
        }
        // Never full: there are no more credentials than that.
        if known.changes == changes
            && u64::try_from(known.by_id.len()).is_ok_and(|kept| kept < MAX_CREDENTIALS)
        {
            known.by_id.insert(record.id.clone(), Arc::new(record.clone()));
        }
    }

    /// Each change is complete before the lock is let go, whatever a panicking thread was doing.
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use hf_core::time::Timestamp;

    use super::*;
    use crate::record::CredentialLimits;

    fn record(id: &str) -> CredentialRecord {
        CredentialRecord {
            id: id.to_owned(),
            name: "ci".to_owned(),
            secret_sha256: [7; 32],
            rights: Vec::new(),
            limits: CredentialLimits::default(),
            created: Timestamp::from_unix_seconds(0),
            expires: None,
            revoked_at: None,
        }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_known_after_it() {
        let known = KnownCredentials::default();
        known.keep(&record("a"), 3);
        assert_eq!(known.get("a", 3), Some(record("a")));
        assert_eq!(known.get("a", 4), None, "a change came");
        assert_eq!(known.get("b", 3), None);
        known.keep(&record("a"), 4);
        // A slow reader that began before the change.
        known.keep(&record("b"), 3);
        assert_eq!(known.get("b", 4), None);
        assert_eq!(known.get("b", 3), None);
        assert_eq!(known.get("a", 4), Some(record("a")));
    }
}
