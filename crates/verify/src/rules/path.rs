//! Rules about the whole path, one file each.

mod constraints;
mod length;
mod name;
mod policy;
mod purpose;
mod revocation;

use super::PathRule;

/// Every row, cheap ones first; revocation last, since it checks signatures.
pub(super) const ROWS: &[PathRule] = &[
    length::LENGTH,
    length::DEPTH,
    purpose::PURPOSE,
    purpose::KEY_USAGE,
    name::NAME,
    constraints::CONSTRAINTS,
    policy::POLICY,
    revocation::REVOCATION,
];
