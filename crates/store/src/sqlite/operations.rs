//! Changes of the database, each one transition of the domain, carried out by the writer within its transaction.

pub(super) mod acme;
pub(super) mod authority;
pub(super) mod block;
pub(super) mod credential;
pub(super) mod crl;
pub(super) mod import;
pub(super) mod intent;
pub(super) mod retention;
pub(super) mod revoke;
pub(super) mod snapshot;
