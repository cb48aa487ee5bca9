//! What an ACME server keeps.

pub(super) mod accounts;
pub(super) mod authorizations;
pub(super) mod bindings;
pub(super) mod orders;
pub(super) mod races;
