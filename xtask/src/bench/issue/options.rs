//! What was asked for on the command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::bench::options::{self, Place};

/// The options of `bench issue`.
pub(super) struct Options {
    quick: bool,
    /// How many certificates the full store holds.
    pub(super) stored: usize,
    /// Where the JSON goes.
    pub(super) json: Option<PathBuf>,
}

impl Options {
    pub(super) fn parse(arguments: &[String]) -> Result<Self> {
        let mut stored = None;
        let further = vec![("--stored", Place::Number(&mut stored))];
        let options::Options { quick, json } = options::Options::parse(arguments, further)?;
        let stored = stored.unwrap_or(if quick { 20_000 } else { 1_000_000 });
        Ok(Self { quick, stored: usize::try_from(stored).context("--stored")?, json })
    }

    /// How long each figure is measured.
    pub(super) fn seconds(&self) -> Duration {
        if self.quick { Duration::from_millis(700) } else { Duration::from_secs(3) }
    }

    /// How many different requests are made beforehand; they are used in turn.
    pub(super) fn requests(&self) -> usize {
        if self.quick { 2_000 } else { 20_000 }
    }
}
