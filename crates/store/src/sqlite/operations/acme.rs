//! What an ACME server keeps on record.

pub(in crate::sqlite) mod account;
pub(in crate::sqlite) mod eab;
pub(in crate::sqlite) mod window;
