//! The authorities that this process knows, by name.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use hf_core::time::Timestamp;

use super::{Fall, Issuer, Signing};
use crate::error::IssuerUnavailable;

/// Authorities by name. There are few; certificates are never kept here.
#[derive(Default)]
pub struct Issuers {
    by_name: RwLock<BTreeMap<String, Arc<Issuer>>>,
}

impl Issuers {
    /// The authority that shall sign certificates, if it may at `now`.
    pub fn active_for(&self, name: &str, now: Timestamp) -> Result<Signing, IssuerUnavailable> {
        self.known(name)?.ready(now)
    }

    /// The authority that shall sign a CRL, if it may at `now`.
    pub fn active_for_status(&self, name: &str, now: Timestamp) -> Result<Signing, IssuerUnavailable> {
        self.known(name)?.ready_for_status(now)
    }

    /// The authority of this name, whatever its state.
    pub fn get(&self, name: &str) -> Option<Arc<Issuer>> {
        self.read(|issuers| issuers.get(name).cloned())
    }

    /// All authorities, in the order of their names.
    pub fn all(&self) -> Vec<Arc<Issuer>> {
        self.read(|issuers| issuers.values().cloned().collect())
    }

    /// Add or replace.
    pub(crate) fn insert(&self, issuer: Issuer) {
        let mut issuers = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        issuers.insert(issuer.name().to_owned(), Arc::new(issuer));
    }

    /// Add or replace one that is shared already.
    pub(crate) fn insert_shared(&self, issuer: Arc<Issuer>) {
        let mut issuers = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        issuers.insert(issuer.name().to_owned(), issuer);
    }

    /// Take over what `next` holds, all at once. What was changed here since `before` was read is newer and stays; what
    /// was there before and is not in `next` goes.
    pub(crate) fn replace(&self, before: &[Arc<Issuer>], next: &Self) {
        let next = next.all();
        let mut issuers = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        let unchanged = |name: &str, now: Option<&Arc<Issuer>>| {
            let then = before.iter().find(|issuer| issuer.name() == name);
            match (then, now) {
                (Some(then), Some(now)) => Arc::ptr_eq(then, now),
                (None, None) => true,
                _ => false,
            }
        };
        for gone in before.iter().filter(|old| !next.iter().any(|new| new.name() == old.name())) {
            if unchanged(gone.name(), issuers.get(gone.name())) {
                issuers.remove(gone.name());
            }
        }
        for issuer in next {
            if unchanged(issuer.name(), issuers.get(issuer.name())) {
                issuers.insert(issuer.name().to_owned(), issuer);
            }
        }
    }

    /// This certificate is revoked: every authority that has it in its chain signs no more. Returns their names: the branch
    /// that falls.
    pub(crate) fn revoke_branch(&self, certificate: &[u8], fall: &Fall) -> Vec<String> {
        let mut fallen = Vec::new();
        for issuer in self.all() {
            if issuer.chain().iter().any(|in_chain| in_chain.der() == certificate) {
                issuer.mark_fallen(fall.clone());
                fallen.push(issuer.name().to_owned());
            }
        }
        fallen
    }

    fn known(&self, name: &str) -> Result<Arc<Issuer>, IssuerUnavailable> {
        self.get(name).ok_or_else(|| IssuerUnavailable::Unknown {
            name: name.to_owned(),
            known: self.read(|issuers| issuers.keys().cloned().collect::<Vec<_>>().join(", ")),
        })
    }

    fn read<T>(&self, look: impl FnOnce(&BTreeMap<String, Arc<Issuer>>) -> T) -> T {
        look(&self.by_name.read().unwrap_or_else(PoisonError::into_inner))
    }
}
