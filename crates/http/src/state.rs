//! What every door of a running authority is given.

use std::sync::Arc;

use hf_ca::authority::Authority;
use hf_ca::ocsp::Responder;
use hf_core::random::Random;
use hf_core::time::Clock;

use crate::access::Access;
use crate::limits::credentials::CredentialLimiter;
use crate::telemetry::metrics::Metrics;
use hf_ca::published::CrlCache;

/// The collaborators of the doors. Cheap to clone.
#[derive(Clone)]
pub struct Doors {
    /// The authority.
    pub authority: Arc<Authority>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The system's random generator.
    pub random: Arc<dyn Random>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Who may do what.
    pub access: Arc<Access>,
    /// How many requests each credential may make.
    pub credentials: Arc<CredentialLimiter>,
    /// The latest CRLs.
    pub crls: Arc<CrlCache>,
    /// Answers about the status of certificates.
    pub responder: Arc<Responder>,
}
