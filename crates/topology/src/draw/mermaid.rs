//! A Mermaid flow chart, as Markdown pages show it.

use std::fmt::{self, Write};

use super::{first_instances, import_labels, scope};
use crate::declared::{Authority, Party, Topology};

/// The topology as the text of a Mermaid diagram, lines ending with a line feed.
pub fn mermaid(topology: &Topology) -> String {
    let mut out = String::from("flowchart LR\n");
    // Writing to a `String` does not fail.
    let _ = write_all(&mut out, topology);
    out
}

fn write_all(out: &mut String, topology: &Topology) -> fmt::Result {
    let authority_id = |name: &str| topology.authorities.iter().position(|a| a.name == name);
    let party_id = |name: &str| topology.parties().position(|party| party.name() == name);
    for (id, authority) in topology.authorities.iter().enumerate() {
        write_authority(out, id, authority)?;
    }
    for (id, party) in topology.parties().enumerate() {
        write_party(out, topology, id, party)?;
    }
    for (id, authority) in topology.authorities.iter().enumerate() {
        if let Some(parent) = authority.parent.as_deref().and_then(authority_id) {
            writeln!(out, "  a{parent} --> a{id}")?;
        }
    }
    for (id, party) in topology.parties().enumerate() {
        if let Party::Service(service) = party
            && let Some(authority) = authority_id(&service.authority)
        {
            writeln!(out, "  a{authority} -. signs .-> p{id}")?;
        }
        for callee in party.calls().iter().filter_map(|callee| party_id(callee)) {
            writeln!(out, "  p{id} ==> p{callee}")?;
        }
    }
    writeln!(out, "  classDef authority fill:#eef4fb,stroke:#0067a5,color:#12263a")?;
    writeln!(out, "  classDef external stroke-dasharray:5 4")
}

fn write_authority(out: &mut String, id: usize, authority: &Authority) -> fmt::Result {
    let mut lines =
        vec![format!("<b>{}</b>", escape(&authority.name)), escape(&authority.subject.to_string())];
    let scope = scope(authority);
    if !scope.is_empty() {
        lines.push(escape(&scope));
    }
    writeln!(out, "  a{id}([\"{}\"]):::authority", lines.join("<br/>"))
}

/// A service is a box of its instances; two of them that talk to each other are joined.
fn write_party(out: &mut String, topology: &Topology, id: usize, party: Party<'_>) -> fmt::Result {
    let imports = import_labels(topology, party);
    let imports = if imports.is_empty() { "nothing".to_owned() } else { imports.join(", ") };
    let external = if party.is_external() { " (external)" } else { "" };
    let title = format!("{}{external}, imports {imports}", party.name());
    writeln!(out, "  subgraph p{id}[\"{}\"]", escape(&title))?;
    let (shown, more) = first_instances(party.instances());
    for (index, instance) in shown.iter().enumerate() {
        writeln!(out, "    p{id}i{index}[\"{}\"]", escape(&instance.name))?;
    }
    if more > 0 {
        writeln!(out, "    p{id}more[\"and {more} more\"]")?;
    }
    if party.peers() {
        for index in 1..shown.len() {
            writeln!(out, "    p{id}i{} <--> p{id}i{index}", index - 1)?;
        }
    }
    writeln!(out, "  end")?;
    if party.is_external() {
        writeln!(out, "  class p{id} external")?;
    }
    Ok(())
}

/// Mermaid's own entities: names may hold any character.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '"' | '#' | '<' | '>' | '&' | ';' | '`' | '*' | '_' | '\\' => {
                // Writing to a `String` does not fail.
                let _ = write!(escaped, "#{};", u32::from(character));
            }
            _ => escaped.push(character),
        }
    }
    escaped
}
