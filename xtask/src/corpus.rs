//! `cargo xtask corpus FILE`: gate and explainer against a corpus of certificate paths.

use anyhow::{Result, bail};

/// Runs the corpus.
pub(crate) fn run(_arguments: &[String]) -> Result<()> {
    bail!("the corpus runner is not here yet")
}
