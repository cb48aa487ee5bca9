//! `/v1/credentials`.

pub(super) mod create;
pub(super) mod list;
pub(super) mod revoke;
