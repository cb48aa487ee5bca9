//! Nothing outlives its issuer, so a lifetime longer than the issuer's is cut.

use hf_core::finding::{Finding, FindingCode};
use hf_core::time::Lifetime;

use crate::codes;
use crate::declared::{Place, Topology};

const CODE: FindingCode = codes::PLAN_LIFETIME_ORDER;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let longer = |issuer: &str, lifetime: Lifetime| {
        topology.authority(issuer).map(|issuer| issuer.lifetime).filter(|issuer| lifetime > *issuer)
    };
    let authorities = topology.authorities.iter().filter_map(|authority| {
        let issuer = authority.parent.as_deref()?;
        let limit = longer(issuer, authority.lifetime)?;
        Some(finding(topology, authority.place, &authority.name, authority.lifetime, issuer, limit))
    });
    let services = topology.services.iter().filter_map(|service| {
        let limit = longer(&service.authority, service.lifetime)?;
        Some(finding(topology, service.place, &service.name, service.lifetime, &service.authority, limit))
    });
    authorities.chain(services).collect()
}

fn finding(
    topology: &Topology,
    place: Place,
    name: &str,
    lifetime: Lifetime,
    issuer: &str,
    limit: Lifetime,
) -> Finding {
    Finding::warning(
        CODE,
        topology.at(place),
        format!("`{name}` would outlive its issuer `{issuer}`, so its lifetime is cut"),
    )
    .expected_found(format!("at most {limit}"), lifetime.to_string())
    .hint(format!("write a shorter `lifetime` there, or a longer one in `[authority.{issuer}]`"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, only};
    use super::*;

    #[test]
    fn what_would_outlive_its_issuer_is_noticed() {
        let text = "[authority.r]\nlifetime = \"30d\"\n[service.s]\ninstances = [\"s.x\"]\n";
        assert_eq!(only(check(&good(text)), CODE).about, "f:4:10");
        assert!(check(&good(&text.replace("30d", "300d"))).is_empty());
        let tree = "[authority.r]\nlifetime = \"3y\"\n[authority.i]\nparent = \"r\"\n";
        assert_eq!(only(check(&good(tree)), CODE).about, "f:4:12");
    }
}
