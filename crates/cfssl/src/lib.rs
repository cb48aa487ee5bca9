//! What CFSSL does, carried out by our own authority: the engine behind both the commands and the endpoints.
//!
//! Certificates go through the spine of [`hf_ca`], so that nothing is signed that is not on record: a server signs with
//! its authority, a command with one that is made for it ([`standalone`]). Errors carry CFSSL's codes.

pub mod bundle;
pub mod certificates;
pub mod certinfo;
pub mod crl;
pub mod csr;
pub mod database;
mod failure;
pub mod import;
pub mod initca;
pub mod keys;
pub mod logs;
pub mod machine;
pub mod mkbundle;
mod names;
pub mod ocsp;
pub mod policy;
pub mod presented;
pub mod records;
mod root;
pub mod scan;
pub mod selfsign;
pub mod signer;
pub mod standalone;
pub mod sums;
pub mod universal;
mod web;
