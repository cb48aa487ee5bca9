//! A path length that forbids the levels declared below.

use hf_core::finding::{Finding, FindingCode};

use crate::codes;
use crate::declared::Topology;

const CODE: FindingCode = codes::PLAN_PATH_LENGTH;

pub(super) fn check(topology: &Topology) -> Vec<Finding> {
    let levels = topology.levels_below();
    topology
        .authorities
        .iter()
        .filter_map(|authority| {
            let length = usize::from(authority.path_length?);
            let needed = levels.get(authority.name.as_str()).copied().filter(|needed| *needed > length)?;
            let name = &authority.name;
            let summary = format!("`{name}` forbids authorities that are declared below it");
            Some(
                Finding::error(CODE, topology.at(authority.place), summary)
                    .expected_found(format!("a path length of at least {needed}"), length.to_string())
                    .hint(format!(
                        "write `path_length = {needed}` in `[authority.{name}]`, or remove the key"
                    ))
                    .rfc("RFC 5280 section 4.2.1.9"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{good, refused};
    use super::*;

    #[test]
    fn the_levels_below_must_fit() {
        let text = "[authority.r]\npath_length = 0\n[authority.i]\nparent = \"r\"\n";
        refused(text, CODE);
        assert!(check(&good(&text.replace("= 0", "= 1"))).is_empty());
    }
}
