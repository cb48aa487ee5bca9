//! The ports of an ACME server.

mod account;
mod eab;
mod order;
mod window;
