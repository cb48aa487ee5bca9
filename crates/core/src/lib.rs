//! Words of the field, shared by every crate: names, serial numbers, time, keys' algorithms, findings, audit
//! events, secrets.
//!
//! No I/O, no cryptography, no clock and no random generator: time and randomness come in as arguments
//! ([`time::Clock`], [`random::Random`]).

pub mod algorithm;
pub mod audit;
pub mod causes;
pub mod code_page;
pub mod finding;
pub mod name;
pub mod principal;
pub mod random;
pub mod reason;
pub mod right;
pub mod secret;
pub mod serial;
pub mod time;
