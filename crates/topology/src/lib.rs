//! Declared and observed trust, the planner, plan checks and drawings.
//!
//! `handfast.toml` is read by [`declare::parse`] into a [`declared::Topology`], which holds no defaults any more: each
//! service has its authority and its profile. [`plan::plan`] compares it with an [`inventory::Inventory`] and gives a
//! [`plan::Plan`]; [`expect::pairs`] says of every pair of instances whether the link must work, must be refused, or is
//! not separated by the trust model; [`report::CheckReport`] counts what was proven. Nothing here reads a file, asks a
//! clock or knows a key.

pub mod checks;
pub mod codes;
pub mod declare;
pub mod declared;
pub mod draw;
pub mod expect;
pub mod inventory;
pub mod layout;
pub mod plan;
pub mod report;
