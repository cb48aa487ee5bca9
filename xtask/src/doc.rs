//! `cargo xtask doc`: the reference documentation of every crate, with broken links denied.

use std::process::Command;

use anyhow::Result;

use crate::{process, refuse_arguments, workspace};

/// Writes it into `target/doc/`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    refuse_arguments("doc", arguments)?;
    let mut command = Command::new("cargo");
    command
        .args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"])
        .env("RUSTDOCFLAGS", "-D warnings");
    process::run(command.current_dir(workspace::root()))
}
