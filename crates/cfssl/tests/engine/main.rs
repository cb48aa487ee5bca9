//! The engine as commands and endpoints use it: from JSON to certificates.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod bundle;
mod common;
mod initca;
mod logs;
mod ocsp;
mod others;
mod records;
mod sign;
mod universal;
