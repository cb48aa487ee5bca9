//! Signed requests, RFC 8555 section 6: a JWS in the flattened form (RFC 7515 section 7.2.2).
//!
//! A request goes through types, each made by one check:
//!
//! ```text
//! Jws::parse      form, size, header, algorithm                    → Jws
//! Jws::verify     the signature, with the key of header or account → VerifiedJws
//! .admit          the nonce, then the URL                          → SignedRequest, which has the payload
//! ```
//!
//! The signature is verified before the nonce is redeemed, so that nobody uses up nonces without a key; the nonce is
//! used up whatever the URL says.

mod algorithm;
mod flattened;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub use algorithm::Algorithm;
pub(super) use flattened::Flattened;

use super::base64url;
use super::jwk::Jwk;
use super::nonce::Redemption;
use super::problem::Problem;
use crate::api::json;

/// The media type of every signed request (RFC 8555 section 6.2), to the letter.
pub const MEDIA_TYPE: &str = "application/jose+json";

/// The longest body that is read, in octets: a request for 100 names with an RSA key of 8192 bits fits several times.
pub const MAX_BODY: usize = 64 * 1024;

/// The longest URL in a header, in characters.
const MAX_URL: usize = 2_048;

/// The longest nonce in a header, in characters.
const MAX_NONCE: usize = 128;

/// A request whose form is good; nothing of it is proven.
#[derive(Clone, Debug)]
pub struct Jws {
    flattened: Flattened,
    header: Header,
}

/// The protected header, RFC 8555 section 6.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The algorithm of the signature.
    pub algorithm: Algorithm,
    /// Whose signature it is.
    pub signer: Signer,
    /// Where the request is meant to go.
    pub url: String,
    /// The nonce, in base64url.
    pub nonce: String,
}

/// Whose signature a request bears: exactly one of the two stands in the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signer {
    /// `jwk`: whoever holds this key.
    Key(Jwk),
    /// `kid`: the account with this URL.
    Account(String),
}

/// A request whose signature is good. Its nonce and its URL are still to be checked.
#[derive(Clone, Debug)]
pub struct VerifiedJws {
    header: Header,
    key: Jwk,
    payload: Vec<u8>,
}

/// A request that is good once, and here.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    header: Header,
    key: Jwk,
    payload: Vec<u8>,
}

impl Jws {
    /// Read a request.
    ///
    /// # Errors
    /// `malformed` (415 for the media type, 413 for the size), `badNonce` without a nonce, `badSignatureAlgorithm`,
    /// `badPublicKey`.
    pub fn parse(body: &[u8], content_type: Option<&str>) -> Result<Self, Problem> {
        if content_type != Some(MEDIA_TYPE) {
            return Err(Problem::malformed(format!("expected the content type `{MEDIA_TYPE}`")).status(415));
        }
        if body.len() > MAX_BODY {
            return Err(Problem::malformed(format!("the body is longer than {MAX_BODY} octets")).status(413));
        }
        let value = json::value(body).map_err(|error| Problem::malformed(error.to_string()))?;
        let flattened = Flattened::read(&value)?;
        let header = read_header(&flattened.header)?;
        Ok(Self { flattened, header })
    }

    /// The protected header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Verify the signature with `key`: that of the header, or that of the account which the header names.
    ///
    /// # Errors
    /// `badSignatureAlgorithm` when the algorithm is not that of the key, `malformed` when the signature is wrong.
    pub fn verify(self, key: &Jwk) -> Result<VerifiedJws, Problem> {
        if let Signer::Key(stated) = &self.header.signer
            && stated != key
        {
            return Err(Problem::malformed("the JWS bears another key"));
        }
        self.header.algorithm.check(key)?;
        if !key.verifies(self.flattened.signed.as_bytes(), &self.flattened.signature) {
            return Err(Problem::malformed("the signature of the JWS is wrong"));
        }
        Ok(VerifiedJws { header: self.header, key: key.clone(), payload: self.flattened.payload })
    }
}

impl VerifiedJws {
    /// The protected header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Let the request in: its nonce was good, and it is meant for `url`, where it arrived.
    ///
    /// # Errors
    /// `badNonce`; `unauthorized` for another URL (RFC 8555 section 6.4).
    pub fn admit(self, nonce: Redemption, url: &str) -> Result<SignedRequest, Problem> {
        match nonce {
            Redemption::Redeemed => {}
            Redemption::Refused => return Err(Problem::bad_nonce()),
        }
        if self.header.url != url {
            return Err(Problem::unauthorized(format!(
                "the JWS is meant for `{}`: it arrived at `{url}`",
                self.header.url
            )));
        }
        Ok(SignedRequest { header: self.header, key: self.key, payload: self.payload })
    }
}

impl SignedRequest {
    /// The key that signed.
    pub fn key(&self) -> &Jwk {
        &self.key
    }

    /// Whose signature it is, as the header says.
    pub fn signer(&self) -> &Signer {
        &self.header.signer
    }

    /// Where it arrived.
    pub fn url(&self) -> &str {
        &self.header.url
    }

    /// The URL of the account that signed.
    ///
    /// # Errors
    /// `malformed` when the header has a key instead, which only new accounts and revocations may.
    pub fn account_url(&self) -> Result<&str, Problem> {
        match &self.header.signer {
            Signer::Account(url) => Ok(url),
            Signer::Key(_) => Err(Problem::malformed("expected `kid` in the header, not `jwk`")),
        }
    }

    /// The payload as octets.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Whether it is a POST-as-GET: the payload is empty (RFC 8555 section 6.3).
    pub fn is_post_as_get(&self) -> bool {
        self.payload.is_empty()
    }

    /// That it is a POST-as-GET.
    ///
    /// # Errors
    /// `malformed` when there is a payload.
    pub fn expect_post_as_get(&self) -> Result<(), Problem> {
        if self.is_post_as_get() {
            return Ok(());
        }
        Err(Problem::malformed("expected POST-as-GET: a payload of no octets"))
    }

    /// The payload as what this endpoint takes. Members that nobody knows are passed over.
    ///
    /// # Errors
    /// `malformed`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        read_payload(&self.payload)
    }
}

/// JSON of a known shape, strictly.
pub(super) fn read_payload<T: DeserializeOwned>(payload: &[u8]) -> Result<T, Problem> {
    if payload.is_empty() {
        return Err(Problem::malformed("expected a payload: this is no POST-as-GET"));
    }
    let value = json::value(payload).map_err(|error| Problem::malformed(format!("the payload: {error}")))?;
    if !value.is_object() {
        return Err(Problem::malformed("the payload: expected an object"));
    }
    json::shaped(value).map_err(|error| Problem::malformed(format!("the payload: {error}")))
}

/// The header of an outer JWS.
fn read_header(header: &Map<String, Value>) -> Result<Header, Problem> {
    let algorithm = Algorithm::read(header)?;
    let signer = match (header.get("jwk"), header.get("kid")) {
        (Some(jwk), None) => Signer::Key(Jwk::read(jwk)?),
        (None, Some(kid)) => Signer::Account(short(kid, "kid", MAX_URL)?),
        (Some(_), Some(_)) => {
            return Err(Problem::malformed("the header has both `jwk` and `kid`: expected one"));
        }
        (None, None) => {
            return Err(Problem::malformed("the header has neither `jwk` nor `kid`: expected one"));
        }
    };
    let url = read_url(header)?;
    let nonce = short(header.get("nonce").ok_or_else(Problem::bad_nonce)?, "nonce", MAX_NONCE)?;
    if nonce.is_empty() || base64url::decode(&nonce).is_none() {
        return Err(Problem::malformed("expected `nonce` in base64url without padding"));
    }
    Ok(Header { algorithm, signer, url, nonce })
}

/// `url` of a header, outer or inner.
pub(super) fn read_url(header: &Map<String, Value>) -> Result<String, Problem> {
    let url = header.get("url").ok_or_else(|| Problem::malformed("the header has no `url`"))?;
    short(url, "url", MAX_URL)
}

/// A text of bounded length.
pub(super) fn short(value: &Value, member: &str, most: usize) -> Result<String, Problem> {
    let text = value.as_str().filter(|text| text.len() <= most);
    let fault = || Problem::malformed(format!("expected `{member}` as a text of at most {most} characters"));
    text.map(str::to_owned).ok_or_else(fault)
}

#[cfg(test)]
pub(super) mod tests;
