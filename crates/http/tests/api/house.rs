//! A trust domain with its API, and ways to ask it.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, Response, header};
use hf_ca::create::request_for;
use hf_ca::ocsp::{OcspSettings, Responder};
use hf_ca::request::IssueRequest;
use hf_ca::revoke::{RevokeRequest, RevokeTarget};
use hf_core::algorithm::KeyAlgorithm;
use hf_core::name::SanSet;
use hf_core::principal::Channel;
use hf_core::reason::RevocationReason;
use hf_core::right::Right;
use hf_core::time::{Clock as _, Timestamp};
use hf_http::access::credential::{self, Known};
use hf_http::access::rules::Rules;
use hf_http::access::token::KeyFetcher;
use hf_http::access::{Access, Owner};
use hf_http::limits::credentials::CredentialLimiter;
use hf_http::peer::{Peer, PeerAddress, RequestId};
use hf_http::state::Doors;
use hf_http::telemetry::metrics::Metrics;
use hf_keys::private_key::PrivateKey;
use hf_keys::random::SystemRandom;
use hf_proto::api::credential::CredentialRequest;
use hf_proto::api::problem::Problem;
use hf_testkit::ManualClock;
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::founding::{Founding, operator, origin};

/// The user id that owns the process of the tests.
pub(crate) const OWNER: u32 = 4242;

pub(crate) struct House {
    pub(crate) doors: Doors,
    pub(crate) clock: Arc<ManualClock>,
    router: Router,
    _directory: tempfile::TempDir,
}

/// Who is at the other end.
#[derive(Clone, Default)]
pub(crate) struct Asker {
    pub(crate) bearer: Option<String>,
    pub(crate) certificate: Option<Vec<u8>>,
    pub(crate) unix: Option<u32>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Asker {
    pub(crate) fn nobody() -> Self {
        Self::default()
    }

    pub(crate) fn owner() -> Self {
        Self { unix: Some(OWNER), ..Self::default() }
    }

    pub(crate) fn bearer(text: impl Into<String>) -> Self {
        Self { bearer: Some(text.into()), ..Self::default() }
    }

    pub(crate) fn certificate(certificate: &Certificate) -> Self {
        Self { certificate: Some(certificate.der().to_vec()), ..Self::default() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn peer(&self) -> Peer {
        Peer {
            address: match self.unix {
                Some(_) => PeerAddress::Unix,
                None => PeerAddress::Tcp(([127, 0, 0, 1], 50_000).into()),
            },
            tls: self.certificate.clone().map(|der| Arc::from(vec![der])),
            unix: self.unix,
            private: true,
        }
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}: {}", self.status, self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn problem(&self) -> Problem {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.text());
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status);
        assert_eq!(problem.request.as_deref(), Some("test-request"));
        problem
    }

    pub(crate) fn code(&self) -> String {
        self.problem().code.as_str().to_owned()
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(Rules::default(), None).await
    }

    pub(crate) async fn with(rules: Rules, fetcher: Option<Arc<dyn KeyFetcher>>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("keys")).unwrap();
        let clock = Arc::new(ManualClock::default());
        let authority = Arc::new(Founding::within(directory.path(), &clock).found().await);
        let doors = Doors {
            responder: Arc::new(Responder::new(Arc::clone(&authority), OcspSettings::default())),
            authority,
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            metrics: Arc::new(Metrics::new()),
            access: Arc::new(access(rules, fetcher)),
            credentials: Arc::new(CredentialLimiter::new(None)),
            crls: Arc::default(),
        };
        let router = hf_http::api::router(doors.clone());
        Self { doors, clock, router, _directory: directory }
    }

    /// What only the process had in memory is forgotten; what is on record stays.
    pub(crate) fn restart(&mut self) {
        let rules = self.doors.access.rules().as_ref().clone();
        self.doors.access = Arc::new(access(rules, None));
        self.router = hf_http::api::router(self.doors.clone());
    }

    /// Revoke a certificate, as whoever sits at the machine.
    pub(crate) async fn revoke(&self, certificate: &Certificate, reason: RevocationReason) {
        let request = RevokeRequest {
            principal: operator(),
            channel: Channel::CommandLine,
            target: RevokeTarget::Certificate(certificate.clone()),
            reason,
        };
        self.doors.authority.revoke(request).await.unwrap();
    }

    /// A certificate of `authority` for this name with this key.
    pub(crate) async fn issue_with(&self, key: &PrivateKey, authority: &str, name: &str) -> Certificate {
        let request =
            IssueRequest::new(operator(), Channel::CommandLine, authority, "peer", csr(key, &[name]));
        self.doors.authority.issue(request).await.unwrap().certificate
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// An API key with these rights.
    pub(crate) async fn key(&self, rights: &[Right]) -> Asker {
        self.limited_key(CredentialRequest { rights: rights.to_vec(), ..CredentialRequest::default() }).await
    }

    /// An API key as asked for.
    pub(crate) async fn limited_key(&self, request: CredentialRequest) -> Asker {
        let request = CredentialRequest { name: "test".to_owned(), ..request };
        let known = Known {
            authorities: vec!["root".to_owned(), "services".to_owned(), "guests".to_owned()],
            profiles: vec!["peer".to_owned()],
        };
        let store = self.doors.authority.store().as_ref();
        let origin = origin(self.now());
        let (key, _) = credential::create(&request, &known, store, &SystemRandom, &origin).await.unwrap();
        Asker::bearer(key.expose())
    }

    /// A certificate of `authority` for these names, with its key.
    pub(crate) async fn issue(&self, authority: &str, names: &[&str]) -> (Certificate, PrivateKey) {
        let key = key();
        let request =
            IssueRequest::new(operator(), Channel::CommandLine, authority, "peer", csr(&key, names));
        let issued = self.doors.authority.issue(request).await.unwrap();
        (issued.certificate, key)
    }

    pub(crate) async fn get(&self, asker: &Asker, path: &str) -> Answer {
        self.send(asker, "GET", path, None).await
    }

    pub(crate) async fn post(&self, asker: &Asker, path: &str, body: &Value) -> Answer {
        self.send(asker, "POST", path, Some(("application/json", body.to_string().into_bytes()))).await
    }

    pub(crate) async fn send(
        &self,
        asker: &Asker,
        method: &str,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(bearer) = &asker.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        for (name, value) in &asker.headers {
            request = request.header(*name, value);
        }
        let octets = match body {
            Some((media_type, octets)) => {
                request = request.header(header::CONTENT_TYPE, media_type);
                octets
            }
            None => Vec::new(),
        };
        let request = request
            .extension(asker.peer())
            .extension(RequestId(Arc::from("test-request")))
            .body(Body::from(octets))
            .unwrap();
        answer(self.router.clone().oneshot(request).await.unwrap()).await
    }
}

fn access(rules: Rules, fetcher: Option<Arc<dyn KeyFetcher>>) -> Access {
    Access::new(rules, Some(Owner { uid: OWNER, principal: operator() }), fetcher)
}

async fn answer(response: Response<Body>) -> Answer {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer { status: head.status.as_u16(), headers: head.headers, body }
}

pub(crate) fn key() -> PrivateKey {
    PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap()
}

pub(crate) fn csr(key: &PrivateKey, names: &[&str]) -> VerifiedCsr {
    let names: SanSet = names.iter().map(|name| name.parse().unwrap()).collect();
    request_for(&DistinguishedName::empty(), &names, key).unwrap()
}

/// The body of a request for a peer certificate of `services`.
pub(crate) fn wish(names: &[&str]) -> Value {
    serde_json::json!({ "csr": csr(&key(), names).to_pem(), "authority": "services", "profile": "peer" })
}

/// Where a certificate is.
pub(crate) fn place(authority: &str, certificate: &Certificate) -> String {
    format!("/v1/certificates/{authority}/{}", certificate.serial().unwrap())
}
