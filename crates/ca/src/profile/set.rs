//! The profiles of an authority, by name, replaced as a whole.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::Profile;
use crate::authority::StartError;

type ByName = BTreeMap<String, Arc<Profile>>;

/// Profiles by name.
#[derive(Debug, Default)]
pub(crate) struct Profiles(RwLock<Arc<ByName>>);

impl Profiles {
    /// Fails when two have one name.
    pub(crate) fn new(profiles: Vec<Profile>) -> Result<Self, StartError> {
        let mut by_name = BTreeMap::new();
        for profile in profiles {
            let name = profile.name().to_owned();
            if by_name.insert(name.clone(), Arc::new(profile)).is_some() {
                return Err(StartError::TwoProfiles { name });
            }
        }
        Ok(Self(RwLock::new(Arc::new(by_name))))
    }

    /// The profile of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Profile>> {
        self.read().get(name).cloned()
    }

    /// All of them, in the order of their names.
    pub(crate) fn all(&self) -> Vec<Arc<Profile>> {
        self.read().values().cloned().collect()
    }

    /// Take over those of `next`.
    pub(crate) fn replace(&self, next: Self) {
        let next = next.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
    }

    /// The names, separated by commas.
    pub(crate) fn names(&self) -> String {
        self.read().keys().cloned().collect::<Vec<_>>().join(", ")
    }

    fn read(&self) -> Arc<ByName> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}
