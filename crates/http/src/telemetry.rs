//! What the server tells of itself.

mod acme;
pub(crate) mod certificates;
pub mod metrics;
pub(crate) mod ocsp;
pub(crate) mod sample;
mod signer;
pub mod traces;
