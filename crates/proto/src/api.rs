//! Our own API, `/v1`: what goes over the wire, and what both ends must agree about.
//!
//! Every body is a JSON object whose members are named here; unknown members are refused. Failures are `problem+json`
//! ([`problem`]). Times are RFC 3339 UTC, spans of time as in `30d`, serial numbers lower-case hexadecimal, certificates
//! and requests PEM.

pub mod audit;
pub mod authority;
pub mod certificate;
pub mod credential;
pub mod crl;
pub mod issue;
pub mod json;
pub mod key;
pub mod problem;
pub mod profile;
pub mod renew;
pub mod revoke;
pub mod route;
