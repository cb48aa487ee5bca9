//! Which authority is meant.

use hf_ca::authority::Authority;
use hf_proto::api::problem::{Code, Problem};
use hf_store::record::AuthorityState;

use super::failure::Failure;

/// The authority that was named; else the one that issues, when there is exactly one: one that has others below it is not
/// meant.
pub(super) fn authority(authority: &Authority, named: Option<String>) -> Result<String, Failure> {
    if let Some(name) = named {
        return Ok(name);
    }
    let all = authority.issuers().all();
    let is_parent = |name: &str| all.iter().any(|other| other.record().parent.as_deref() == Some(name));
    let mut issuing = all
        .iter()
        .filter(|issuer| issuer.record().state == AuthorityState::Active && !is_parent(issuer.name()))
        .map(|issuer| issuer.name());
    match (issuing.next(), issuing.next()) {
        (Some(one), None) => Ok(one.to_owned()),
        (None, _) => Err(Problem::new(Code::AuthorityUnavailable).detail("there is no authority yet").into()),
        (Some(_), Some(_)) => {
            Err(Failure::malformed("several authorities issue: say which one in `authority`"))
        }
    }
}
