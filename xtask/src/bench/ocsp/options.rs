//! What was asked for on the command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::bench::options::{self, Place};

/// The options of `bench ocsp`.
pub(super) struct Options {
    quick: bool,
    /// Where the JSON goes.
    pub(super) json: Option<PathBuf>,
    program: Option<PathBuf>,
}

impl Options {
    pub(super) fn parse(arguments: &[String]) -> Result<Self> {
        let mut program = None;
        let further = vec![("--program", Place::File(&mut program))];
        let options::Options { quick, json } = options::Options::parse(arguments, further)?;
        Ok(Self { quick, json, program })
    }

    /// How long each turn takes.
    pub(super) fn time(&self) -> Duration {
        if self.quick { Duration::from_millis(500) } else { Duration::from_secs(3) }
    }

    /// How many turns each has.
    pub(super) fn rounds(&self) -> usize {
        if self.quick { 2 } else { 5 }
    }

    /// The program to measure.
    pub(super) fn program(&self) -> Result<PathBuf> {
        options::program(self.program.as_deref())
    }
}
