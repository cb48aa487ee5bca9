//! Taking over what CFSSL had: the certificates of its database, the signers of `multirootca`, policies and request
//! files. `handfast cfssl import`.
//!
//! Nothing is issued and nothing revoked that was not: what a signer issued comes on record with its revocation, so that
//! the next CRL and every list know of it. Importing again changes nothing and takes in what was added meanwhile.

pub mod certificates;
pub mod multiroot;
pub mod policy;
pub mod request;
