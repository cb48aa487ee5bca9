//! Whether delegates may still answer: one whose certificate is revoked may not, and what it signed is told no more.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use tokio::sync::Notify;

/// Whether a delegate may answer. Shared by all who have the delegate.
#[derive(Clone, Debug, Default)]
pub(super) struct Standing(Arc<AtomicBool>);

impl Standing {
    pub(super) fn is_revoked(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn revoke(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// The delegates that answered and whose answers may be in memory, by the serial number of their certificate.
#[derive(Debug, Default)]
pub(super) struct Delegates {
    known: Mutex<HashMap<Serial, Vec<Known>>>,
    revoked: Notify,
}

#[derive(Debug)]
struct Known {
    authority: Arc<str>,
    not_after: Timestamp,
    standing: Standing,
}

impl Delegates {
    /// One more, that answers for `authority` from `now` on. Those whose end has come are forgotten: so have their answers.
    pub(super) fn add(
        &self,
        authority: &str,
        serial: Serial,
        not_after: Timestamp,
        standing: Standing,
        now: Timestamp,
    ) {
        let mut known = self.lock();
        known.retain(|_, same| {
            same.retain(|one| one.not_after >= now);
            !same.is_empty()
        });
        known.entry(serial).or_default().push(Known { authority: authority.into(), not_after, standing });
    }

    /// Nobody with this serial number answers any more; for which authorities somebody did.
    pub(super) fn revoke(&self, serial: &Serial) -> Vec<Arc<str>> {
        let revoked = self.lock().remove(serial).unwrap_or_default();
        for one in &revoked {
            one.standing.revoke();
        }
        if !revoked.is_empty() {
            self.revoked.notify_one();
        }
        revoked.into_iter().map(|one| one.authority).collect()
    }

    /// Wait until one is revoked; at once, when one was since the last time.
    pub(super) async fn one_is_revoked(&self) {
        self.revoked.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Serial, Vec<Known>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_ended_is_forgotten_and_nobody_else() {
        let (delegates, at) = (Delegates::default(), Timestamp::from_unix_seconds);
        let serial = |text: &str| text.parse::<Serial>().unwrap();
        let (old, new) = (Standing::default(), Standing::default());
        delegates.add("services", serial("0a"), at(100), old.clone(), at(0));
        delegates.add("services", serial("0b"), at(200), new.clone(), at(100));
        assert_eq!(delegates.lock().len(), 2, "one in its last second");
        delegates.add("services", serial("0c"), at(300), Standing::default(), at(101));
        assert!(delegates.revoke(&serial("0a")).is_empty() && !old.is_revoked());
        assert_eq!(delegates.revoke(&serial("0b")), ["services".into()]);
        assert!(new.is_revoked() && delegates.revoke(&serial("0b")).is_empty());
    }
}
