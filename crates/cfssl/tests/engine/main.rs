//! The engine as commands and endpoints use it: from JSON to certificates.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod bundle;
mod common;
mod initca;
mod ocsp;
mod others;
mod records;
mod sign;
mod universal;
