//! External account binding, RFC 8555 section 7.3.4: a JWS inside newAccount, whose MAC shows that the account's owner
//! was given a key of this server.
//!
//! The five checks of that section, in order: the binding is a well-formed JWS; its header is as it must be; its key is
//! known (the caller looks); the MAC verifies; its payload is the key of the account. Whoever fails the third or the
//! fourth is told the same, so that nobody learns which keys exist.

use aws_lc_rs::hmac;
use serde_json::{Map, Value};

use super::jwk::Jwk;
use super::jws::{Flattened, read_url, short};
use super::problem::{Problem, ProblemType};
use crate::api::json;

/// The longest identifier of a key, in characters.
const MAX_KEY_ID: usize = 128;

/// A binding whose form is good; nothing of it is proven.
#[derive(Clone, Debug)]
pub struct Binding {
    flattened: Flattened,
    algorithm: MacAlgorithm,
    key_id: String,
}

/// That the owner of `account_key` holds the key with this identifier. Only [`Binding::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedBinding {
    key_id: String,
}

impl VerifiedBinding {
    /// The identifier of the key.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MacAlgorithm {
    Hs256,
    Hs384,
    Hs512,
}

impl MacAlgorithm {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Hs256, "HS256"), (Self::Hs384, "HS384"), (Self::Hs512, "HS512")];

    fn read(header: &Map<String, Value>) -> Result<Self, Problem> {
        let word = header.get("alg").and_then(Value::as_str);
        let word = word.ok_or_else(|| malformed("expected `alg` as a text"))?;
        let found = Self::ALL.into_iter().find(|(_, name)| *name == word);
        let fault = || Problem {
            algorithms: Self::ALL.into_iter().map(|(_, name)| name.to_owned()).collect(),
            ..Problem::new(
                ProblemType::BadSignatureAlgorithm,
                format!("the binding: the algorithm `{word}` is not supported"),
            )
        };
        found.map(|(algorithm, _)| algorithm).ok_or_else(fault)
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Self::Hs256 => hmac::HMAC_SHA256,
            Self::Hs384 => hmac::HMAC_SHA384,
            Self::Hs512 => hmac::HMAC_SHA512,
        }
    }
}

impl Binding {
    /// Read a binding: the first check, and of the second what needs no more than the binding itself.
    ///
    /// # Errors
    /// `malformed`, or `badSignatureAlgorithm` for what is no MAC.
    pub fn read(value: &Value) -> Result<Self, Problem> {
        let flattened = Flattened::read(value)?;
        let header = &flattened.header;
        let algorithm = MacAlgorithm::read(header)?;
        if header.contains_key("nonce") {
            return Err(malformed("the header has a `nonce`, which only the request around it may"));
        }
        if header.contains_key("jwk") {
            return Err(malformed("the header has a `jwk`: expected `kid`"));
        }
        let key_id = header.get("kid").ok_or_else(|| malformed("the header has no `kid`"))?;
        let key_id = short(key_id, "kid", MAX_KEY_ID)?;
        read_url(header)?;
        Ok(Self { flattened, algorithm, key_id })
    }

    /// The identifier of the key, to look it up with.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The other checks. `mac_key` is the key with [`Self::key_id`], `url` and `account_key` are those of the request
    /// around the binding. The MAC is compared in constant time.
    ///
    /// # Errors
    /// `unauthorized`, or `malformed` where the header or the payload is at fault.
    pub fn verify(self, mac_key: &[u8], url: &str, account_key: &Jwk) -> Result<VerifiedBinding, Problem> {
        if read_url(&self.flattened.header)? != url {
            return Err(malformed("its `url` is not that of the request around it"));
        }
        if mac_key.is_empty() {
            return Err(unknown_key());
        }
        let key = hmac::Key::new(self.algorithm.hmac(), mac_key);
        hmac::verify(&key, self.flattened.signed.as_bytes(), &self.flattened.signature)
            .map_err(|_| unknown_key())?;
        let payload = json::value(&self.flattened.payload).map_err(|error| malformed(error.to_string()))?;
        // Compared as a key, not as text: members may stand in any order.
        if Jwk::read(&payload)?.thumbprint() != account_key.thumbprint() {
            return Err(malformed("its payload is not the key of the account"));
        }
        Ok(VerifiedBinding { key_id: self.key_id })
    }
}

/// What everybody is told whose binding has no key, or not its MAC.
pub fn unknown_key() -> Problem {
    Problem::unauthorized("the binding is not by a key of this server that can still be used")
}

fn malformed(detail: impl AsRef<str>) -> Problem {
    Problem::malformed(format!("the binding: {}", detail.as_ref()))
}

#[cfg(test)]
mod tests;
