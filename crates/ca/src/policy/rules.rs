//! The table of rules: one file each.

mod authority_bit;
mod blocked_or_weak_key;
mod common_name;
mod constrained_names;
mod delegated_names;
mod denied_names;
mod extended_key_usage;
mod key_algorithm;
mod lifetime;
mod name_count;
mod outlives_issuer;
mod path_length;
mod permitted_names;
mod public_addresses;
mod public_names;
mod validity_start;
mod wildcards;

use super::Rule;

/// Every rule, alphabetical by file.
pub(super) static RULES: [Rule; 17] = [
    authority_bit::RULE,
    blocked_or_weak_key::RULE,
    common_name::RULE,
    constrained_names::RULE,
    delegated_names::RULE,
    denied_names::RULE,
    extended_key_usage::RULE,
    key_algorithm::RULE,
    lifetime::RULE,
    name_count::RULE,
    outlives_issuer::RULE,
    path_length::RULE,
    permitted_names::RULE,
    public_addresses::RULE,
    public_names::RULE,
    validity_start::RULE,
    wildcards::RULE,
];
