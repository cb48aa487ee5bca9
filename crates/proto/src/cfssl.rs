//! CFSSL: messages, codes, files and rules of <https://github.com/cloudflare/cfssl>, as version 1.6.5 has them.
//!
//! Compared with the original, by parsed value, in this crate's tests and in `tests/e2e/cfssl/`. Where Handfast differs
//! on purpose, the item says so.

pub mod code;
pub mod envelope;
pub mod go_json;
