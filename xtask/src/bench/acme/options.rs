//! What is asked for on the command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::bench::options::{self, Place};

#[derive(Debug)]
pub(super) struct Options {
    /// A short run, to see that everything works.
    pub(super) quick: bool,
    /// Orders that are stored when the store is measured alone.
    pub(super) stored: u64,
    /// Where the JSON goes.
    pub(super) json: Option<PathBuf>,
    /// Pebble.
    pub(super) pebble: PathBuf,
    /// The name server that comes with it.
    pub(super) challtestsrv: PathBuf,
    program: Option<PathBuf>,
}

impl Options {
    pub(super) fn parse(arguments: &[String]) -> Result<Self> {
        let (mut stored, mut program, mut pebble, mut challtestsrv) = (None, None, None, None);
        let further = vec![
            ("--stored", Place::Number(&mut stored)),
            ("--program", Place::File(&mut program)),
            ("--pebble", Place::File(&mut pebble)),
            ("--challtestsrv", Place::File(&mut challtestsrv)),
        ];
        let options::Options { quick, json } = options::Options::parse(arguments, further)?;
        Ok(Self {
            quick,
            stored: stored.unwrap_or(if quick { 20_000 } else { 1_000_000 }),
            json,
            pebble: pebble.unwrap_or_else(|| PathBuf::from("/usr/bin/pebble")),
            challtestsrv: challtestsrv.unwrap_or_else(|| PathBuf::from("/usr/bin/pebble-challtestsrv")),
            program,
        })
    }

    /// How long each figure is measured.
    pub(super) fn time(&self) -> Duration {
        if self.quick { Duration::from_secs(2) } else { Duration::from_secs(15) }
    }

    /// The program to measure.
    pub(super) fn program(&self) -> Result<PathBuf> {
        options::program(self.program.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn parse(words: &[&str]) -> Result<Options> {
        Options::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_others_refused() {
        assert_eq!(parse(&[]).unwrap().time(), Duration::from_secs(15));
        assert_eq!(parse(&["--quick"]).unwrap().time(), Duration::from_secs(2));
        assert_eq!(parse(&["--pebble", "p"]).unwrap().pebble, Path::new("p"));
        assert_eq!(parse(&["--stored", "1_000"]).unwrap().stored, 1_000);
        assert!(parse(&["--json"]).is_err() && parse(&["--fast"]).is_err());
    }
}
