//! ACME (RFC 8555 and its family) as pure values: messages, signatures, machines and judgements.
//!
//! RFC 8737 (tls-alpn-01), RFC 8738 (addresses), RFC 9773 (renewal information), RFC 8659 and 8657 (CAA), the profiles draft
//! and dns-account-01.
//! Nothing here opens a socket or a file, or reads a clock: a request becomes a [`jws::SignedRequest`] or a
//! [`problem::Problem`], and what it changes are values that somebody else records.

pub mod account;
pub mod ari;
pub mod authorization;
mod base64url;
pub mod caa;
pub mod challenge;
pub mod csr;
pub mod directory;
pub mod eab;
pub mod id;
pub mod identifier;
pub mod jwk;
pub mod jws;
pub mod key_change;
pub mod limit;
pub mod new_account;
pub mod new_order;
pub mod nonce;
pub mod object;
pub mod order;
pub mod pause;
pub mod problem;
pub mod profile;
pub mod replaces;
pub mod request;
pub mod revocation;
pub mod status;
pub mod urls;
pub mod validation;

#[cfg(test)]
mod tests;
