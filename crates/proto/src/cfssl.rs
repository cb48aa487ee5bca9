//! CFSSL: messages, codes, files and rules of <https://github.com/cloudflare/cfssl>, as version 1.6.5 has them.
//!
//! Compared with the original, by parsed value, in this crate's tests and in `tests/e2e/cfssl/`. Where Handfast differs
//! on purpose, the item says so.

pub mod auth;
pub mod authenticated;
pub mod bundle;
pub mod certinfo;
pub mod code;
pub mod config;
pub mod csr_json;
pub mod data_source;
pub mod db_config;
pub mod defaults;
pub mod duration;
pub mod endpoints;
pub mod envelope;
pub mod files;
pub mod go_json;
pub mod host;
pub mod info;
pub mod multiroot;
pub mod remotes;
pub mod revocation_reason;
pub mod sign_request;
pub mod usage;
pub mod value_prefix;
