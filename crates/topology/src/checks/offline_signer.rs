//! An authority whose key is kept elsewhere cannot sign services, which renew by themselves.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::Topology;

const CODE: FindingCode = codes::PLAN_OFFLINE_SIGNER;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let offline = |name: &str| topology.authority(name).filter(|authority| authority.offline);
    topology
        .services
        .iter()
        .filter_map(|service| {
            let signer = offline(&service.authority)?;
            let summary = format!("`{}` is signed by `{}`, whose key is offline", service.name, signer.name);
            Some(Finding::error(CODE, topology.at(service.place), summary).hint(format!(
                "add `[authority.services]` with `parent = \"{}\"`, and let it sign the service",
                signer.name
            )))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, refused};
    use super::*;

    #[test]
    fn an_offline_root_signs_authorities_only() {
        let service = "[service.s]\ninstances = [\"s.x\"]\n";
        refused(&format!("[authority.r]\noffline = true\n{service}"), CODE);
        let tree = format!("[authority.r]\noffline = true\n[authority.i]\nparent = \"r\"\n{service}");
        assert!(check(&good(&tree)).is_empty());
    }
}
