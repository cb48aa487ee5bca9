//! The judgement of `check-deps`: edges and table in, faults in words out.

/// Where an edge counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// In what is shipped: a normal or a build dependency.
    Shipped,
    /// In tests only.
    Dev,
}

/// One crate of the workspace depends on another crate.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) kind: Kind,
}

/// Which crates of the workspace a crate may see.
pub(super) struct CrateRow {
    pub(super) name: &'static str,
    pub(super) may_see: &'static [&'static str],
    /// And, beside `hf-testkit`, in its tests.
    pub(super) tests_may_see: &'static [&'static str],
    pub(super) why: &'static str,
}

/// A crate, of ours or from outside, that only some may depend on in what is shipped; tests are free.
pub(super) struct ReservedRow {
    pub(super) name: &'static str,
    pub(super) only: &'static [&'static str],
    pub(super) why: &'static str,
}

/// Everything that is wrong, each in a line.
pub(super) fn faults(
    members: &[String],
    edges: &[Edge],
    crates: &[CrateRow],
    reserved: &[ReservedRow],
) -> Vec<String> {
    let mut faults: Vec<String> = edges
        .iter()
        .flat_map(|edge| [inward(edge, members, crates), outward(edge, reserved)])
        .flatten()
        .collect();
    for member in members {
        if !crates.iter().any(|row| row.name == member) {
            faults
                .push(format!("{member}: not in the table; add a row with its tier to check_deps/table.rs"));
        }
    }
    for row in crates {
        if !members.iter().any(|member| member == row.name) {
            faults.push(format!("{}: in the table, but no crate of the workspace; remove the row", row.name));
        }
    }
    for row in reserved {
        if !edges.iter().any(|edge| edge.to == row.name) {
            faults.push(format!("{}: reserved, but nothing depends on it; remove the row", row.name));
        }
    }
    faults
}

/// An edge between two crates of the workspace that the table does not have.
fn inward(edge: &Edge, members: &[String], crates: &[CrateRow]) -> Option<String> {
    if !members.contains(&edge.to) {
        return None;
    }
    let row = crates.iter().find(|row| row.name == edge.from)?;
    let to = edge.to.as_str();
    let in_tests = edge.kind == Kind::Dev && (to == "hf-testkit" || row.tests_may_see.contains(&to));
    let allowed = row.may_see.contains(&to) || in_tests;
    if allowed { None } else { Some(format!("{} -> {}: {}", edge.from, edge.to, row.why)) }
}

/// An edge to a crate that is reserved for others.
fn outward(edge: &Edge, reserved: &[ReservedRow]) -> Option<String> {
    let row = reserved.iter().find(|row| row.name == edge.to)?;
    if row.only.contains(&edge.from.as_str()) || edge.kind == Kind::Dev {
        return None;
    }
    let owners = if row.only.is_empty() { "tests".to_owned() } else { row.only.join(", ") };
    Some(format!("{} -> {}: reserved for {owners}: {}", edge.from, edge.to, row.why))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRATES: &[CrateRow] = &[
        CrateRow { name: "low", may_see: &[], tests_may_see: &[], why: "sees nothing" },
        CrateRow { name: "high", may_see: &["low"], tests_may_see: &[], why: "sees low" },
    ];
    const RESERVED: &[ReservedRow] =
        &[ReservedRow { name: "sql", only: &["high"], why: "queries live there" }];

    fn judge(edges: &[(&str, &str, Kind)]) -> Vec<String> {
        let members = ["low".to_owned(), "high".to_owned()];
        let mut list: Vec<Edge> = edges
            .iter()
            .map(|(from, to, kind)| Edge { from: (*from).into(), to: (*to).into(), kind: *kind })
            .collect();
        list.push(Edge { from: "high".into(), to: "sql".into(), kind: Kind::Shipped });
        faults(&members, &list, CRATES, RESERVED)
    }

    #[test]
    fn allowed_edges_pass() {
        assert_eq!(
            judge(&[("high", "low", Kind::Shipped), ("low", "serde", Kind::Shipped)]),
            Vec::<String>::new()
        );
        assert_eq!(judge(&[("low", "sql", Kind::Dev)]), Vec::<String>::new());
    }

    #[test]
    fn upward_edges_are_refused_in_tests_too() {
        assert_eq!(judge(&[("low", "high", Kind::Shipped)]), ["low -> high: sees nothing"]);
        assert_eq!(judge(&[("low", "high", Kind::Dev)]), ["low -> high: sees nothing"]);
    }

    #[test]
    fn tests_see_what_the_table_says_and_what_is_shipped_does_not() {
        let door = CrateRow { name: "door", may_see: &[], tests_may_see: &["keys"], why: "no keys" };
        let edge = |kind| Edge { from: "door".into(), to: "keys".into(), kind };
        let members = ["keys".to_owned()];
        assert_eq!(inward(&edge(Kind::Dev), &members, std::slice::from_ref(&door)), None);
        assert!(inward(&edge(Kind::Shipped), &members, &[door]).is_some());
    }

    #[test]
    fn a_reserved_crate_is_refused_to_others() {
        let faults = judge(&[("low", "sql", Kind::Shipped)]);
        assert_eq!(faults, ["low -> sql: reserved for high: queries live there"]);
    }

    #[test]
    fn the_table_may_not_go_stale() {
        let members = ["low".to_owned(), "new".to_owned()];
        let faults = faults(&members, &[], CRATES, RESERVED);
        assert_eq!(faults.len(), 3, "{faults:#?}");
        assert!(faults[0].starts_with("new: not in the table"));
        assert!(faults[1].starts_with("high: in the table, but"));
        assert!(faults[2].starts_with("sql: reserved, but"));
    }
}
