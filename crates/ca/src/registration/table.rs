//! The registrations of a process, by authority. The table can be exchanged while requests are answered.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use hf_core::random::Random;
use hf_core::time::Clock;
use hf_store::Store;

use super::observer::Observer;
use super::under_way::UnderWay;
use super::worker::{self, Handed, Worker};
use super::{Registration, RegistrationParts, Setup};
use crate::authority::Authority;

/// Every registration, and which is the default one.
pub struct Registrations {
    table: RwLock<Arc<Table>>,
    handed: Handed,
    pub(super) under_way: UnderWay,
    pub(super) authority: Arc<Authority>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    observer: Arc<dyn Observer>,
}

#[derive(Default)]
struct Table {
    by_name: BTreeMap<String, Arc<Registration>>,
    default: Option<String>,
}

impl Registrations {
    /// None yet, and the worker that will look at their challenges.
    pub fn new(
        authority: Arc<Authority>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        observer: Arc<dyn Observer>,
    ) -> (Arc<Self>, Worker) {
        let (handed, queue) = worker::queue();
        let store: Arc<dyn Store> = Arc::clone(authority.store());
        let registrations = Arc::new(Self {
            table: RwLock::default(),
            handed: handed.clone(),
            under_way: UnderWay::default(),
            authority,
            clock: Arc::clone(&clock),
            random,
            observer,
        });
        let worker = Worker::new(Arc::clone(&registrations), store, clock, queue, &handed);
        (registrations, worker)
    }

    /// Have exactly these authorities give certificates. Those that did before keep what they remember of limits.
    pub fn replace(&self, setups: Vec<(String, Setup)>, default: Option<String>) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let mut by_name = BTreeMap::new();
        for (name, setup) in setups {
            let registration = if let Some(kept) = table.by_name.get(&name) {
                kept.replace(setup);
                Arc::clone(kept)
            } else {
                Arc::new(self.registration(name.clone(), setup))
            };
            by_name.insert(name, registration);
        }
        *table = Arc::new(Table { by_name, default });
    }

    fn registration(&self, name: String, setup: Setup) -> Registration {
        let parts = RegistrationParts {
            name,
            setup,
            authority: Arc::clone(&self.authority),
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
            observer: Arc::clone(&self.observer),
        };
        Registration::new(parts, self.handed.clone(), self.under_way.clone())
    }

    /// That of this authority.
    pub fn get(&self, authority: &str) -> Option<Arc<Registration>> {
        self.table().by_name.get(authority).cloned()
    }

    /// The default one.
    pub fn default_one(&self) -> Option<Arc<Registration>> {
        let table = self.table();
        table.default.as_ref().and_then(|name| table.by_name.get(name).cloned())
    }

    fn table(&self) -> Arc<Table> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }
}
