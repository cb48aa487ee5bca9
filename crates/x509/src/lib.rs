//! Bytes and types: certificates, requests, CRLs, OCSP, PKCS#7; build, finalize, lint, assemble.
//!
//! Pure: no I/O, no clock, no randomness, and cryptography only to verify signatures and to hash. Signing is elsewhere;
//! it signs only [`tbs::ToBeSigned`], which only this crate makes.

pub mod asn1;
pub mod certificate;
pub mod crl;
pub mod csr;
pub mod digest;
pub mod distinguished_name;
pub mod error;
pub mod ext;
#[cfg(test)]
mod foreign_tests;
#[doc(hidden)]
pub mod fuzz;
pub mod general_name;
mod hex;
#[cfg(test)]
mod hostile_tests;
pub mod limits;
pub mod lint;
pub mod ocsp;
pub mod oids;
pub mod pem;
pub mod pkcs7;
pub mod public_key;
mod raw;
pub mod renewal;
pub mod signature;
pub mod tbs;
#[cfg(test)]
mod testing;
pub mod transparency;

pub use raw::RawExtension;
