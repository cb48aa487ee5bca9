//! Carrying out a plan: authorities, certificates, files. Nothing is chosen here.

pub(crate) mod directory;
pub(crate) mod owner;
