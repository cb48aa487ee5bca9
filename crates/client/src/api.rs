//! The client of our own API, `/v1`: one method an endpoint.

mod address;

use std::sync::Arc;

use ::http::header::{AUTHORIZATION, CONTENT_TYPE};
use ::http::{HeaderValue, Method, Request};
use bytes::Bytes;
use hf_core::secret::Secret;
use hf_core::serial::Serial;
use hf_identity::client::ClientTls;
use hf_proto::api::audit::{AuditPage, AuditQuery};
use hf_proto::api::authority::{AuthorityList, AuthorityView};
use hf_proto::api::certificate::{CertificatePage, CertificateQuery, CertificateRecord};
use hf_proto::api::credential::{CredentialList, CredentialRequest, NewCredential};
use hf_proto::api::crl::{Crl, CrlRequest};
use hf_proto::api::issue::{CertificateRequest, IDEMPOTENCY_KEY, IssuedCertificate};
use hf_proto::api::problem::Problem;
use hf_proto::api::profile::ProfileList;
use hf_proto::api::renew::RenewalRequest;
use hf_proto::api::revoke::{Revocation, RevocationRequest};
use hf_proto::api::{json, route};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::form_urlencoded::Serializer;

pub use address::{Address, AddressError};

use crate::http::{Bounds, HttpError, Reply, Target, send};

/// The longest answer: a CRL of a million entries.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// Asks one server, with one credential.
pub struct ApiClient {
    address: Address,
    target: Target,
    credential: Option<Secret<String>>,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The server refused, or failed, and says why.
    #[error("the server answers: {}", problem.title)]
    Problem {
        /// What it says.
        problem: Box<Problem>,
    },
    /// There is no answer.
    #[error("no answer of {server}")]
    Http {
        /// The server.
        server: String,
        /// Why.
        #[source]
        source: HttpError,
    },
    /// `https` without roots.
    #[error("{server} needs TLS, and it is not known whom to trust")]
    NoTls {
        /// The server.
        server: String,
    },
    /// The answer is none of this API.
    #[error("the answer of {server} is not of this API: status {status}")]
    Answer {
        /// The server.
        server: String,
        /// Its status.
        status: u16,
    },
    /// The credential would be sent so that others can read it.
    #[error("the credential is not sent to {server} in the clear: use `https://`")]
    InTheClear {
        /// The server.
        server: String,
    },
    /// The credential, or a part of the request, cannot stand in a request.
    #[error("{what} cannot be sent")]
    Unsendable {
        /// What.
        what: &'static str,
    },
}

impl ApiClient {
    /// Of the server at `address`, with an API key or token, or none.
    ///
    /// # Errors
    /// When the address is `https` and there is no `tls`.
    pub fn new(
        address: Address,
        tls: Option<Arc<ClientTls>>,
        credential: Option<Secret<String>>,
    ) -> Result<Self, ApiError> {
        let target = address.target(tls).ok_or_else(|| ApiError::NoTls { server: address.to_string() })?;
        Ok(Self { address, target, credential })
    }

    /// Issue a certificate; a repetition with the same `idempotency_key` gets the one that exists.
    pub async fn issue(
        &self,
        request: &CertificateRequest,
        idempotency_key: Option<&str>,
    ) -> Result<IssuedCertificate, ApiError> {
        self.post(route::CERTIFICATES, request, idempotency_key).await
    }

    /// Renew a certificate.
    pub async fn renew(
        &self,
        request: &RenewalRequest,
        idempotency_key: Option<&str>,
    ) -> Result<IssuedCertificate, ApiError> {
        self.post(route::RENEW, request, idempotency_key).await
    }

    /// A certificate; without an authority, of whichever issued that serial number.
    pub async fn certificate(
        &self,
        authority: Option<&str>,
        serial: &Serial,
    ) -> Result<CertificateRecord, ApiError> {
        let authority = authority.unwrap_or("-");
        self.get(&fill(route::CERTIFICATE, &[("authority", authority), ("serial", &serial.to_string())]))
            .await
    }

    /// Revoke a certificate.
    pub async fn revoke(
        &self,
        authority: &str,
        serial: &Serial,
        request: &RevocationRequest,
    ) -> Result<Revocation, ApiError> {
        let path = fill(route::REVOKE, &[("authority", authority), ("serial", &serial.to_string())]);
        self.post(&path, request, None).await
    }

    /// A page of certificates.
    pub async fn certificates(&self, query: &CertificateQuery) -> Result<CertificatePage, ApiError> {
        self.get(&with_query(route::CERTIFICATES, query)?).await
    }

    /// Every authority.
    pub async fn authorities(&self) -> Result<AuthorityList, ApiError> {
        self.get(route::AUTHORITIES).await
    }

    /// One authority.
    pub async fn authority(&self, name: &str) -> Result<AuthorityView, ApiError> {
        self.get(&fill(route::AUTHORITY, &[("name", name)])).await
    }

    /// The certificates of an authority, PEM.
    pub async fn chain(&self, name: &str) -> Result<String, ApiError> {
        let answer = self.send(Method::GET, &fill(route::CHAIN, &[("name", name)]), None, None).await?;
        String::from_utf8(answer.body.to_vec()).map_err(|_| self.strange(&answer))
    }

    /// The latest CRL of an authority, DER.
    pub async fn crl(&self, name: &str) -> Result<Vec<u8>, ApiError> {
        let answer = self.send(Method::GET, &fill(route::CRL, &[("name", name)]), None, None).await?;
        Ok(answer.body.to_vec())
    }

    /// Have an authority sign a new CRL.
    pub async fn new_crl(&self, name: &str, request: &CrlRequest) -> Result<Crl, ApiError> {
        self.post(&fill(route::CRL, &[("name", name)]), request, None).await
    }

    /// Every profile.
    pub async fn profiles(&self) -> Result<ProfileList, ApiError> {
        self.get(route::PROFILES).await
    }

    /// A page of the audit log.
    pub async fn audit(&self, query: &AuditQuery) -> Result<AuditPage, ApiError> {
        self.get(&with_query(route::AUDIT, query)?).await
    }

    /// Every API key.
    pub async fn credentials(&self) -> Result<CredentialList, ApiError> {
        self.get(route::CREDENTIALS).await
    }

    /// Make an API key.
    pub async fn create_credential(&self, request: &CredentialRequest) -> Result<NewCredential, ApiError> {
        self.post(route::CREDENTIALS, request, None).await
    }

    /// Revoke an API key.
    pub async fn revoke_credential(&self, id: &str) -> Result<(), ApiError> {
        self.send(Method::DELETE, &fill(route::CREDENTIAL, &[("id", id)]), None, None).await.map(drop)
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ApiError> {
        let answer = self.send(Method::GET, path, None, None).await?;
        self.read(&answer)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
        idempotency_key: Option<&str>,
    ) -> Result<T, ApiError> {
        let body = json::write(body).map_err(|_| ApiError::Unsendable { what: "the body" })?;
        let answer = self.send(Method::POST, path, Some(body), idempotency_key).await?;
        self.read(&answer)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        idempotency_key: Option<&str>,
    ) -> Result<Reply, ApiError> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(credential) = &self.credential {
            request = request.header(AUTHORIZATION, self.bearer(credential)?);
        }
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some(key) = idempotency_key {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        let request = request
            .body(Bytes::from(body.unwrap_or_default()))
            .map_err(|_| ApiError::Unsendable { what: "the request" })?;
        let bounds = Bounds { body: MAX_ANSWER, ..Bounds::default() };
        let answer = send(&self.target, request, bounds)
            .await
            .map_err(|source| ApiError::Http { server: self.address.to_string(), source })?;
        if (200..300).contains(&answer.status) { Ok(answer) } else { Err(self.problem(&answer)) }
    }

    fn bearer(&self, credential: &Secret<String>) -> Result<HeaderValue, ApiError> {
        if !self.address.is_private() {
            return Err(ApiError::InTheClear { server: self.address.to_string() });
        }
        let mut value = HeaderValue::from_str(&format!("Bearer {}", credential.expose()))
            .map_err(|_| ApiError::Unsendable { what: "the credential" })?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn read<T: DeserializeOwned>(&self, answer: &Reply) -> Result<T, ApiError> {
        serde_json::from_slice(&answer.body).map_err(|_| self.strange(answer))
    }

    fn problem(&self, answer: &Reply) -> ApiError {
        match serde_json::from_slice::<Problem>(&answer.body) {
            Ok(problem) => ApiError::Problem { problem: Box::new(problem) },
            Err(_) => self.strange(answer),
        }
    }

    fn strange(&self, answer: &Reply) -> ApiError {
        ApiError::Answer { server: self.address.to_string(), status: answer.status }
    }
}

/// The path with its parameters, each percent-encoded.
fn fill(path: &str, parameters: &[(&str, &str)]) -> String {
    let mut path = path.to_owned();
    for (name, value) in parameters {
        path = path.replace(&format!("{{{name}}}"), &encoded(value));
    }
    path
}

fn encoded(value: &str) -> String {
    let mut text = String::new();
    for octet in value.bytes() {
        if octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(octet));
        } else {
            text.extend(["%", &format!("{octet:02X}")]);
        }
    }
    text
}

/// The path with a query.
fn with_query(path: &str, query: &impl Serialize) -> Result<String, ApiError> {
    let unsendable = || ApiError::Unsendable { what: "the query" };
    let value = serde_json::to_value(query).map_err(|_| unsendable())?;
    let members = value.as_object().ok_or_else(unsendable)?;
    if members.is_empty() {
        return Ok(path.to_owned());
    }
    let mut pairs = Serializer::new(String::new());
    for (name, value) in members {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        pairs.append_pair(name, &text);
    }
    Ok(format!("{path}?{}", pairs.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_cannot_change_the_path() {
        assert_eq!(fill(route::AUTHORITY, &[("name", "../x?y")]), "/v1/authorities/..%2Fx%3Fy");
        let query = CertificateQuery {
            name: Some("a&b=c".to_owned()),
            limit: Some(5),
            ..CertificateQuery::default()
        };
        assert_eq!(
            with_query("/v1/certificates", &query).unwrap(),
            "/v1/certificates?limit=5&name=a%26b%3Dc"
        );
    }
}
