//! `cargo xtask gen`: man pages and shell completions, made by the binary itself, into `target/gen/`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{process, refuse_arguments, report, workspace};

const SHELLS: &[&str] = &["bash", "elvish", "fish", "powershell", "zsh"];

/// Writes every page and every completion script anew.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    refuse_arguments("gen", arguments)?;
    let root = workspace::root();
    process::run(Command::new("cargo").args(["build", "-p", "handfast", "--locked"]).current_dir(root))?;
    let target = workspace::metadata(&root.join("Cargo.toml"))?.target_directory;
    let binary = target.join("debug/handfast");
    let folder = target.join("gen");
    let completions = folder.join("completions");
    std::fs::create_dir_all(&completions)
        .with_context(|| format!("cannot make {}", completions.display()))?;
    for shell in SHELLS {
        let script = process::capture(Command::new(&binary).args(["completions", shell]))?;
        write(&completions.join(format!("handfast.{shell}")), &script)?;
    }
    let pages = folder.join("man");
    process::run(Command::new(&binary).arg("man").arg(&pages))?;
    report::line(&format!("wrote {} and {}", completions.display(), pages.display()));
    Ok(())
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}
