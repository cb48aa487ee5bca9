//! What is asked for on the command line.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::{process, workspace};

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
        let mut options = Self {
            quick: false,
            stored: 0,
            json: None,
            pebble: PathBuf::from("/usr/bin/pebble"),
            challtestsrv: PathBuf::from("/usr/bin/pebble-challtestsrv"),
            program: None,
        };
        let mut stored = None;
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--quick" => options.quick = true,
                "--stored" => stored = Some(value()?.replace(['_', ','], "").parse().context("--stored")?),
                "--json" => options.json = Some(PathBuf::from(value()?)),
                "--program" => options.program = Some(PathBuf::from(value()?)),
                "--pebble" => options.pebble = PathBuf::from(value()?),
                _ => bail!(
                    "`{word}` is no option: expected `--quick`, `--stored N`, `--json FILE`, `--program FILE` or `--pebble FILE`"
                ),
            }
        }
        options.stored = stored.unwrap_or(if options.quick { 20_000 } else { 1_000_000 });
        Ok(options)
    }

    /// How long each figure is measured.
    pub(super) fn time(&self) -> Duration {
        if self.quick { Duration::from_secs(2) } else { Duration::from_secs(15) }
    }

    /// The program to measure: the one that was named, else a release build.
    pub(super) fn program(&self) -> Result<PathBuf> {
        if let Some(program) = &self.program {
            return program.canonicalize().with_context(|| format!("there is no `{}`", program.display()));
        }
        process::run(Command::new("cargo").args(["build", "--quiet", "--release", "--package", "handfast"]))?;
        Ok(beside()?.join("handfast"))
    }
}

/// A directory on the disk that holds `target/`: the temporary directory may be memory.
pub(super) fn directory() -> Result<TempDir> {
    let made = tempfile::Builder::new().prefix("bench-acme-").tempdir_in(beside()?);
    made.context("no directory for the state of the servers")
}

fn beside() -> Result<PathBuf> {
    let program = std::env::current_exe().context("where is this program?")?;
    Ok(program.parent().map_or_else(|| workspace::root().to_path_buf(), Path::to_path_buf))
}

#[cfg(test)]
mod tests {
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
