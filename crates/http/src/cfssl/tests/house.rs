//! An authority behind a door, and callers.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hf_cfssl::logs::HttpLogs;
use hf_cfssl::machine::{Machine, State};
use hf_cfssl::policy::{Policy, Unknown};
use hf_cfssl::signer::LocalSigner;
use hf_cfssl::standalone::Standalone;
use hf_cfssl::universal::UniversalSigner;
use hf_cfssl::{csr, initca};
use hf_core::principal::Principal;
use hf_core::time::Timestamp;
use hf_proto::cfssl::auth::{AuthKey, Endpoint as Target, KeyType};
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::go_json;
use hf_testkit::{ManualClock, SeededRandom};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tower::ServiceExt;

use crate::cfssl::caller::Proofs;
use crate::cfssl::door::{Door, DoorHandle, Label, Labels, ListLifetimes};
use crate::cfssl::metrics::Metrics;
use crate::cfssl::openings::Openings;
use crate::limits::Rate;
use crate::limits::credentials::CredentialLimiter;
use crate::peer::{Peer, PeerAddress};

pub(super) const KEY: &str = "0123456789abcdef0123456789abcdef";
pub(super) const OLD_KEY: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(super) const BOUND_KEY: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// Profiles: the default one without a key; `held` with one and the one before; `bound` with one that takes bound proofs
/// alone; names end in `.internal`.
const POLICY: &str = r#"{"signing": {
    "default": {"usages": ["signing", "server auth"], "expiry": "24h"},
    "profiles": {
        "held": {"usages": ["signing", "server auth"], "expiry": "24h", "auth_key": "new", "prev_auth_key": "old",
                 "name_whitelist": "\\.internal$"},
        "bound": {"usages": ["signing", "client auth"], "expiry": "24h", "auth_key": "bound"}}},
  "auth_keys": {"new": {"type": "standard", "key": "0123456789abcdef0123456789abcdef"},
                "old": {"type": "standard", "key": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
                "bound": {"type": "bound", "key": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}}"#;

/// What differs between the doors of the tests.
#[derive(Default)]
pub(super) struct Wish {
    pub(super) enable: &'static str,
    pub(super) lenient: bool,
    pub(super) rate: Option<Rate>,
    pub(super) networks: Option<&'static str>,
}

pub(super) struct House {
    pub(super) router: Router,
    pub(super) several: Router,
    pub(super) clock: Arc<ManualClock>,
    pub(super) metrics: Metrics,
    _record: Standalone,
    _directory: TempDir,
}

/// An answer.
pub(super) struct Told {
    pub(super) status: StatusCode,
    pub(super) kind: String,
    pub(super) retry: Option<String>,
    pub(super) body: Value,
}

impl Told {
    pub(super) fn code(&self) -> i64 {
        self.body["errors"][0]["code"].as_i64().unwrap()
    }

    pub(super) fn message(&self) -> &str {
        self.body["errors"][0]["message"].as_str().unwrap()
    }

    pub(super) fn certificate(&self) -> &str {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        self.body["result"]["certificate"].as_str().unwrap()
    }
}

impl House {
    pub(super) async fn new(wish: Wish) -> Self {
        let directory = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::default());
        let machine = Machine {
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(7)),
            operator: Principal::Operator { user: "test".into() },
            state: State::Temporary(directory.path().to_owned()),
            logs: Arc::new(HttpLogs::new(|| Err("no TLS".to_owned()))),
        };
        let root = go_json::from_str(r#"{"CN": "Test Root"}"#).unwrap();
        let root = initca::create(&machine, &root).await.unwrap();
        let key = Arc::try_unwrap(root.key.unwrap()).ok().unwrap();
        let config = Config::read(POLICY.as_bytes(), &|_| Err("no files".into())).unwrap();
        let policy = Arc::new(Policy::compile(config, "primary").unwrap());
        let record = Standalone::open(&machine, policy.profiles()).await.unwrap();
        let issuer = record.admit(&[root.certificate], key).await.unwrap();
        let signer = || {
            let local = LocalSigner::new(Arc::clone(record.authority()), issuer.clone(), Arc::clone(&policy));
            UniversalSigner::new(Arc::clone(&policy), Some(local), &|_| Err(ErrorKind::Dial.into())).unwrap()
        };
        let unknown = if wish.lenient { Unknown::IsDefault } else { Unknown::Refused };
        let networks = wish.networks.map(|text| vec![text.parse().unwrap()]);
        let label = |name: &str| {
            let label = Label::new(name, signer(), Arc::clone(&policy)).with_unknown(unknown);
            label.with_networks(networks.clone())
        };
        let metrics = Metrics::default();
        let credentials = Arc::new(CredentialLimiter::new(wish.rate));
        let door = |labels: Labels| {
            DoorHandle::new(Door {
                labels,
                openings: Openings::parse(wish.enable, "").unwrap(),
                proofs: Proofs::Nothing,
                metrics: metrics.clone(),
                credentials: Arc::clone(&credentials),
                records: None,
                crl: None,
                lists: ListLifetimes::default(),
                responder: None,
                bundler: None,
                bundles_beside: false,
                machine: machine.clone(),
                workers: Arc::new(Semaphore::new(2)),
            })
        };
        let one = door(Labels::single(label("primary")));
        let both = Labels::several([label("primary"), label("backup")], "primary").unwrap();
        let several = crate::cfssl::multirootca::router(door(both));
        Self {
            router: crate::cfssl::router(one),
            several,
            clock,
            metrics,
            _record: record,
            _directory: directory,
        }
    }

    pub(super) async fn ask(&self, method: Method, endpoint: &str, body: impl Into<Body>) -> Told {
        send(&self.router, method, endpoint, body).await
    }

    pub(super) async fn post(&self, endpoint: &str, body: impl Into<Body>) -> Told {
        self.ask(Method::POST, endpoint, body).await
    }

    pub(super) fn now(&self) -> Timestamp {
        hf_core::time::Clock::now(self.clock.as_ref())
    }

    /// How often a metric's line was counted.
    pub(super) fn counted(&self, line: &str) -> bool {
        let mut registry = prometheus_client::registry::Registry::default();
        self.metrics.register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).unwrap();
        text.lines().any(|found| found == line)
    }
}

pub(super) async fn send(router: &Router, method: Method, endpoint: &str, body: impl Into<Body>) -> Told {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1/cfssl/{endpoint}"))
        .extension(Peer {
            address: PeerAddress::Tcp("192.0.2.7:1234".parse().unwrap()),
            tls: None,
            unix: None,
            private: false,
        })
        .body(body.into())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let text = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let body = body.collect().await.unwrap().to_bytes();
    Told {
        status: head.status,
        kind: text("content-type").unwrap_or_default(),
        retry: text("retry-after"),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    }
}

/// A signing request for these hosts.
pub(super) fn csr(hosts: &[&str]) -> String {
    let request = BTreeMap::from([("hosts", hosts)]);
    let request = go_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
    csr::generate(&request).unwrap().csr.to_pem()
}

/// The body of a request for a certificate.
pub(super) fn wanted(profile: &str, label: &str, csr: &str) -> String {
    serde_json::json!({"certificate_request": csr, "profile": profile, "label": label}).to_string()
}

/// The message with CFSSL's token of this key.
pub(super) fn sealed(key: &str, request: &str) -> String {
    let key = AuthKey::from_hex(KeyType::Standard, key).unwrap();
    let mut message = key.authenticate(request.into(), TARGET, Timestamp::from_unix_seconds(0), &[]);
    message.bound = None;
    go_json::to_string(&message)
}

/// The message with a proof that is bound to this endpoint, this time and this nonce.
pub(super) fn bound(key: &str, request: &str, endpoint: &str, now: Timestamp, nonce: &[u8]) -> String {
    let key = AuthKey::from_hex(KeyType::Bound, key).unwrap();
    let path = format!("/api/v1/cfssl/{endpoint}");
    let target = Target { method: "POST", path: &path };
    go_json::to_string(&key.authenticate(request.into(), target, now, nonce))
}

const TARGET: Target<'static> = Target { method: "POST", path: "/api/v1/cfssl/authsign" };
