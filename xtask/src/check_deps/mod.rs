//! `cargo xtask check-deps`: every dependency edge of the workspace against the table of allowed ones.
//!
//! Compares what `cargo metadata` says with `table.rs`. Prints each illegal edge with the reason for the rule that it
//! breaks, each row of the table that nothing uses any more, and each dependency that no code names.

mod judge;
mod table;
mod unused;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::{refuse_arguments, report, workspace};
use judge::{Edge, Kind};

/// Checks the workspace.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    refuse_arguments("check-deps", arguments)?;
    let manifest = workspace::root().join("Cargo.toml");
    let (members, edges) = read(&manifest)?;
    let mut faults = judge::faults(&members, &edges, table::CRATES, table::RESERVED);
    faults.extend(unused_dependencies(&manifest, &edges)?);
    if !faults.is_empty() {
        bail!("{} faults in the dependencies between crates:\n  {}", faults.len(), faults.join("\n  "));
    }
    report::line(&format!("{} crates, {} edges, all allowed", members.len(), edges.len()));
    Ok(())
}

fn unused_dependencies(manifest: &Path, edges: &[Edge]) -> Result<Vec<String>> {
    let text = fs::read_to_string(manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let used: Vec<&str> = edges.iter().map(|edge| edge.to.as_str()).collect();
    let mut faults = unused::of_workspace(&text, &used);
    for package in workspace::metadata(manifest)?.packages {
        faults.extend(unused::of_package(&package)?);
    }
    Ok(faults)
}

/// The members of a workspace and all edges that leave them.
fn read(manifest: &Path) -> Result<(Vec<String>, Vec<Edge>)> {
    let metadata = workspace::metadata(manifest)?;
    let mut members = Vec::new();
    let mut edges = Vec::new();
    for package in metadata.packages {
        for dependency in package.dependencies {
            let kind = if dependency.kind.as_deref() == Some("dev") { Kind::Dev } else { Kind::Shipped };
            edges.push(Edge { from: package.name.clone(), to: dependency.name, kind });
        }
        members.push(package.name);
    }
    Ok((members, edges))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace on disk whose `hf-core` reaches up to `hf-store`, and whose `hf-store` is as it should be.
    fn workspace_with_an_illegal_edge() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::write(
            root.join("Cargo.toml"),
            "[workspace]\nresolver = \"3\"\nmembers = [\"core\", \"store\"]\n",
        )
        .unwrap();
        for (name, dependencies) in [
            ("core", "hf-store = { path = \"../store\" }\nrusqlite = \"0.41\""),
            ("store", "rusqlite = \"0.41\""),
        ] {
            fs::create_dir_all(root.join(name).join("src")).unwrap();
            fs::write(root.join(name).join("src/lib.rs"), "").unwrap();
            let manifest = format!(
                "[package]\nname = \"hf-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n{dependencies}\n"
            );
            fs::write(root.join(name).join("Cargo.toml"), manifest).unwrap();
        }
        folder
    }

    #[test]
    fn an_illegal_edge_on_disk_is_found_with_its_reason() {
        let folder = workspace_with_an_illegal_edge();
        let (members, edges) = read(&folder.path().join("Cargo.toml")).unwrap();
        let faults = judge::faults(&members, &edges, table::CRATES, table::RESERVED);
        let upward: Vec<_> = faults.iter().filter(|fault| fault.starts_with("hf-core -> ")).collect();
        assert_eq!(upward.len(), 2, "{faults:#?}");
        assert!(upward[0].contains("hf-core -> hf-store: tier 0"), "{}", upward[0]);
        assert!(upward[1].contains("hf-core -> rusqlite: reserved for hf-store"), "{}", upward[1]);
        assert!(!faults.iter().any(|fault| fault.starts_with("hf-store -> ")), "{faults:#?}");
    }
}
