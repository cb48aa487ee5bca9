//! What was asked for on the command line.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::{process, workspace};

/// The options of `bench ocsp`.
pub(super) struct Options {
    quick: bool,
    /// Where the JSON goes.
    pub(super) json: Option<PathBuf>,
    program: Option<PathBuf>,
}

impl Options {
    pub(super) fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self { quick: false, json: None, program: None };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--quick" => options.quick = true,
                "--json" => options.json = Some(PathBuf::from(value()?)),
                "--program" => options.program = Some(PathBuf::from(value()?)),
                _ => bail!("`{word}` is no option: expected `--quick`, `--json FILE` or `--program FILE`"),
            }
        }
        Ok(options)
    }

    /// How long each turn takes.
    pub(super) fn time(&self) -> Duration {
        if self.quick { Duration::from_millis(500) } else { Duration::from_secs(3) }
    }

    /// How many turns each has.
    pub(super) fn rounds(&self) -> usize {
        if self.quick { 2 } else { 5 }
    }

    /// The program to measure: the one that was named, else a release build.
    pub(super) fn program(&self) -> Result<PathBuf> {
        if let Some(program) = &self.program {
            return program.canonicalize().with_context(|| format!("there is no `{}`", program.display()));
        }
        process::run(Command::new("cargo").args(["build", "--quiet", "--release", "--package", "handfast"]))?;
        Ok(beside()?.join("handfast"))
    }

    /// A directory on the disk that holds `target/`: the temporary directory may be memory.
    pub(super) fn directory() -> Result<TempDir> {
        let made = tempfile::Builder::new().prefix("bench-ocsp-").tempdir_in(beside()?);
        made.context("no directory for the state of the servers")
    }
}

fn beside() -> Result<PathBuf> {
    let program = std::env::current_exe().context("where is this program?")?;
    Ok(program.parent().map_or_else(|| workspace::root().to_path_buf(), Path::to_path_buf))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_and_others_refused() {
        let parse =
            |words: &[&str]| Options::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert!(
            parse(&["--quick", "--json", "x"]).is_ok_and(|options| options.quick && options.rounds() == 2)
        );
        assert!(parse(&["--json"]).is_err() && parse(&["--fast"]).is_err());
    }
}
