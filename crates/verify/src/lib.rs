//! The gate that accepts or rejects a certification path, and the explainer that says why.
//!
//! * [`gate::accept`] admits a path or refuses; only it makes a [`gate::VerifiedPath`].
//! * [`explain::explain`] searches by itself and says which link breaks which rule, what was expected and found, and what
//!   to do. It agrees with the gate on every input; tests, a fuzz target and the corpus run hold it to that.
//! * [`chain::arrange`] puts shuffled certificates in order and names the missing link.
//! * [`status`] says what lists and responders say of one certificate, and whether they agree.
//! * [`batch`] answers many requests, one JSON object a line.
//!
//! Pure: no I/O, no clock, no randomness. The time is part of the request.

pub mod batch;
mod budget;
pub mod chain;
pub mod codes;
mod crl;
pub mod explain;
mod facts;
pub mod gate;
mod names;
mod policy;
mod pool;
pub mod request;
mod rules;
mod search;
pub mod status;
