//! The signed form, RFC 7515 section 7.1: three parts in base64url, separated by dots.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hf_proto::api::json;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use super::claims::Claims;
use super::{MAX_TOKEN, TokenError};

/// A token taken apart; nothing of it is proven.
pub(super) struct Jws<'t> {
    signed: &'t str,
    signature: &'t str,
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    pub(super) payload: Map<String, Value>,
}

/// A key of an issuer, with the one algorithm that it is for.
#[derive(Clone)]
pub(super) struct IssuerKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl<'t> Jws<'t> {
    /// Take a token apart.
    pub(super) fn read(text: &'t str) -> Result<Self, TokenError> {
        if text.len() > MAX_TOKEN {
            return Err(malformed("it is too long"));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(malformed("expected three parts"))?;
        let (header, payload) = signed.split_once('.').ok_or(malformed("expected three parts"))?;
        if payload.contains('.') {
            return Err(malformed("expected three parts"));
        }
        let header = object(header, "its header is no JSON object")?;
        // RFC 7515 section 4.1.11: whoever does not understand a critical parameter refuses; we understand none.
        if header.contains_key("crit") {
            return Err(malformed("its header has critical parameters"));
        }
        if header.contains_key("b64") {
            return Err(malformed("its payload is not encoded"));
        }
        Ok(Self {
            signed,
            signature,
            algorithm: algorithm(header.get("alg"))?,
            key_id: key_id(header.get("kid"))?,
            payload: object(payload, "its claims are no JSON object")?,
        })
    }

    /// The claims, once the signature has been verified with a key that is for the algorithm of the token.
    pub(super) fn verify(&self, key: &IssuerKey, unproven: Claims) -> Result<Claims, TokenError> {
        if key.algorithm != self.algorithm {
            return Err(TokenError::UnknownKey);
        }
        let verified =
            jsonwebtoken::crypto::verify(self.signature, self.signed.as_bytes(), &key.key, key.algorithm);
        if verified.unwrap_or(false) { Ok(unproven) } else { Err(TokenError::Signature) }
    }
}

fn object(part: &str, problem: &'static str) -> Result<Map<String, Value>, TokenError> {
    let octets = URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed(problem))?;
    match json::value(&octets) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err(malformed(problem)),
    }
}

fn algorithm(value: Option<&Value>) -> Result<Algorithm, TokenError> {
    match value.and_then(Value::as_str) {
        Some("RS256") => Ok(Algorithm::RS256),
        Some("ES256") => Ok(Algorithm::ES256),
        Some("EdDSA") => Ok(Algorithm::EdDSA),
        _ => Err(TokenError::Algorithm),
    }
}

fn key_id(value: Option<&Value>) -> Result<Option<String>, TokenError> {
    match value {
        None => Ok(None),
        Some(Value::String(id)) if id.len() <= 256 => Ok(Some(id.clone())),
        Some(_) => Err(malformed("its key identifier is no short text")),
    }
}

pub(super) fn malformed(problem: &'static str) -> TokenError {
    TokenError::Malformed { problem }
}
