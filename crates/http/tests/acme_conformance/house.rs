//! A trust domain with ACME servers, and what stands between the tests and the world.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response, header};
use hf_ca::authority::Authority;
use hf_ca::registration::{
    CaaFuture, RegistrationLimits, RegistrationSettings, Registrations, Setup, Validator, ValidatorFuture,
    Worker,
};
use hf_core::name::DnsName;
use hf_core::time::{Clock as _, Lifetime, Timestamp};
use hf_http::acme::door::Door;
use hf_http::peer::{Peer, PeerAddress};
use hf_http::telemetry::metrics::Metrics;
use hf_keys::random::SystemRandom;
use hf_proto::acme::caa::{CaaAnswers, RelevantSet};
use hf_proto::acme::challenge::{ChallengeKind, RetryPolicy};
use hf_proto::acme::problem::{Problem, ProblemType};
use hf_proto::acme::urls::Urls;
use hf_proto::acme::validation::{ValidationOutcome, ValidationTask};
use hf_store::Store;
use hf_store::audit::Origin;
use hf_store::faulty::{Failure, FaultyStore};
use hf_testkit::ManualClock;
use serde_json::Value;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::founding::{Founding, origin};

/// Where clients find the server, whatever they call it.
pub(crate) const HOST: &str = "https://ca.test";

/// The authority that most tests ask.
pub(crate) const SERVICES: &str = "services";

/// Somebody who looks at challenges: finds what the test says, and remembers what was asked.
#[derive(Default)]
pub(crate) struct Looker {
    found: Mutex<HashMap<String, ValidationOutcome>>,
    pub(crate) looks: Mutex<Vec<ValidationTask>>,
    held: Mutex<Option<Arc<Semaphore>>>,
    records: Mutex<CaaAnswers>,
    records_held: Mutex<Option<Arc<Semaphore>>>,
    /// The names whose CAA records were asked for, each time.
    pub(crate) asked: Mutex<Vec<Vec<String>>>,
}

impl Looker {
    /// From now on, this is found for `name`; what no test says is valid.
    pub(crate) fn finds(&self, name: &str, outcome: ValidationOutcome) {
        self.found.lock().unwrap().insert(name.to_owned(), outcome);
    }

    /// From now on, a look waits until the semaphore has a place.
    pub(crate) fn hold(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *self.held.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    /// From now on, whoever asks for CAA records waits until the semaphore has a place.
    pub(crate) fn hold_records(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *self.records_held.lock().unwrap() = Some(Arc::clone(&gate));
        gate
    }

    /// From now on, this is found when the CAA records of `name` are asked for; what no test says has none.
    pub(crate) fn has_records(&self, name: &str, answer: Result<RelevantSet, Problem>) {
        self.records.lock().unwrap().insert(name.parse().unwrap(), answer);
    }

    pub(crate) fn count(&self) -> usize {
        self.looks.lock().unwrap().len()
    }
}

impl Validator for Looker {
    fn validate<'a>(&'a self, task: &'a ValidationTask) -> ValidatorFuture<'a> {
        self.looks.lock().unwrap().push(task.clone());
        let outcome = self.found.lock().unwrap().get(&task.identifier.to_string()).cloned();
        let held = self.held.lock().unwrap().clone();
        Box::pin(async move {
            if let Some(gate) = held {
                gate.acquire().await.unwrap().forget();
            }
            outcome.unwrap_or(ValidationOutcome::Valid)
        })
    }

    fn caa<'a>(&'a self, names: &'a BTreeSet<DnsName>) -> CaaFuture<'a> {
        self.asked.lock().unwrap().push(names.iter().map(ToString::to_string).collect());
        let records = self.records.lock().unwrap();
        let answer = |name: &DnsName| records.get(name).cloned().unwrap_or(Ok(RelevantSet::default()));
        let answers = names.iter().map(|name| (name.clone(), answer(name))).collect();
        let held = self.records_held.lock().unwrap().clone();
        Box::pin(async move {
            if let Some(gate) = held {
                gate.acquire().await.unwrap().forget();
            }
            answers
        })
    }
}

/// What a challenge fails with.
pub(crate) fn unreachable() -> Problem {
    Problem::new(ProblemType::Connection, "nobody listens there")
}

pub(crate) struct House {
    pub(crate) registrations: Arc<Registrations>,
    pub(crate) authority: Arc<Authority>,
    pub(crate) store: Arc<dyn Store>,
    /// The same, to make it fail.
    pub(crate) faulty: Arc<FaultyStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) looker: Arc<Looker>,
    worker: tokio::sync::Mutex<Worker>,
    router: Router,
    _directory: tempfile::TempDir,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn of(response: Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Self { status: head.status.as_u16(), headers: head.headers, body }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A resource: JSON, declared as such, and nothing in it that has no value.
    pub(crate) fn json(&self) -> Value {
        assert!(self.status < 300, "{}: {}", self.status, self.text());
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/json");
        let value = serde_json::from_slice(&self.body).unwrap();
        no_void(&value, &self.text());
        value
    }

    /// A problem document, whole and consistent; its kind and status.
    pub(crate) fn problem(&self) -> Problem {
        assert!(self.status >= 400, "{}: {}", self.status, self.text());
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.text());
        assert!(self.headers.contains_key("replay-nonce"), "every error has a nonce");
        assert!(!self.text().contains("null"), "{}", self.text());
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status);
        assert!(problem.detail.is_ascii() && !problem.detail.is_empty());
        problem
    }

    pub(crate) fn refused(&self) -> (ProblemType, u16) {
        let problem = self.problem();
        (problem.kind, problem.status)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no `{name}`: {}", self.text())).to_str().unwrap()
    }

    pub(crate) fn location(&self) -> String {
        self.header("location").to_owned()
    }

    /// The targets of the links with this relation, each of which stands in a line of its own.
    pub(crate) fn links(&self, relation: &str) -> Vec<String> {
        let end = format!(">;rel=\"{relation}\"");
        let lines = self.headers.get_all(header::LINK).iter().map(|value| value.to_str().unwrap());
        lines.filter_map(|line| line.strip_prefix('<')?.strip_suffix(&end).map(str::to_owned)).collect()
    }
}

/// Neither `null` nor an empty object, wherever it stands.
fn no_void(value: &Value, whole: &str) {
    match value {
        Value::Null => panic!("a member without a value: {whole}"),
        Value::Object(object) => {
            assert!(!object.is_empty(), "an empty object: {whole}");
            object.values().for_each(|inner| no_void(inner, whole));
        }
        Value::Array(list) => list.iter().for_each(|inner| no_void(inner, whole)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// On which terms most tests are served.
pub(crate) fn settings() -> RegistrationSettings {
    RegistrationSettings {
        profiles: vec!["server".to_owned(), "peer".to_owned()],
        external_account_required: false,
        challenges: ChallengeKind::ALL.to_vec(),
        names: ["shop.internal", "10.0.0.0/8"].iter().map(|name| name.parse().unwrap()).collect(),
        trusted: Vec::new(),
        authorization_lifetime: Lifetime::from_days(2),
        reuse: Lifetime::from_seconds(1),
        order_lifetime: Lifetime::from_days(1),
        pre_authorization: true,
        terms: None,
        website: None,
        caa: Vec::new(),
        retry: RetryPolicy { attempts: 3, spacing: Lifetime::from_seconds(5) },
        limits: RegistrationLimits {
            accounts_per_hour: 1_000,
            orders_per_hour: 1_000,
            failures_per_hour: 1_000,
            identifiers: 50,
            validations: 100,
            pause_after: 1_000,
            pause: Lifetime::from_seconds(600),
        },
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(settings(), 0).await
    }

    /// On these terms, refusing so many of 100 good nonces; when there are any, with lists in any order.
    pub(crate) async fn with(settings: RegistrationSettings, refusing: u8) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("keys")).unwrap();
        let clock = Arc::new(ManualClock::default());
        let founding = Founding::within(directory.path(), &clock);
        let faulty = Arc::new(FaultyStore::new(founding.store, 0, Failure::Lost));
        let store: Arc<dyn Store> = faulty.clone();
        let founding = Founding { store: Arc::clone(&store), ..founding };
        let authority = Arc::new(founding.found().await);
        let (registrations, worker) =
            Registrations::new(Arc::clone(&authority), clock.clone(), Arc::new(SystemRandom), Arc::new(()));
        let looker = Arc::new(Looker::default());
        let house = Self {
            router: router(&registrations, refusing),
            worker: tokio::sync::Mutex::new(worker),
            registrations,
            authority,
            store,
            faulty,
            clock,
            looker,
            _directory: directory,
        };
        house.serve(settings);
        house
    }

    /// On these terms from now on.
    pub(crate) fn serve(&self, settings: RegistrationSettings) {
        let setup = |name: &str, settings: RegistrationSettings| {
            let setup = Setup {
                settings,
                urls: Urls::new(format!("{HOST}/acme/{name}")),
                validator: Arc::clone(&self.looker) as Arc<dyn Validator>,
            };
            (name.to_owned(), setup)
        };
        let setups = vec![setup(SERVICES, settings.clone()), setup("guests", settings)];
        self.registrations.replace(setups, Some(SERVICES.to_owned()));
    }

    /// Another process that serves the same: the same record, nonces of its own.
    pub(crate) fn replica(&self) -> Router {
        router(&self.registrations, 0)
    }

    /// What stands before the endpoints of another process.
    pub(crate) fn door(&self) -> Arc<Door> {
        door(&self.registrations, 0)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Have the worker look at all that is due.
    pub(crate) async fn work(&self) {
        self.worker.lock().await.run_once(self.now()).await.unwrap();
    }

    pub(crate) async fn get(&self, url: &str) -> Answer {
        self.plain("GET", url).await
    }

    /// Without a body.
    pub(crate) async fn plain(&self, method: &str, url: &str) -> Answer {
        self.send(method, url, &[], Vec::new()).await
    }

    /// Anything.
    pub(crate) async fn send(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        send(&self.router, method, url, headers, body).await
    }

    pub(crate) fn origin(&self) -> Origin {
        origin(self.now())
    }
}

/// Ask a router.
pub(crate) async fn send(
    router: &Router,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Answer {
    let path = url.strip_prefix(HOST).unwrap_or(url);
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let peer = Peer {
        address: PeerAddress::Tcp(([192, 0, 2, 7], 50_000).into()),
        tls: None,
        unix: None,
        private: true,
    };
    let request = request.extension(peer).body(Body::from(body)).unwrap();
    Answer::of(router.clone().oneshot(request).await.unwrap()).await
}

fn router(registrations: &Arc<Registrations>, refusing: u8) -> Router {
    hf_http::acme::router(door(registrations, refusing))
}

fn door(registrations: &Arc<Registrations>, refusing: u8) -> Arc<Door> {
    let door = Door::new(Arc::clone(registrations), Arc::new(Metrics::new()), Vec::new(), &SystemRandom);
    let door = door.unwrap().refusing(refusing);
    // Who lets nonces be refused wants the rest of what Pebble does, too.
    Arc::new(if refusing > 0 { door.shuffling(u64::from(refusing)) } else { door })
}
