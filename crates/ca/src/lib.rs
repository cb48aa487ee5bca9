//! The authority: policy, profiles, issuing, revoking, CRLs, OCSP.
//!
//! [`authority::Authority`] is concrete and made of a store, keys, profiles, a policy, a signer, a clock and a random
//! generator. There is one way to a certificate, in `issue.rs`: policy, serial number, linted bytes, record, signature,
//! comparison, record. Policy and profiles are pure; [`signer`] is the only caller of keys.

pub mod authority;
pub mod create;
pub mod crl;
pub mod error;
pub mod import;
mod issue;
pub mod issuer;
pub mod key_directory;
pub mod ocsp;
mod parents;
pub mod policy;
pub mod prepared;
pub mod profile;
mod propose;
pub mod published;
mod record_health;
pub mod refresh;
pub mod registration;
pub mod rehearsal;
pub mod reissue;
pub mod renew;
pub mod request;
pub mod retention;
pub mod revoke;
mod self_signed;
mod shards;
pub mod signer;
pub mod signing_clock;
pub mod transparency;
