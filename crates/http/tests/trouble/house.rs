//! An authority behind the listeners of all doors, with a key and a store that can be held up.

use std::num::NonZeroUsize;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixListener;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use axum::Router;
use hf_ca::authority::Authority;
use hf_ca::create::request_for;
use hf_ca::ocsp::{OcspSettings, Responder};
use hf_ca::signer::SignerSettings;
use hf_cfssl::logs::HttpLogs;
use hf_cfssl::machine::{Machine, State};
use hf_cfssl::signer::LocalSigner;
use hf_cfssl::universal::UniversalSigner;
use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use hf_http::access::rules::Rules;
use hf_http::access::{Access, Owner};
use hf_http::cfssl::caller::Proofs;
use hf_http::cfssl::door::{Door, DoorHandle, Label, Labels, ListLifetimes};
use hf_http::cfssl::openings::Openings;
use hf_http::limits::Limits;
use hf_http::limits::credentials::CredentialLimiter;
use hf_http::server::{Listener, Server};
use hf_http::state::Doors;
use hf_http::telemetry::metrics::Metrics;
use hf_keys::private_key::PrivateKey;
use hf_keys::random::SystemRandom;
use hf_keys::signing_key::{SignError, SigningKey};
use hf_proto::cfssl::auth::{AuthKey, Endpoint, KeyType};
use hf_proto::cfssl::code::ErrorKind;
use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::go_json;
use hf_store::Store;
use hf_store::faulty::{Failure, FaultyStore};
use hf_store::list::ListFilter;
use hf_store::record::Body;
use hf_testkit::ManualClock;
use hf_x509::certificate::Certificate;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::ocsp::{CertId, CertIdHash, CertStatus, OcspRequest, OcspResponse, ResponseStatus};
use hf_x509::public_key::PublicKey;
use hf_x509::signature::Signature;
use hf_x509::tbs::{ToBeSigned, ToBeSignedKind};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use crate::founding::{Founding, operator};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const POLICY: &str = r#"{"signing": {"default":
    {"usages": ["signing", "server auth"], "expiry": "24h", "auth_key": "k"}},
  "auth_keys": {"k": {"type": "standard", "key": "0123456789abcdef0123456789abcdef"}}}"#;

/// A key that signs certificates and OCSP answers only while it is let, and remembers which certificates.
pub(crate) struct HeldKey {
    inner: PrivateKey,
    held: Mutex<bool>,
    released: Condvar,
    pub(crate) signed: Mutex<Vec<Vec<u8>>>,
    /// The store that goes down as soon as this has signed.
    pub(crate) breaks: Mutex<Option<Arc<FaultyStore>>>,
}

impl HeldKey {
    pub(crate) fn hold(&self, held: bool) {
        *self.held.lock().unwrap() = held;
        self.released.notify_all();
    }
}

impl SigningKey for HeldKey {
    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn key_algorithm(&self) -> KeyAlgorithm {
        self.inner.key_algorithm()
    }

    fn sign(&self, message: &ToBeSigned) -> Result<Signature, SignError> {
        if matches!(message.kind(), ToBeSignedKind::Certificate | ToBeSignedKind::Ocsp) {
            drop(self.released.wait_while(self.held.lock().unwrap(), |held| *held).unwrap());
        }
        if message.kind() == ToBeSignedKind::Certificate {
            self.signed.lock().unwrap().push(message.bytes().to_vec());
            if let Some(store) = self.breaks.lock().unwrap().take() {
                store.go_down(hf_store::faulty::Outage::Refuses);
            }
        }
        self.inner.sign(message)
    }
}

/// An answer.
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Told {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}{}", self.head, self.body))
    }

    /// Turned away with 503 and a time to come back, in the form of our own API; the code.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.status, 503, "{}", self.body);
        assert!(self.head.contains("\r\nretry-after: "), "{}", self.head);
        assert!(self.head.contains("\r\ncontent-type: application/problem+json"), "{}", self.head);
        assert!(!self.body.contains("BEGIN CERTIFICATE"));
        self.json()["code"].as_str().unwrap().to_owned()
    }

    /// The same in the envelope of CFSSL.
    pub(crate) fn envelope(&self) -> String {
        assert_eq!(self.status, 503, "{}", self.body);
        assert!(self.head.contains("\r\nretry-after: "), "{}", self.head);
        let body = self.json();
        assert_eq!((&body["success"], &body["result"]), (&Value::Bool(false), &Value::Null));
        body["errors"][0]["message"].as_str().unwrap().to_owned()
    }
}

pub(crate) struct House {
    pub(crate) authority: Arc<Authority>,
    pub(crate) key: Arc<HeldKey>,
    pub(crate) store: Arc<FaultyStore>,
    inner: Arc<dyn Store>,
    directory: tempfile::TempDir,
    _server: Server,
}

impl House {
    /// Signers that may take so long, with so many places.
    pub(crate) async fn new(deadline: Duration, places: usize) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("keys")).unwrap();
        let clock = Arc::new(ManualClock::default());
        let founding = Founding::within(directory.path(), &clock);
        let inner = Arc::clone(&founding.store);
        let store = Arc::new(FaultyStore::new(inner.clone(), 0, Failure::Lost));
        let config = Config::read(POLICY.as_bytes(), &|_| Err("no files".into())).unwrap();
        let policy = Arc::new(hf_cfssl::policy::Policy::compile(config, "services").unwrap());
        let settings = SignerSettings {
            threads: NonZeroUsize::MIN,
            queue: NonZeroUsize::new(places).unwrap(),
            deadline,
        };
        let founding = Founding {
            store: store.clone(),
            profiles: policy.profiles(),
            signer: settings,
            below: &["services"],
            ..founding
        };
        let authority = Arc::new(founding.found().await);
        let key = lend(directory.path(), &authority).await;
        let doors = doors(directory.path(), authority.clone(), clock.clone());
        let local = LocalSigner::new(authority.clone(), "services", Arc::clone(&policy));
        let signer =
            UniversalSigner::new(Arc::clone(&policy), Some(local), &|_| Err(ErrorKind::Dial.into())).unwrap();
        let door = Door {
            labels: Labels::single(Label::new("services", signer, policy)),
            openings: Openings::none(),
            proofs: Proofs::Nothing,
            metrics: doors.metrics.for_cfssl(),
            credentials: doors.credentials.clone(),
            records: None,
            crl: None,
            lists: ListLifetimes::default(),
            responder: None,
            bundler: None,
            bundles_beside: false,
            machine: Machine {
                clock,
                random: Arc::new(SystemRandom),
                operator: operator(),
                state: State::Temporary(directory.path().to_owned()),
                logs: Arc::new(HttpLogs::new(|| Err("no TLS".to_owned()))),
            },
            workers: Arc::new(tokio::sync::Semaphore::new(1)),
        };
        let server = listen(directory.path(), &doors, hf_http::cfssl::router(DoorHandle::new(door)));
        let house = Self { authority, key, store, inner, directory, _server: server };
        for name in ["root", "services"] {
            let made = house.ask("api", "POST", &format!("/v1/authorities/{name}/crl"), "{}").await;
            assert!(made.status < 300, "{}", made.body);
        }
        house
    }

    pub(crate) async fn ask(&self, door: &str, method: &str, path: &str, body: &str) -> Told {
        let mut stream = UnixStream::connect(self.directory.path().join(door)).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: ca\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head[9..12].parse().unwrap();
        Told { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// Ask about a certificate of `services`; what came of it, and what is known.
    pub(crate) async fn status(&self, serial: &Serial) -> (ResponseStatus, Option<CertStatus>) {
        let issuer = self.authority.issuers().get("services").unwrap();
        let id = CertId::new(CertIdHash::Sha1, issuer.certificate().unwrap(), serial);
        let request = OcspRequest { certificates: vec![id], nonce: None }.to_der();
        // A condition changes nothing in the answer to a POST, from memory or not.
        let head = format!(
            "POST /ocsp/services HTTP/1.1\r\nHost: ca\r\nConnection: close\r\nIf-None-Match: *\r\n\
             Content-Length: {}\r\n\r\n",
            request.len()
        );
        let mut stream = UnixStream::connect(self.directory.path().join("plain")).await.unwrap();
        stream.write_all(&[head.as_bytes(), &request].concat()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        let response = OcspResponse::from_der(&answer[end..]).unwrap();
        (response.status, response.basic.map(|basic| basic.responses[0].status))
    }

    /// Issue, for its serial number.
    pub(crate) async fn serial(&self) -> Serial {
        let issued = self.issue().await;
        assert_eq!(issued.status, 201, "{}", issued.body);
        let page = self.inner.list(ListFilter::default(), None, 1_000).await.unwrap();
        page.items.into_iter().rfind(|record| record.authority == "services").unwrap().serial
    }

    pub(crate) async fn get(&self, door: &str, path: &str) -> Told {
        self.ask(door, "GET", path, "").await
    }

    /// Ask our own API for a certificate.
    pub(crate) async fn issue(&self) -> Told {
        let body = serde_json::json!({ "csr": csr(), "authority": "services", "profile": "peer" });
        self.ask("api", "POST", "/v1/certificates", &body.to_string()).await
    }

    /// Ask for one with a token of CFSSL.
    pub(crate) async fn authsign(&self) -> Told {
        let path = "/api/v1/cfssl/authsign";
        let request = serde_json::json!({ "certificate_request": csr() }).to_string();
        let key = AuthKey::from_hex(KeyType::Standard, KEY).unwrap();
        let at = Timestamp::from_unix_seconds(0);
        let mut message = key.authenticate(request.into(), Endpoint { method: "POST", path }, at, &[]);
        message.bound = None;
        self.ask("cfssl", "POST", path, &go_json::to_string(&message)).await
    }

    /// What only reads or watches goes on.
    pub(crate) async fn reads_go_on(&self) {
        for (door, path) in [
            ("api", "/v1/certificates"),
            ("api", "/v1/authorities"),
            ("api", "/v1/authorities/services/crl"),
            ("admin", "/livez"),
            ("admin", "/readyz"),
            ("admin", "/metrics"),
        ] {
            let told = self.get(door, path).await;
            assert_eq!(told.status, 200, "{path}: {}", told.body);
        }
    }

    /// Certificates below `services` that are on record as issued; nothing was signed that is not on record.
    pub(crate) async fn issued(&self) -> usize {
        let mut on_record = Vec::new();
        let mut issued = 0;
        let page = self.inner.list(ListFilter::default(), None, 1_000).await.unwrap();
        for record in page.items {
            match record.body {
                Body::PossiblySigned(tbs) => on_record.push(tbs),
                Body::Issued(der) => {
                    let certificate = Certificate::from_der(&der).unwrap();
                    issued += usize::from(
                        self.key.signed.lock().unwrap().iter().any(|tbs| tbs == certificate.tbs_der()),
                    );
                    on_record.push(certificate.tbs_der().to_vec());
                }
            }
        }
        let open = self.inner.open_intents(1_000).await.unwrap().len();
        let signed = self.key.signed.lock().unwrap();
        let missing = signed.iter().filter(|tbs| !on_record.contains(tbs)).count();
        assert!(missing <= open, "{missing} signed, but not on record");
        issued
    }

    pub(crate) async fn intents(&self) -> usize {
        self.inner.open_intents(1_000).await.unwrap().len()
    }
}

fn listen(directory: &std::path::Path, doors: &Doors, cfssl: Router) -> Server {
    let socket =
        |name: &str| Listener::unix(name, UnixListener::bind(directory.join(name)).unwrap()).unwrap();
    let listeners = vec![
        (socket("api"), hf_http::api::router(doors.clone())),
        (socket("plain"), hf_http::pki::router(doors.clone())),
        (socket("admin"), hf_http::admin::router(doors.clone())),
        (socket("cfssl").with_wording(Arc::new(hf_http::cfssl::envelope)), cfssl),
    ];
    let limits = Limits { answer: Duration::from_secs(4), ..Limits::default() };
    Server::start(listeners, limits, doors.metrics.clone(), None, &SystemRandom).unwrap()
}

fn doors(directory: &std::path::Path, authority: Arc<Authority>, clock: Arc<ManualClock>) -> Doors {
    let uid = std::fs::metadata(directory).unwrap().uid();
    Doors {
        responder: Arc::new(Responder::new(Arc::clone(&authority), OcspSettings::default())),
        authority,
        clock,
        random: Arc::new(SystemRandom),
        metrics: Arc::new(Metrics::new()),
        access: Arc::new(Access::new(Rules::default(), Some(Owner { uid, principal: operator() }), None)),
        credentials: Arc::new(CredentialLimiter::new(None)),
        crls: Arc::default(),
    }
}

async fn lend(directory: &std::path::Path, authority: &Authority) -> Arc<HeldKey> {
    let record = authority.store().authority("services").await.unwrap().unwrap();
    let reference = record.key.unwrap();
    let file = directory.join("keys").join(reference.strip_prefix("file:").unwrap());
    let key = Arc::new(HeldKey {
        inner: hf_keys::file::read_private_key(&file, None).unwrap(),
        held: Mutex::new(false),
        released: Condvar::new(),
        signed: Mutex::default(),
        breaks: Mutex::default(),
    });
    authority.lend_key("services", key.clone()).await.unwrap();
    key
}

fn csr() -> String {
    let key = PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap();
    let names: SanSet = std::iter::once("web.shop.internal".parse().unwrap()).collect();
    request_for(&DistinguishedName::empty(), &names, &key).unwrap().to_pem()
}
