//! A client of `/api/v1/cfssl/`, of our server's and of CFSSL's own.
//!
//! Faults are told with the codes of CFSSL's client: 7400 without an answer of status 200, 7200 for one that cannot be
//! read, 7500 for one that says that it failed.

use std::sync::Arc;

use ::http::{HeaderValue, Request, header};
use bytes::Bytes;
use hf_core::causes::with_causes;
use hf_core::random::Random;
use hf_core::time::Clock;
use hf_identity::client::ClientTls;
use hf_proto::cfssl::auth::{AuthKey, Endpoint};
use hf_proto::cfssl::bundle::Bundle;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::endpoints::StringMap;
use hf_proto::cfssl::endpoints::sign::SignResult;
use hf_proto::cfssl::envelope::Envelope;
use hf_proto::cfssl::go_json::{self, GoValue};
use hf_proto::cfssl::info::{InfoRequest, InfoResponse};
use hf_proto::cfssl::remotes::{self, RemoteAddress};
use hf_proto::cfssl::sign_request::SignRequest;
use serde::de::DeserializeOwned;

use crate::http::{Bounds, Reply, Target, send};

/// Octets of a failure's body that are told. An envelope with a whole certificate fits.
const MAX_TOLD: usize = 8 * 1024;

/// A client of one server, or of several that stand in for each other.
pub struct CfsslClient {
    addresses: Vec<RemoteAddress>,
    tls: Option<Arc<ClientTls>>,
    bounds: Bounds,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl CfsslClient {
    /// A client of the servers at `addresses`, a list with commas that is tried in order. `tls` says whom to trust behind
    /// `https://`.
    ///
    /// # Errors
    /// 7400 for a list that is none, and for `https://` without `tls`.
    pub fn new(
        addresses: &str,
        tls: Option<Arc<ClientTls>>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, CfsslError> {
        let addresses =
            remotes::parse_list(addresses).map_err(|error| CfsslError::wrap(ErrorKind::ClientHttp, error))?;
        if tls.is_none()
            && let Some(address) = addresses.iter().find(|address| address.tls)
        {
            let message = format_args!("`{address}` needs roots to trust: give them with `-tls-remote-ca`");
            return Err(CfsslError::wrap(ErrorKind::ClientHttp, message));
        }
        Ok(Self { addresses, tls, bounds: Bounds::default(), clock, random })
    }

    /// With other bounds on time and size.
    #[must_use]
    pub fn with_bounds(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// The servers, in order.
    pub fn addresses(&self) -> &[RemoteAddress] {
        &self.addresses
    }

    /// Ask for a certificate without authentication.
    ///
    /// # Errors
    /// What the last server said.
    pub async fn sign(&self, request: &SignRequest) -> Result<SignResult, CfsslError> {
        self.certificate("sign", |_| Ok(go_json::to_string(request).into_bytes())).await
    }

    /// Ask for a certificate and prove to hold `key`: with a proof bound to time and endpoint, and, unless the key is for
    /// that alone, with the token of CFSSL too.
    ///
    /// # Errors
    /// What the last server said; 7100 when the system has no random octets.
    pub async fn auth_sign(&self, request: &SignRequest, key: &AuthKey) -> Result<SignResult, CfsslError> {
        self.certificate("authsign", |path| {
            let mut nonce = [0; 16];
            self.random
                .fill(&mut nonce)
                .map_err(|error| CfsslError::wrap(ErrorKind::ClientAuthentication, error))?;
            let inner = go_json::to_string(request).into_bytes();
            let endpoint = Endpoint { method: "POST", path };
            Ok(go_json::to_string(&key.authenticate(inner, endpoint, self.clock.now(), &nonce)).into_bytes())
        })
        .await
    }

    /// Ask what signer and profile are like.
    ///
    /// # Errors
    /// What the last server said.
    pub async fn info(&self, request: &InfoRequest) -> Result<InfoResponse, CfsslError> {
        self.call("info", request).await
    }

    /// Ask for a certificate with its path; the keys of `request` are those of the endpoint.
    ///
    /// # Errors
    /// What the last server said.
    pub async fn bundle(&self, request: &StringMap) -> Result<Bundle, CfsslError> {
        self.call("bundle", request).await
    }

    /// Post `request` to the endpoint of that name.
    ///
    /// # Errors
    /// What the last server said.
    pub async fn call<T: DeserializeOwned>(
        &self,
        endpoint: &str,
        request: &impl serde::Serialize,
    ) -> Result<T, CfsslError> {
        let body = go_json::to_string(request).into_bytes();
        self.post(endpoint, |_| Ok(body.clone())).await
    }

    async fn certificate(
        &self,
        endpoint: &str,
        body: impl Fn(&str) -> Result<Vec<u8>, CfsslError>,
    ) -> Result<SignResult, CfsslError> {
        let result: SignResult = self.post(endpoint, body).await?;
        if result.certificate.is_empty() {
            return Err(CfsslError::wrap(ErrorKind::ClientHttp, "response doesn't contain certificate."));
        }
        Ok(result)
    }

    /// Try each server in turn, with a body made for its path, until one answers with success.
    async fn post<T: DeserializeOwned>(
        &self,
        endpoint: &str,
        body: impl Fn(&str) -> Result<Vec<u8>, CfsslError>,
    ) -> Result<T, CfsslError> {
        let mut last = CfsslError::new(ErrorKind::ClientHttp);
        for address in &self.addresses {
            let path = address.path(endpoint);
            match self.post_to(address, &path, body(&path)?).await {
                Ok(result) => return Ok(result),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn post_to<T: DeserializeOwned>(
        &self,
        address: &RemoteAddress,
        path: &str,
        body: Vec<u8>,
    ) -> Result<T, CfsslError> {
        let failed = |why: String| {
            let url = format_args!("{}{path}", origin(address));
            CfsslError::wrap(ErrorKind::ClientHttp, format_args!("failed POST to {url}: {why}"))
        };
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(Bytes::from(body))
            .map_err(|error| failed(error.to_string()))?;
        let reply = send(&self.target(address), request, self.bounds).await;
        result_of(&reply.map_err(|error| failed(with_causes(&error)))?)
    }

    fn target(&self, address: &RemoteAddress) -> Target {
        let (host, port) = (address.host.clone(), address.port);
        match &self.tls {
            Some(tls) if address.tls => Target::Tls { host, port, tls: Arc::clone(tls) },
            Some(_) | None => Target::Tcp { host, port },
        }
    }
}

fn origin(address: &RemoteAddress) -> String {
    RemoteAddress { base: String::new(), ..address.clone() }.to_string()
}

/// The result in an answer that tells of success.
fn result_of<T: DeserializeOwned>(reply: &Reply) -> Result<T, CfsslError> {
    if reply.status != 200 {
        let told = reply.body.get(..MAX_TOLD).unwrap_or(&reply.body);
        return Err(CfsslError::wrap(ErrorKind::ClientHttp, String::from_utf8_lossy(told)));
    }
    let no_json = |error| CfsslError::wrap(ErrorKind::ClientJson, error);
    let answer: Envelope<GoValue> = go_json::from_slice(&reply.body).map_err(no_json)?;
    match (answer.success, answer.result) {
        (true, Some(result)) => go_json::from_value(&result).map_err(no_json),
        _ => Err(match answer.errors.into_iter().next() {
            Some(error) => CfsslError::wrap(ErrorKind::ClientServerFailed, error.message),
            None => CfsslError::new(ErrorKind::ClientServerFailed),
        }),
    }
}

#[cfg(test)]
mod tests;
