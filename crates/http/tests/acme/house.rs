//! A trust domain that gives certificates by ACME.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use hf_ca::authority::Authority;
use hf_ca::policy::NamePattern;
use hf_ca::profile::{Profile, ProfileSettings};
use hf_ca::registration::{
    CaaFuture, RegistrationLimits, RegistrationSettings, Registrations, Setup, Validator, ValidatorFuture,
    Worked, Worker,
};
use hf_core::name::DnsName;
use hf_core::time::{Clock as _, Lifetime, Timestamp};
use hf_http::acme::door::Door;
use hf_http::telemetry::metrics::Metrics;
use hf_keys::random::SystemRandom;
use hf_proto::acme::caa::RelevantSet;
use hf_proto::acme::challenge::{ChallengeKind, RetryPolicy};
use hf_proto::acme::urls::Urls;
use hf_proto::acme::validation::{ValidationOutcome, ValidationTask};
use hf_store::Store;
use hf_testkit::ManualClock;

use crate::founding::Founding;

/// What URLs begin with.
pub(crate) const BASE: &str = "https://ca.shop.internal:8443";

pub(crate) struct House {
    pub(crate) authority: Arc<Authority>,
    pub(crate) registrations: Arc<Registrations>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) door: Arc<Door>,
    pub(crate) router: Router,
    pub(crate) world: Arc<World>,
    worker: Mutex<Option<Worker>>,
    _directory: tempfile::TempDir,
}

/// What is found when a challenge is looked at, and what was looked at.
#[derive(Default)]
pub(crate) struct World {
    /// What the next looks find; when there is nothing left, what was put there.
    pub(crate) script: Mutex<Vec<ValidationOutcome>>,
    pub(crate) looks: Mutex<Vec<ValidationTask>>,
    now: AtomicUsize,
    /// The most looks that were under way at one time.
    pub(crate) most: AtomicUsize,
}

impl Validator for World {
    fn validate<'a>(&'a self, task: &'a ValidationTask) -> ValidatorFuture<'a> {
        Box::pin(async move {
            self.looks.lock().unwrap().push(task.clone());
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            self.now.fetch_sub(1, Ordering::SeqCst);
            self.script.lock().unwrap().pop().unwrap_or(ValidationOutcome::Valid)
        })
    }

    fn caa<'a>(&'a self, names: &'a BTreeSet<DnsName>) -> CaaFuture<'a> {
        let nothing = names.iter().map(|name| (name.clone(), Ok(RelevantSet::default()))).collect();
        Box::pin(std::future::ready(nothing))
    }
}

pub(crate) fn settings() -> RegistrationSettings {
    RegistrationSettings {
        profiles: vec!["peer".to_owned(), "short".to_owned()],
        external_account_required: false,
        challenges: ChallengeKind::ALL.to_vec(),
        names: patterns(&["shop.internal", "10.0.0.0/8"]),
        trusted: Vec::new(),
        authorization_lifetime: Lifetime::from_days(30),
        reuse: Lifetime::from_hours(8),
        order_lifetime: Lifetime::from_days(1),
        pre_authorization: true,
        terms: None,
        website: None,
        caa: Vec::new(),
        retry: RetryPolicy { attempts: 3, spacing: Lifetime::from_seconds(6) },
        limits: RegistrationLimits {
            accounts_per_hour: 1_000,
            orders_per_hour: 1_000,
            failures_per_hour: 100,
            identifiers: 100,
            validations: 20,
            pause_after: 100,
            pause: Lifetime::from_hours(1),
        },
    }
}

pub(crate) fn patterns(texts: &[&str]) -> Vec<NamePattern> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(settings()).await
    }

    /// With what Pebble does to clients: of 100 good nonces `refusing` are refused, and lists come in any order.
    pub(crate) async fn odd(refusing: u8) -> Self {
        Self::behind(settings(), |door| door.refusing(refusing).shuffling(1)).await
    }

    /// Two authorities, `services` (the default one, with these settings) and `guests`.
    pub(crate) async fn with(terms: RegistrationSettings) -> Self {
        Self::behind(terms, |door| door).await
    }

    async fn behind(terms: RegistrationSettings, change: impl FnOnce(Door) -> Door) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("keys")).unwrap();
        let clock = Arc::new(ManualClock::default());
        let short = ProfileSettings {
            name: "short".to_owned(),
            default_lifetime: Lifetime::from_days(1),
            wildcards: true,
            ..ProfileSettings::peer()
        };
        let profiles = vec![Profile::compile(short).unwrap()];
        let founding = Founding { profiles, ..Founding::within(directory.path(), &clock) };
        let authority = Arc::new(founding.found().await);
        let metrics = Arc::new(Metrics::new());
        let world = Arc::new(World::default());
        let random = Arc::new(SystemRandom);
        let observer: Arc<Metrics> = Arc::clone(&metrics);
        let (registrations, worker) =
            Registrations::new(Arc::clone(&authority), clock.clone(), random.clone(), observer);
        let door = Door::new(Arc::clone(&registrations), Arc::clone(&metrics), Vec::new(), random.as_ref());
        let door = Arc::new(change(door.unwrap()));
        let house = Self {
            authority,
            registrations,
            clock,
            metrics,
            router: hf_http::acme::router(Arc::clone(&door)),
            door,
            world,
            worker: Mutex::new(Some(worker)),
            _directory: directory,
        };
        house.set(terms);
        house
    }

    /// On these terms from now on.
    pub(crate) fn set(&self, terms: RegistrationSettings) {
        let setup = |name: &str, settings: RegistrationSettings| {
            let urls = Urls::new(format!("{BASE}/acme/{name}"));
            let validator: Arc<World> = Arc::clone(&self.world);
            (name.to_owned(), Setup { settings, urls, validator })
        };
        let setups = vec![setup("services", terms), setup("guests", settings())];
        self.registrations.replace(setups, Some("services".to_owned()));
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn store(&self) -> &dyn Store {
        self.authority.store().as_ref()
    }

    /// The worker, to run by itself.
    pub(crate) fn worker(&self) -> Worker {
        self.worker.lock().unwrap().take().unwrap()
    }

    /// Look at what is ready or due.
    pub(crate) async fn work(&self) -> Worked {
        let mut worker = self.worker();
        let done = worker.run_once(self.now()).await.unwrap();
        *self.worker.lock().unwrap() = Some(worker);
        done
    }

    /// How often a name was looked at.
    pub(crate) fn looks(&self) -> usize {
        self.world.looks.lock().unwrap().len()
    }

    /// What the next look finds.
    pub(crate) fn next_look(&self, outcome: ValidationOutcome) {
        self.world.script.lock().unwrap().insert(0, outcome);
    }
}
