//! `cargo xtask deny`: licences, bans and sources of everything we depend on, as `deny.toml` allows.

use std::process::Command;

use anyhow::Result;

use crate::{process, refuse_arguments, report, workspace};

/// The version that `deny.toml` is written for.
const VERSION: &str = "0.20.2";

/// Runs the checks that need no network.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    refuse_arguments("deny", arguments)?;
    check(&["licenses", "bans", "sources"])
}

/// Runs `cargo deny check` for the named parts, installing cargo-deny first when it is missing.
pub(crate) fn check(parts: &[&str]) -> Result<()> {
    install_when_missing()?;
    let mut command = Command::new("cargo");
    command.args(["deny", "--locked", "--workspace", "check", "--hide-inclusion-graph"]).args(parts);
    process::run(command.current_dir(workspace::root()))
}

fn install_when_missing() -> Result<()> {
    let installed = process::capture(Command::new("cargo").args(["deny", "--version"]));
    if installed.is_ok() {
        return Ok(());
    }
    report::line(&format!("installing cargo-deny {VERSION}"));
    // Without optimization: it runs for a second and would be compiled for minutes.
    let arguments = ["install", "cargo-deny", "--version", VERSION, "--locked", "--debug"];
    process::run(Command::new("cargo").args(arguments).current_dir(workspace::root()))
}
