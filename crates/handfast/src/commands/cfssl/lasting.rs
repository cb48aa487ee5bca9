//! What stays of a server of CFSSL while the files that describe its door are read again.

use std::sync::Arc;

use hf_cfssl::machine::Machine;
use hf_http::cfssl::caller::Proofs;
use hf_http::cfssl::door::{Door, Labels, ListLifetimes};
use hf_http::cfssl::metrics::Metrics;
use hf_http::cfssl::openings::Openings;
use hf_http::limits::credentials::CredentialLimiter;
use tokio::sync::Semaphore;

use super::call::Call;
use super::recording::Recording;
use super::serving;

/// Keys that are made at one time.
const WORKERS: usize = 2;

/// What doors are made of, and what stays from one to the next.
pub(super) struct Lasting {
    pub(super) machine: Machine,
    pub(super) recording: Recording,
    metrics: Metrics,
    credentials: Arc<CredentialLimiter>,
    workers: Arc<Semaphore>,
}

impl Lasting {
    /// Of a server that begins.
    pub(super) fn new(call: &Call) -> Self {
        Self {
            machine: call.machine(),
            recording: Recording::default(),
            metrics: Metrics::default(),
            credentials: Arc::new(CredentialLimiter::new(serving::limits().per_credential)),
            workers: Arc::new(Semaphore::new(WORKERS)),
        }
    }

    /// A door with these signers and nothing else.
    pub(super) fn door(&self, labels: Labels) -> Door {
        Door {
            labels,
            openings: Openings::none(),
            proofs: Proofs::Nothing,
            metrics: self.metrics.clone(),
            credentials: Arc::clone(&self.credentials),
            records: None,
            crl: None,
            lists: ListLifetimes::default(),
            responder: None,
            bundler: None,
            bundles_beside: false,
            machine: self.machine.clone(),
            workers: Arc::clone(&self.workers),
        }
    }
}
