//! `cargo xtask bench NAME`: measurements.

use anyhow::{Result, bail};

/// Runs the named bench.
pub(crate) fn run(_arguments: &[String]) -> Result<()> {
    bail!("no bench is here yet")
}
