//! Names that an authority above may not vouch for: every verifier would refuse the certificate.

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;

use crate::codes;
use crate::declare::listed;
use crate::declared::{Authority, Topology};

const CODE: FindingCode = codes::PLAN_NAME_OUTSIDE;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let mut findings = Vec::new();
    for service in &topology.services {
        let chain = topology.chain(&service.authority);
        for instance in &service.instances {
            for name in &instance.names {
                let refusal = chain.iter().find_map(|authority| refusal(authority, name));
                findings.extend(refusal.map(|refusal| refusal.finding(topology.at(instance.place), name)));
            }
        }
    }
    findings
}

struct Refusal<'a> {
    authority: &'a Authority,
    excluded: bool,
}

/// Names of a kind of which nothing is permitted explicitly are free (RFC 5280 section 4.2.1.10).
fn refusal<'a>(authority: &'a Authority, name: &Identifier) -> Option<Refusal<'a>> {
    if authority.excluded.iter().any(|constraint| constraint.covers(name)) {
        return Some(Refusal { authority, excluded: true });
    }
    let mut same_kind = authority.permitted.iter().filter(|constraint| constraint.same_kind(name)).peekable();
    let outside = same_kind.peek().is_some() && !same_kind.any(|constraint| constraint.covers(name));
    outside.then_some(Refusal { authority, excluded: false })
}

impl Refusal<'_> {
    fn finding(&self, at: String, name: &Identifier) -> Finding {
        let (key, constraints, verb) = if self.excluded {
            ("excluded", &self.authority.excluded, "excludes")
        } else {
            ("permitted", &self.authority.permitted, "does not permit")
        };
        let authority = &self.authority.name;
        let expected = if self.excluded { "a name outside of " } else { "a name inside of " };
        Finding::error(CODE, at, format!("`{name}` is a name that authority `{authority}` {verb}"))
            .expected_found(format!("{expected}{}", listed(constraints)), name.to_string())
            .hint(format!("change `{key}` in `[authority.{authority}]`, or let another authority sign it"))
            .rfc("RFC 5280 section 4.2.1.10")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, refused};
    use super::*;

    const TREE: &str = "[authority.r]\npermitted = [\"x.internal\"]\n[authority.i]\nparent = \"r\"\nexcluded = [\"secret.x.internal\"]\n";

    fn with(name: &str) -> String {
        format!("{TREE}[service.s]\ninstances = [\"s.x.internal\"]\nnames = [\"{name}\"]\n")
    }

    #[test]
    fn every_authority_above_is_asked() {
        assert!(refused(&with("s.y.internal"), CODE).summary.contains("`r` does not permit"));
        assert!(refused(&with("a.secret.x.internal"), CODE).summary.contains("`i` excludes"));
        assert_eq!(refused(&with("x.y"), CODE).about, "f:8:14");
    }

    #[test]
    fn names_of_another_kind_are_free() {
        assert!(check(&good(&with("10.0.0.1"))).is_empty());
        assert!(check(&good(&with("t.x.internal"))).is_empty());
    }
}
