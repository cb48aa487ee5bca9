//! `cargo xtask bench NAME`: measurements, each as a ratio to its floor in the same run, because absolute figures drift.

mod acme;
mod crl;
mod issue;
mod ocsp;
mod options;
mod proc_facts;
mod running;
mod serve;
mod stopwatch;

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// Runs the named bench, in a release build: a debug build of this program builds and starts that first.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if cfg!(debug_assertions) {
        let cargo = ["run", "--quiet", "--release", "--package", "xtask", "--", "bench"];
        return process::run(Command::new("cargo").args(cargo).args(arguments));
    }
    match arguments.split_first() {
        Some((name, rest)) if name == "crl" => crl::run(rest),
        Some((name, rest)) if name == "crl-child" => crl::child::run(rest),
        Some((name, rest)) if name == "issue" => issue::run(rest),
        Some((name, rest)) if name == "issue-child" => issue::child::run(rest),
        Some((name, rest)) if name == "ocsp" => ocsp::run(rest),
        Some((name, rest)) if name == "serve" => serve::run(rest),
        Some((name, rest)) if name == "acme" => acme::run(rest),
        Some((name, _)) => bail!("`{name}` is no bench: expected `acme`, `crl`, `issue`, `ocsp` or `serve`"),
        None => bail!("which bench? expected `acme`, `crl`, `issue`, `ocsp` or `serve`"),
    }
}
