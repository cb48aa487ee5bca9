//! Clients of the doors of a certificate authority: our own API, and CFSSL.

pub mod api;
pub mod cfssl;
pub mod http;

#[cfg(test)]
mod testing;
