//! What the endpoints work with, and what every answer gets.

use std::sync::Arc;

use axum::response::Response;
use hf_ca::registration::{Registration, Registrations};
use hf_core::random::{Random, RandomUnavailable};
use hf_core::secret::Secret;
use hf_proto::acme::nonce::{NonceError, NoncePool};
use hf_proto::acme::problem::Problem;
use http::{HeaderName, HeaderValue, Method};
use ipnet::IpNet;

use super::cross_origin;
use super::endpoint::Endpoint;
use super::error::Failure;
use super::reply::{self, Reply};
use super::shuffle::Shuffle;
use crate::limits::addresses::{AddressKey, AddressLimiter};
use crate::peer::Peer;
use crate::telemetry::metrics::Metrics;

/// RFC 8555 section 6.5.1.
const REPLAY_NONCE: HeaderName = HeaderName::from_static("replay-nonce");

/// The collaborators of the endpoints.
pub struct Door {
    /// The authorities that give certificates.
    pub registrations: Arc<Registrations>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    pub(super) nonces: NoncePool,
    addresses: AddressLimiter,
    shuffle: Option<Shuffle>,
}

/// Why there is no door.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// No randomness for the key of the nonces.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
    /// The cipher of the nonces does not work.
    #[error(transparent)]
    Nonces(#[from] NonceError),
}

impl Door {
    /// A door for these authorities. Addresses of `exempt` networks have no limit of new accounts.
    pub fn new(
        registrations: Arc<Registrations>,
        metrics: Arc<Metrics>,
        exempt: Vec<IpNet>,
        random: &dyn Random,
    ) -> Result<Self, DoorError> {
        let mut key = Secret::new([0; 32]);
        key.randomize(random)?;
        let nonces = NoncePool::new(&key)?;
        let addresses = AddressLimiter::new(None, exempt);
        Ok(Self { registrations, metrics, nonces, addresses, shuffle: None })
    }

    /// The same, that refuses so many of 100 good nonces, to test that clients ask again.
    #[must_use]
    pub fn refusing(self, percent: u8) -> Self {
        Self { nonces: self.nonces.refusing(percent), ..self }
    }

    /// The same, that gives names, authorizations and challenges in another order with each answer, to test that clients
    /// look for them by name.
    #[must_use]
    pub fn shuffling(self, seed: u64) -> Self {
        Self { shuffle: Some(Shuffle::new(seed)), ..self }
    }

    /// What counts as one address, for the limit of new accounts; `None`: it has none.
    pub(super) fn source(&self, peer: Option<&Peer>) -> Option<String> {
        let address = peer.and_then(|peer| peer.address.ip())?;
        (!self.addresses.is_exempt(address)).then(|| AddressKey::of(address).to_string())
    }

    /// The answer as it goes out.
    pub(super) fn finish(
        &self,
        endpoint: Endpoint,
        method: &Method,
        registration: Option<&Registration>,
        outcome: Result<Reply, Failure>,
    ) -> Response {
        let refused = outcome.is_err();
        let mut response = match outcome {
            Ok(reply) => match &self.shuffle {
                Some(shuffle) => reply.map_body(|body| shuffle.resource(body)).into_response(),
                None => reply.into_response(),
            },
            Err(failure) => failure.into_response(endpoint),
        };
        if refused || *method == Method::POST || endpoint == Endpoint::NewNonce {
            self.add_nonce(&mut response);
        }
        if let Some(registration) = registration.filter(|_| endpoint != Endpoint::Directory) {
            reply::add_index(response.headers_mut(), registration);
        }
        cross_origin::allow(response.headers_mut());
        response
    }

    /// A problem that no endpoint had a part in.
    pub(super) fn refuse(&self, problem: &Problem) -> Response {
        let mut response = reply::problem(problem);
        self.add_nonce(&mut response);
        cross_origin::allow(response.headers_mut());
        response
    }

    fn add_nonce(&self, response: &mut Response) {
        match self.nonces.give().map(|nonce| HeaderValue::from_str(&nonce)) {
            Ok(Ok(nonce)) => {
                response.headers_mut().insert(REPLAY_NONCE, nonce);
            }
            Ok(Err(_)) => tracing::error!("a nonce cannot stand in a header"),
            Err(error) => tracing::error!(%error, "no nonce can be made"),
        }
    }
}
