//! From the declared topology to the settings of the crates below.

pub(crate) mod access;
pub(crate) mod acme;
pub(crate) mod profiles;
pub(crate) mod published;
pub(crate) mod subject;
