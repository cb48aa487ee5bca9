//! What was asked for on the command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::bench::options::{self, Place};

/// The options of `bench serve`.
pub(super) struct Options {
    quick: bool,
    /// After how many certificates memory is read.
    pub(super) stored: u64,
    /// Where the JSON goes.
    pub(super) json: Option<PathBuf>,
    /// Stock cfssl.
    pub(super) cfssl: PathBuf,
    program: Option<PathBuf>,
}

impl Options {
    pub(super) fn parse(arguments: &[String]) -> Result<Self> {
        let (mut stored, mut program, mut cfssl) = (None, None, None);
        let further = vec![
            ("--stored", Place::Number(&mut stored)),
            ("--program", Place::File(&mut program)),
            ("--cfssl", Place::File(&mut cfssl)),
        ];
        let options::Options { quick, json } = options::Options::parse(arguments, further)?;
        let stored = stored.unwrap_or(if quick { 5_000 } else { 500_000 });
        let cfssl = cfssl.unwrap_or_else(|| PathBuf::from("/usr/bin/cfssl"));
        Ok(Self { quick, stored, json, cfssl, program })
    }

    /// How long each figure is measured.
    pub(super) fn time(&self) -> Duration {
        if self.quick { Duration::from_secs(3) } else { Duration::from_secs(15) }
    }

    /// How many different signing requests are made beforehand; they are used in turn.
    pub(super) fn requests(&self) -> usize {
        if self.quick { 500 } else { 10_000 }
    }

    /// The program to measure.
    pub(super) fn program(&self) -> Result<PathBuf> {
        options::program(self.program.as_deref())
    }
}
