//! What the server tells of itself.

pub mod metrics;
pub(crate) mod sample;
mod signer;
