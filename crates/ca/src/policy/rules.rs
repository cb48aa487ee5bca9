//! The table of rules: one file each.

mod authority_bit;
mod blocked_or_weak_key;
mod common_name;
mod constrained_names;
mod delegated_names;
mod denied_names;
mod extended_key_usage;
mod key_algorithm;
mod key_form;
mod lifetime;
mod name_count;
mod name_regex;
mod outlives_issuer;
mod path_length;
mod permitted_names;
mod public_addresses;
mod public_names;
mod requester_authority;
mod requester_lifetime;
mod requester_names;
mod requester_profile;
mod validity_start;
mod wanted_extensions;
mod wanted_serial;
mod wanted_subject;
mod wildcards;

use hf_core::finding::{Finding, FindingCode};

use super::Rule;

/// Every rule, alphabetical by file.
pub(super) static RULES: [Rule; 26] = [
    authority_bit::RULE,
    blocked_or_weak_key::RULE,
    common_name::RULE,
    constrained_names::RULE,
    delegated_names::RULE,
    denied_names::RULE,
    extended_key_usage::RULE,
    key_algorithm::RULE,
    key_form::RULE,
    lifetime::RULE,
    name_count::RULE,
    name_regex::RULE,
    outlives_issuer::RULE,
    path_length::RULE,
    permitted_names::RULE,
    public_addresses::RULE,
    public_names::RULE,
    requester_authority::RULE,
    requester_lifetime::RULE,
    requester_names::RULE,
    requester_profile::RULE,
    validity_start::RULE,
    wanted_extensions::RULE,
    wanted_serial::RULE,
    wanted_subject::RULE,
    wildcards::RULE,
];

/// A credential that allows only what it lists, and this is not among it.
fn not_listed(code: FindingCode, what: &str, allowed: &[String], found: &str) -> Finding {
    let expected = if allowed.is_empty() { "none at all".to_owned() } else { allowed.join(", ") };
    Finding::error(code, found, format!("the credential does not allow the {what}"))
        .expected_found(expected, found)
}
