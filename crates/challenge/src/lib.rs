//! One attempt of an ACME challenge over the network: http-01 and dns-01 (RFC 8555 section 8), tls-alpn-01 (RFC 8737), the
//! same for IP addresses (RFC 8738), and dns-account-01. And the CAA records of names (RFC 8659), which are looked up here
//! and judged in hf-proto.
//!
//! An attempt goes to addresses that a stranger chose, so what may be asked, whom, how long and how much is judged in
//! [`network`], `redirect` and `proof`, apart from the connections. Whether an attempt is repeated is decided elsewhere;
//! nothing is recorded here, and no other crate asks DNS.

pub mod error;
pub mod network;
pub mod settings;
pub mod validator;

mod answers;
mod caa;
mod dial;
mod fetch;
mod http01;
mod proof;
mod redirect;
mod resolve;
mod tls;
mod tls_alpn01;
