//! Requests made by hand, for what no honest client sends, and the JWS around them.

use axum::body::{Body, to_bytes};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use hf_core::algorithm::KeyAlgorithm;
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use http::{HeaderMap, Request};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::house::{BASE, House};

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The word of its type; that it is a whole problem document, with a nonce.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert!(!self.header("replay-nonce").is_empty());
        let json = self.json();
        assert_eq!(json["status"], self.status);
        (self.status, json["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned())
    }
}

/// An account key, and its account once it has one.
pub(crate) struct Signer {
    pub(crate) key: PrivateKey,
    pub(crate) kid: Option<String>,
}

impl Signer {
    pub(crate) fn new() -> Self {
        Self { key: PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap(), kid: None }
    }

    /// Register it.
    pub(crate) async fn registered(house: &House) -> Self {
        let mut signer = Self::new();
        let made = signer.post(house, &url("new-account"), &json!({})).await;
        assert_eq!(made.status, 201);
        signer.kid = Some(made.header("location").to_owned());
        signer
    }

    pub(crate) fn jwk(&self) -> Value {
        let (_, point) = self.key.public_key().ec_point().unwrap();
        json!({"kty": "EC", "crv": "P-256", "x": B64.encode(&point[1..33]), "y": B64.encode(&point[33..])})
    }

    pub(crate) fn jws(&self, header: &Value, payload: &str) -> Value {
        let (protected, payload) = (B64.encode(header.to_string()), B64.encode(payload));
        let signed = format!("{protected}.{payload}");
        let key = EncodingKey::from_ec_der(self.key.to_pkcs8_der().expose());
        let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::ES256).unwrap();
        json!({"protected": protected, "payload": payload, "signature": signature})
    }

    /// By the account, else by the key.
    pub(crate) async fn post(&self, house: &House, url: &str, payload: &Value) -> Answer {
        self.send(house, url, &payload.to_string()).await
    }

    /// POST-as-GET.
    pub(crate) async fn get(&self, house: &House, url: &str) -> Answer {
        self.send(house, url, "").await
    }

    async fn send(&self, house: &House, url: &str, payload: &str) -> Answer {
        let mut header = json!({"alg": "ES256", "nonce": nonce(house).await, "url": url});
        match &self.kid {
            Some(kid) => header["kid"] = json!(kid),
            None => header["jwk"] = self.jwk(),
        }
        post(house, url, self.jws(&header, payload).to_string()).await
    }
}

/// Below the default authority.
pub(crate) fn url(path: &str) -> String {
    format!("{BASE}/acme/services/{path}")
}

pub(crate) async fn nonce(house: &House) -> String {
    send(house, "HEAD", &url("new-nonce"), &[], "").await.header("replay-nonce").to_owned()
}

pub(crate) async fn post(house: &House, url: &str, body: String) -> Answer {
    send(house, "POST", url, &[("content-type", "application/jose+json")], body).await
}

pub(crate) async fn send(
    house: &House,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(url.strip_prefix(BASE).unwrap());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = house.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
    Answer { status: head.status.as_u16(), headers: head.headers, body }
}
