//! `/v1/credentials`.

pub(super) mod create;
pub(super) mod list;
pub(super) mod revoke;

use hf_ca::request::RequesterLimits;
use hf_core::right::Right;

use crate::access::Caller;
use crate::access::denied::Denied;
use crate::access::rules::check_within;
use crate::api::failure::Failure;

/// A credential that makes and ends others must not be a way to more than it allows, nor shut out one that allows more.
fn check_own(caller: &Caller, rights: &[Right], limits: &RequesterLimits) -> Result<(), Failure> {
    if let Some(right) = rights.iter().find(|right| !caller.rights.contains(right)) {
        return Err(Denied::Right { right: *right }.into());
    }
    check_within(&caller.limits, limits).map_err(|wider| Denied::Limit { what: format!("{wider}") }.into())
}
