//! A drawing for a terminal: letters and box-drawing characters, no colour.

use std::fmt::{self, Write};

use super::{first_instances, import_labels, model, scope, signs};
use crate::declared::{Authority, Party, Topology};

/// The topology as text, lines ending with a line feed.
pub fn text(topology: &Topology) -> String {
    let mut out = String::new();
    // Writing to a `String` does not fail.
    let _ = write_all(&mut out, topology);
    out
}

fn write_all(out: &mut String, topology: &Topology) -> fmt::Result {
    writeln!(out, "{} · {}", topology.trust.domain, model(topology))?;
    writeln!(out, "\nAuthorities")?;
    for root in topology.authorities.iter().filter(|authority| authority.is_root()) {
        write_authority(out, topology, root, "  ", "  ")?;
    }
    writeln!(out, "\nServices")?;
    for (index, party) in topology.parties().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        write_party(out, topology, party)?;
    }
    Ok(())
}

/// One authority and everything below it. `first` stands before its own line, `rest` before all others.
fn write_authority(
    out: &mut String,
    topology: &Topology,
    authority: &Authority,
    first: &str,
    rest: &str,
) -> fmt::Result {
    let offline = if authority.offline { ", key offline" } else { "" };
    let scope = scope(authority);
    let scope = if scope.is_empty() { scope } else { format!(", {scope}") };
    writeln!(out, "{first}{} · {}{scope}{offline}", authority.name, authority.subject)?;
    let children: Vec<&Authority> = topology.children(&authority.name).collect();
    let signs = signs(topology, authority);
    if !signs.is_empty() {
        let bar = if children.is_empty() { "└─" } else { "├─" };
        writeln!(out, "{rest}{bar} signs {}", signs.join(", "))?;
    }
    for (index, child) in children.iter().enumerate() {
        let is_last = index + 1 == children.len();
        let (bar, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        write_authority(out, topology, child, &format!("{rest}{bar}"), &format!("{rest}{below}"))?;
    }
    Ok(())
}

fn write_party(out: &mut String, topology: &Topology, party: Party<'_>) -> fmt::Result {
    let external = if party.is_external() { " (external)" } else { "" };
    write!(out, "  {}{external}", party.name())?;
    if !party.calls().is_empty() {
        write!(out, "  ──▶ {}", party.calls().join(", "))?;
    }
    if party.peers() && party.instances().len() > 1 {
        write!(out, "  ◀─▶ each other")?;
    }
    out.push('\n');
    let (shown, more) = first_instances(party.instances());
    for instance in shown {
        match &instance.address {
            Some(address) => writeln!(out, "  ├─ {} at {address}", instance.name)?,
            None => writeln!(out, "  ├─ {}", instance.name)?,
        }
    }
    if more > 0 {
        writeln!(out, "  ├─ and {more} more")?;
    }
    let imports = import_labels(topology, party);
    let imports = if imports.is_empty() { "nothing".to_owned() } else { imports.join(", ") };
    writeln!(out, "  └─ imports {imports}")
}
