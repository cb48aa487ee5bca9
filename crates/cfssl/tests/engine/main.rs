//! The engine as commands and endpoints use it: from JSON to certificates.

mod common;
mod initca;
mod others;
mod sign;
