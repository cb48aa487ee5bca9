//! Certificate policies, RFC 5280 section 6.1.

use crate::budget::Budget;
use crate::codes;
use crate::policy::{self, PolicyFault};
use crate::rules::{Fault, Path, PathRule, Place};

pub(super) const POLICY: PathRule = PathRule { code: codes::PATH_POLICY, rfc: "RFC 5280 section 6.1", check };

fn check(path: &Path<'_>, _: &mut Budget) -> Vec<Fault> {
    let below = path.links.iter().rev().filter(|link| link.place != Place::Anchor);
    let views: Vec<_> = below.clone().map(|link| link.facts.policy.clone()).collect();
    let Err(fault) = policy::check(&views, path.request.policies.as_ref()) else { return Vec::new() };
    let position = match fault {
        PolicyFault::NoneValid { position }
        | PolicyFault::AnyMapped { position }
        | PolicyFault::TooMany { position } => position,
    };
    let about =
        below.clone().nth(position.saturating_sub(1)).map(crate::rules::Link::about).unwrap_or_default();
    vec![describe(&fault, path).about(about)]
}

fn describe(fault: &PolicyFault, path: &Path<'_>) -> Fault {
    match fault {
        PolicyFault::NoneValid { .. } => Fault::new(
            "an explicit certificate policy is required, and none holds along the path",
            asked(path),
            "no common policy from here on",
        ),
        PolicyFault::AnyMapped { .. } => Fault::new(
            "anyPolicy is mapped to or from another policy",
            "mappings between named policies",
            "anyPolicy",
        ),
        PolicyFault::TooMany { .. } => {
            Fault::new("too many certificate policies", "at most 256 policies at one level", "more")
        }
    }
}

fn asked(path: &Path<'_>) -> String {
    let initial =
        path.request.policies.as_ref().map(|policies| policies.initial.as_slice()).unwrap_or_default();
    if initial.is_empty() {
        return "a policy asserted by every certificate".to_owned();
    }
    let shown: Vec<String> = initial.iter().take(10).map(ToString::to_string).collect();
    format!("one of {}", shown.join(", "))
}
