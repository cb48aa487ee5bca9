//! Dependencies that are declared and not used: each is compiled, audited and updated for nothing.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::workspace::Package;

/// Crates whose name in code is another than in `Cargo.toml`.
const RENAMED: &[(&str, &str)] = &[("md-5", "md5"), ("rustls-webpki", "webpki")];

/// Dependencies of `package` that none of its sources names.
pub(super) fn of_package(package: &Package) -> Result<Vec<String>> {
    let folder = package.manifest_path.parent().context("a manifest is in a folder")?;
    let mut sources = String::new();
    read_sources(folder, &mut sources)?;
    Ok(faults_of_package(&package.name, package.dependencies.iter().map(|edge| edge.name.as_str()), &sources))
}

fn faults_of_package<'a>(
    name: &str,
    dependencies: impl Iterator<Item = &'a str>,
    sources: &str,
) -> Vec<String> {
    let unused = dependencies.filter(|dependency| !is_named(sources, &name_in_code(dependency)));
    unused
        .map(|dependency| format!("{name} -> {dependency}: declared, but no source of {name} names it"))
        .collect()
}

fn name_in_code(dependency: &str) -> String {
    let renamed = RENAMED.iter().find(|(name, _)| *name == dependency);
    renamed.map_or(dependency, |(_, in_code)| in_code).replace('-', "_")
}

/// Whether `word` occurs in `text` as a whole word.
fn is_named(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|tail| tail.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}

fn read_sources(folder: &Path, sources: &mut String) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            read_sources(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push_str(
                &fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?,
            );
        }
    }
    Ok(())
}

/// Lines of `[workspace.dependencies]` in the root manifest that no member asks for.
pub(super) fn of_workspace(manifest: &str, used: &[&str]) -> Vec<String> {
    let table = manifest.split("[workspace.dependencies]").nth(1).unwrap_or_default();
    let lines = table.lines().take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| Some(line.split_once('=')?.0.trim()));
    let unused = names.filter(|name| !name.starts_with('#') && !used.contains(name));
    unused.map(|name| format!("{name}: in [workspace.dependencies], but no crate asks for it")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_must_be_named_in_code_as_a_whole_word() {
        let names =
            |sources: &str| faults_of_package("a", ["serde-json", "rustls-webpki"].into_iter(), sources);
        assert_eq!(names("use serde_json::Value; fn f() { webpki::x() }"), Vec::<String>::new());
        let faults = names("use serde_json_lines::Value; use rustls_webpki as w;");
        assert_eq!(faults.len(), 2, "{faults:?}");
    }

    #[test]
    fn a_line_that_no_crate_asks_for_is_found() {
        let manifest = "[workspace.dependencies]\n# why\nused = \"1\"\nunused = { path = \"x\" }\n\n[profile.dev]\nopt = 1\n";
        let faults = of_workspace(manifest, &["used"]);
        assert_eq!(faults, ["unused: in [workspace.dependencies], but no crate asks for it"]);
    }
}
