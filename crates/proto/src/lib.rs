//! Protocols as pure values: messages, error codes, authentication tokens, files.
//!
//! Nothing here reads a clock, a file or the network. Servers, clients and commands share these types, so that both
//! ends of a connection cannot disagree.

pub mod acme;
pub mod api;
pub mod cfssl;
