//! `cargo xtask tidy`: long files and functions, notes without an owner, words that say nothing, crates without
//! documentation.
//!
//! Sizes that are over the aim today are in `xtask/tidy-ratchet.txt`. That list may only shrink: an entry that grew, or a
//! new one, fails; so does one that shrank until `cargo xtask tidy --shrink` has lowered it. Nothing raises it but an
//! editor and a reviewer.

mod measure;
mod notes;
mod ratchet;
mod words;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::{process, report, workspace};

const RATCHET: &str = "xtask/tidy-ratchet.txt";

/// Looks through every file that git knows.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let shrink = match arguments {
        [] => false,
        [word] if word == "--shrink" => true,
        _ => bail!("usage: cargo xtask tidy [--shrink]"),
    };
    let files = tracked_files()?;
    let mut faults = undocumented_crates()?;
    let mut sizes = Vec::new();
    for file in &files {
        let Ok(text) = fs::read_to_string(workspace::root().join(file)) else { continue };
        faults.extend(notes::faults(file, &text));
        faults.extend(words::faults(file, &text));
        if Path::new(file).extension().is_some_and(|extension| extension == "rs") {
            sizes.extend(measure::over_the_aim(file, &text));
        }
    }
    faults.extend(compare_with_ratchet(&sizes, shrink)?);
    if !faults.is_empty() {
        bail!("{} things to tidy:\n  {}", faults.len(), faults.join("\n  "));
    }
    report::line(&format!("{} files are tidy; {} sizes are on the ratchet", files.len(), sizes.len()));
    Ok(())
}

fn compare_with_ratchet(sizes: &[measure::Size], shrink: bool) -> Result<Vec<String>> {
    let path = workspace::root().join(RATCHET);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {RATCHET}"))?;
    let allowed = ratchet::parse(&text).with_context(|| format!("in {RATCHET}"))?;
    if shrink {
        fs::write(&path, ratchet::shrunk(&text, &allowed, sizes))
            .with_context(|| format!("cannot write {RATCHET}"))?;
        let text = fs::read_to_string(&path)?;
        return Ok(ratchet::faults(&ratchet::parse(&text)?, sizes));
    }
    Ok(ratchet::faults(&allowed, sizes))
}

/// Files of the repository, also those not yet committed, relative to its root.
fn tracked_files() -> Result<Vec<String>> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"];
    let text = process::capture(std::process::Command::new("git").args(list).current_dir(workspace::root()))?;
    Ok(text.lines().map(str::to_owned).collect())
}

/// Crates without a description, and roots of crates without module documentation.
fn undocumented_crates() -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for package in workspace::metadata(&workspace::root().join("Cargo.toml"))?.packages {
        if package.description.is_none_or(|words| words.trim().is_empty()) {
            faults.push(format!("{}: no `description`", package.manifest_path.display()));
        }
        let roots = package.targets.iter().map(|target| &target.src_path);
        faults.extend(roots.filter(|root| !begins_with_documentation(root)).map(|root: &PathBuf| {
            format!("{}: does not begin with `//!` that says what the crate is for", root.display())
        }));
    }
    Ok(faults)
}

fn begins_with_documentation(root: &Path) -> bool {
    fs::read_to_string(root)
        .is_ok_and(|text| text.lines().next().is_some_and(|line| line.starts_with("//! ")))
}
