//! Who looks whether a challenge was met.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use hf_core::name::DnsName;
use hf_proto::acme::caa::CaaAnswers;
use hf_proto::acme::validation::{ValidationOutcome, ValidationTask};

/// One look at the world. Whether there will be another is decided by the worker.
pub trait Validator: Send + Sync {
    /// Look once. Ends by itself within twenty seconds, whatever is found.
    fn validate<'a>(&'a self, task: &'a ValidationTask) -> ValidatorFuture<'a>;

    /// The CAA records that count for each of these names, and for no others. Ends by itself within twenty seconds.
    fn caa<'a>(&'a self, names: &'a BTreeSet<DnsName>) -> CaaFuture<'a>;
}

/// A look under way.
pub type ValidatorFuture<'a> = Pin<Box<dyn Future<Output = ValidationOutcome> + Send + 'a>>;

/// CAA records that are being looked up.
pub type CaaFuture<'a> = Pin<Box<dyn Future<Output = CaaAnswers> + Send + 'a>>;
