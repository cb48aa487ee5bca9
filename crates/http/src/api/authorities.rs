//! `/v1/authorities`.

pub(super) mod chain;
pub(super) mod crl;
pub(super) mod get;
pub(super) mod list;
pub(super) mod new_crl;

use std::sync::Arc;

use hf_ca::issuer::Issuer;
use hf_proto::api::problem::{Code, Problem};

use super::failure::Failure;
use crate::state::Doors;

/// The authority of this name.
fn known(doors: &Doors, name: &str) -> Result<Arc<Issuer>, Failure> {
    doors
        .authority
        .issuers()
        .get(name)
        .ok_or_else(|| Problem::new(Code::NotFound).detail("there is no authority of this name").into())
}
