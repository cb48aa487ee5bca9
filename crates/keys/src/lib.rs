//! Private keys: generation, files, encryption, weakness checks, key stores.
//!
//! Everything secret is in a [`hf_core::secret::Secret`] and overwritten when dropped. This crate may block (files, slow key
//! derivation) and knows no async runtime. What it does *not* do: ask people for passphrases, decide who may use a key.

pub mod block_list;
pub mod error;
pub mod file;
pub mod key_store;
pub mod private_key;
pub mod random;
pub mod signing_key;
pub mod weak;

mod encryption;
mod oid;
mod pem;
mod tlv;

pub use encryption::MAX_ROUNDS;
pub use pem::{PemError, PemProblem};
pub use tlv::{DerFault, DerProblem};
