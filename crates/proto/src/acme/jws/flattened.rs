//! The flattened form, RFC 7515 section 7.2.2, taken apart: outer requests and the JWS inside them alike.

use serde_json::{Map, Value};

use super::super::base64url;
use super::super::problem::Problem;
use crate::api::json;

/// A JWS taken apart; nothing of it is proven.
#[derive(Clone, Debug)]
pub(in super::super) struct Flattened {
    /// What the signature is over: protected header, dot, payload, both still encoded.
    pub(in super::super) signed: String,
    /// The protected header.
    pub(in super::super) header: Map<String, Value>,
    /// The payload.
    pub(in super::super) payload: Vec<u8>,
    /// The signature or MAC.
    pub(in super::super) signature: Vec<u8>,
}

impl Flattened {
    /// Take a JWS apart.
    pub(in super::super) fn read(value: &Value) -> Result<Self, Problem> {
        let object = value.as_object().ok_or_else(|| Problem::malformed("expected a JWS as an object"))?;
        if object.contains_key("signatures") {
            return Err(Problem::malformed("expected one signature in the flattened form, not `signatures`"));
        }
        if object.contains_key("header") {
            return Err(Problem::malformed("the JWS has an unprotected header, which proves nothing"));
        }
        let (protected, payload) = (text(object, "protected")?, text(object, "payload")?);
        let header = read_header(&octets("protected", protected)?)?;
        Ok(Self {
            signed: format!("{protected}.{payload}"),
            header,
            payload: octets("payload", payload)?,
            signature: octets("signature", text(object, "signature")?)?,
        })
    }
}

fn read_header(octets: &[u8]) -> Result<Map<String, Value>, Problem> {
    let fault = |why: String| Problem::malformed(format!("the protected header: {why}"));
    let Value::Object(header) = json::value(octets).map_err(|error| fault(error.to_string()))? else {
        return Err(fault("expected an object".to_owned()));
    };
    // RFC 7515 section 4.1.11: whoever does not understand a critical parameter refuses; we understand none.
    // RFC 7797 `b64` means nothing without `crit`, but is a sign of a payload that is not encoded.
    for member in ["crit", "b64"] {
        if header.contains_key(member) {
            return Err(fault(format!("`{member}` is not supported")));
        }
    }
    Ok(header)
}

fn text<'v>(object: &'v Map<String, Value>, member: &str) -> Result<&'v str, Problem> {
    let fault = || Problem::malformed(format!("expected `{member}` in the JWS as a text"));
    object.get(member).and_then(Value::as_str).ok_or_else(fault)
}

fn octets(member: &str, text: &str) -> Result<Vec<u8>, Problem> {
    let fault = || Problem::malformed(format!("expected `{member}` in base64url without padding"));
    base64url::decode(text).ok_or_else(fault)
}
