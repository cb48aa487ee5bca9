//! Change of an account's key, RFC 8555 section 7.3.5: a JWS by the new key inside a request by the old one.
//!
//! Of the nine checks of that section the first (the account may ask) and the last (nobody else has the new key) need
//! the record; the other seven are here, in order.

use serde::Deserialize;

use super::jwk::Jwk;
use super::jws::{Algorithm, Flattened, read_payload, read_url};
use super::problem::Problem;
use crate::api::json;

/// An inner JWS whose form is good; nothing of it is proven.
#[derive(Clone, Debug)]
pub struct KeyChange {
    flattened: Flattened,
    algorithm: Algorithm,
    new_key: Jwk,
}

/// That whoever holds the old key also holds the new one. Only [`KeyChange::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedKeyChange {
    new_key: Jwk,
}

impl VerifiedKeyChange {
    /// The key from now on.
    pub fn into_new_key(self) -> Jwk {
        self.new_key
    }
}

/// What the inner JWS says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    account: String,
    old_key: serde_json::Value,
}

impl KeyChange {
    /// Read the payload of the outer request.
    ///
    /// # Errors
    /// `malformed`, `badSignatureAlgorithm`, `badPublicKey`.
    pub fn read(payload: &[u8]) -> Result<Self, Problem> {
        let value = json::value(payload).map_err(|error| malformed(error.to_string()))?;
        let flattened = Flattened::read(&value)?;
        let header = &flattened.header;
        let algorithm = Algorithm::read(header)?;
        for member in ["kid", "nonce"] {
            if header.contains_key(member) {
                return Err(malformed(format!("its header has `{member}`, which only the outer one may")));
            }
        }
        let jwk = header.get("jwk").ok_or_else(|| malformed("its header has no `jwk`"))?;
        let new_key = Jwk::read(jwk)?;
        Ok(Self { flattened, algorithm, new_key })
    }

    /// The key that is asked for; not proven.
    pub fn new_key(&self) -> &Jwk {
        &self.new_key
    }

    /// The other checks. `url` and `account_url` are those of the outer header, `old_key` the account's as recorded.
    ///
    /// # Errors
    /// `malformed`, `badSignatureAlgorithm`.
    pub fn verify(self, url: &str, account_url: &str, old_key: &Jwk) -> Result<VerifiedKeyChange, Problem> {
        self.algorithm.check(&self.new_key)?;
        if !self.new_key.verifies(self.flattened.signed.as_bytes(), &self.flattened.signature) {
            return Err(malformed("its signature is wrong"));
        }
        let statement: Statement = read_payload(&self.flattened.payload)?;
        if read_url(&self.flattened.header)? != url {
            return Err(malformed("its `url` is not that of the outer one"));
        }
        if statement.account != account_url {
            return Err(malformed("its `account` is not the `kid` of the outer one"));
        }
        if Jwk::read(&statement.old_key)?.thumbprint() != old_key.thumbprint() {
            return Err(malformed("its `oldKey` is not the key of the account"));
        }
        Ok(VerifiedKeyChange { new_key: self.new_key })
    }
}

/// Somebody has the new key already: the account at `account_url`.
pub fn key_in_use(account_url: &str) -> Problem {
    Problem::malformed("an account has this key already").status(409).location(account_url)
}

fn malformed(detail: impl AsRef<str>) -> Problem {
    Problem::malformed(format!("the inner JWS: {}", detail.as_ref()))
}

#[cfg(test)]
mod tests;
