//! The ports of an ACME server.

mod account;
mod eab;
mod order;
mod window;

pub use account::AcmeAccountStore;
pub use eab::EabStore;
pub use order::AcmeOrderStore;
pub use window::RenewalWindowStore;
