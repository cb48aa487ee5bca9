//! Who looks whether a challenge was met.

use std::future::Future;
use std::pin::Pin;

use hf_proto::acme::validation::{ValidationOutcome, ValidationTask};

/// One look at the world. Whether there will be another is decided by the worker.
pub trait Validator: Send + Sync {
    /// Look once. Ends by itself within half a minute, whatever is found.
    fn validate<'a>(&'a self, task: &'a ValidationTask) -> ValidatorFuture<'a>;
}

/// A look under way.
pub type ValidatorFuture<'a> = Pin<Box<dyn Future<Output = ValidationOutcome> + Send + 'a>>;
