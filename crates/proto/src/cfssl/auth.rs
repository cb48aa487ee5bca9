//! Auth keys and what they prove.
//!
//! Two schemes. The *standard* one is CFSSL's: HMAC-SHA-256 over the octets of the request, nothing else; the same message
//! can be sent again by whoever saw it. The *bound* one is Handfast's: the MAC covers a fixed prefix, method, path, time and
//! a nonce too, so a message is good once, there, and for a short time. A key of type `standard` accepts both; a key of
//! type `bound` accepts only the second. What the MAC covers begins differently in the two schemes (`handfast-…` is no JSON), so
//! that a token of one never passes for the other.

mod nonces;

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac;
use hf_core::secret::Secret;
use hf_core::time::Timestamp;

pub use nonces::{NonceCache, NonceVerdict};

use super::authenticated::{AuthenticatedRequest, BoundProof};
use super::go_json::GoBytes;

/// What a key accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyType {
    /// `"type": "standard"`: tokens of CFSSL, and bound proofs.
    Standard,
    /// `"type": "bound"`: bound proofs only.
    Bound,
}

/// How a request was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// By a token of CFSSL: who sends it may have only seen it.
    Standard,
    /// By a bound proof. The nonce is still to be looked up in a [`NonceCache`].
    Bound,
}

/// Why a request proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AuthError {
    /// The token is not that of this key and request.
    #[error("invalid token")]
    Token,
    /// The MAC of the bound proof is not that of this key, request and endpoint.
    #[error("invalid bound proof")]
    Proof,
    /// The bound proof was made too long ago, or in the future.
    #[error("the proof was made {seconds} seconds from now; at most {window} are allowed")]
    Time {
        /// How far from now, in seconds.
        seconds: u64,
        /// How far is allowed, in seconds.
        window: u64,
    },
    /// The nonce of the bound proof is too short or too long.
    #[error("the nonce of the proof has {octets} octets: expected 16 to 64")]
    Nonce {
        /// How many octets there are.
        octets: usize,
    },
    /// The key takes bound proofs only, and there is none.
    #[error("the key takes only requests that are bound to time and endpoint")]
    Unbound,
}

/// A key that is no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthKeyError {
    /// Not hexadecimal digits in pairs.
    #[error("the auth key is not hexadecimal")]
    Hexadecimal,
    /// No octets: everybody holds such a key.
    #[error("the auth key is empty")]
    Empty,
}

/// Where a request goes: what a bound proof is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint<'a> {
    /// Method, for example `POST`.
    pub method: &'a str,
    /// Path, for example `/api/v1/cfssl/authsign`.
    pub path: &'a str,
}

/// How far from now a bound proof may be made, in seconds. Clocks of machines without NTP are off by minutes.
pub const WINDOW_SECONDS: u64 = 300;

/// Keys below this many octets are weak; CFSSL's documentation uses 16.
pub const MIN_ADVISED_OCTETS: usize = 16;

const DOMAIN: &[u8] = b"handfast-cfssl-bound-v1\0";

/// A key that clients and server share.
#[derive(Clone)]
pub struct AuthKey {
    kind: KeyType,
    octets: Arc<Secret<Vec<u8>>>,
}

impl AuthKey {
    /// A key of these octets.
    ///
    /// # Errors
    /// When there are none.
    pub fn new(kind: KeyType, octets: Vec<u8>) -> Result<Self, AuthKeyError> {
        if octets.is_empty() {
            return Err(AuthKeyError::Empty);
        }
        Ok(Self { kind, octets: Arc::new(Secret::new(octets)) })
    }

    /// A key written in hexadecimal digits.
    ///
    /// # Errors
    /// When it is empty or not hexadecimal.
    pub fn from_hex(kind: KeyType, text: &str) -> Result<Self, AuthKeyError> {
        Self::new(kind, decode_hex(text).ok_or(AuthKeyError::Hexadecimal)?)
    }

    /// What the key accepts.
    pub fn kind(&self) -> KeyType {
        self.kind
    }

    /// Whether it is shorter than [`MIN_ADVISED_OCTETS`].
    pub fn is_short(&self) -> bool {
        self.octets.expose().len() < MIN_ADVISED_OCTETS
    }

    /// The token of the standard scheme.
    pub fn token(&self, request: &[u8]) -> Vec<u8> {
        hmac::sign(&self.hmac(), request).as_ref().to_vec()
    }

    /// The proof of the bound scheme. `nonce` must be 16 to 64 octets that were never used before.
    pub fn prove(&self, request: &[u8], endpoint: Endpoint<'_>, now: Timestamp, nonce: &[u8]) -> BoundProof {
        let time = now.unix_seconds();
        let mac = hmac::sign(&self.hmac(), &bound_octets(request, endpoint, time, nonce));
        BoundProof { time, nonce: GoBytes(nonce.to_vec()), mac: GoBytes(mac.as_ref().to_vec()) }
    }

    /// The whole message for `request`: with the bound proof, and, unless the key is for that alone, with the token of
    /// CFSSL too, so that a stock server takes it.
    pub fn authenticate(
        &self,
        request: Vec<u8>,
        endpoint: Endpoint<'_>,
        now: Timestamp,
        nonce: &[u8],
    ) -> AuthenticatedRequest {
        let token = match self.kind {
            KeyType::Standard => self.token(&request),
            KeyType::Bound => Vec::new(),
        };
        AuthenticatedRequest {
            timestamp: now.unix_seconds(),
            remote_address: GoBytes::default(),
            token: GoBytes(token),
            bound: Some(self.prove(&request, endpoint, now, nonce)),
            request: GoBytes(request),
        }
    }

    /// How `message` proves that its sender holds this key, compared in constant time. A bound proof that is there is judged
    /// whatever the token says: one that was tampered with, or is too old, does not fall back to the token.
    ///
    /// # Errors
    /// When it proves nothing.
    pub fn verify(
        &self,
        message: &AuthenticatedRequest,
        endpoint: Endpoint<'_>,
        now: Timestamp,
    ) -> Result<Scheme, AuthError> {
        match (&message.bound, self.kind) {
            (Some(proof), _) => self.verify_bound(message, proof, endpoint, now),
            (None, KeyType::Bound) => Err(AuthError::Unbound),
            (None, KeyType::Standard) => {
                hmac::verify(&self.hmac(), message.request.as_slice(), message.token.as_slice())
                    .map(|()| Scheme::Standard)
                    .map_err(|_| AuthError::Token)
            }
        }
    }

    fn verify_bound(
        &self,
        message: &AuthenticatedRequest,
        proof: &BoundProof,
        endpoint: Endpoint<'_>,
        now: Timestamp,
    ) -> Result<Scheme, AuthError> {
        let octets = proof.nonce.as_slice().len();
        if !(16..=64).contains(&octets) {
            return Err(AuthError::Nonce { octets });
        }
        let covered = bound_octets(message.request.as_slice(), endpoint, proof.time, proof.nonce.as_slice());
        hmac::verify(&self.hmac(), &covered, proof.mac.as_slice()).map_err(|_| AuthError::Proof)?;
        let seconds = now.unix_seconds().abs_diff(proof.time);
        if seconds > WINDOW_SECONDS {
            return Err(AuthError::Time { seconds, window: WINDOW_SECONDS });
        }
        Ok(Scheme::Bound)
    }

    fn hmac(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.octets.expose())
    }
}

/// Type only, never the key.
impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthKey").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Two keys are equal when type and octets are, compared in constant time.
impl PartialEq for AuthKey {
    fn eq(&self, other: &Self) -> bool {
        let same =
            aws_lc_rs::constant_time::verify_slices_are_equal(self.octets.expose(), other.octets.expose());
        self.kind == other.kind && same.is_ok()
    }
}

/// What the bound MAC covers: every field after its length, so that no two messages give the same octets.
fn bound_octets(request: &[u8], endpoint: Endpoint<'_>, time: i64, nonce: &[u8]) -> Vec<u8> {
    let mut octets = DOMAIN.to_vec();
    let time = time.to_be_bytes();
    for field in [endpoint.method.as_bytes(), endpoint.path.as_bytes(), &time, nonce, request] {
        octets.extend_from_slice(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        octets.extend_from_slice(field);
    }
    octets
}

/// Octets of hexadecimal digits in pairs, of either case.
pub(super) fn decode_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| if let [high, low] = pair { Some(digit(high)? << 4 | digit(low)?) } else { None })
        .collect()
}

#[cfg(test)]
mod tests;
