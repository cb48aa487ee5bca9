//! Identities in use: a credential that is replaced while connections go on, and the TLS configurations made of it.
//!
//! Nothing here knows the authority or its store. TLS 1.3 and 1.2 (RFC 8446, RFC 5246) with one provider, given
//! explicitly, and with the caller's clock.

pub mod client;
pub mod credential;
pub mod error;
pub mod presented;
pub mod rotation;
pub mod server;
mod shared;
