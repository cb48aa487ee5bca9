//! What was asked for on the command line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

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
        let mut options = Self { quick: false, stored: 0, json: None };
        let mut stored = None;
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--quick" => options.quick = true,
                "--stored" => stored = Some(value()?.replace(['_', ','], "").parse().context("--stored")?),
                "--json" => options.json = Some(PathBuf::from(value()?)),
                _ => bail!("`{word}` is no option: expected `--quick`, `--stored N` or `--json FILE`"),
            }
        }
        options.stored = stored.unwrap_or(if options.quick { 20_000 } else { 1_000_000 });
        Ok(options)
    }

    /// How long each figure is measured.
    pub(super) fn seconds(&self) -> Duration {
        if self.quick { Duration::from_millis(700) } else { Duration::from_secs(3) }
    }

    /// How many different requests are made beforehand; they are used in turn.
    pub(super) fn requests(&self) -> usize {
        if self.quick { 2_000 } else { 20_000 }
    }

    /// A directory on the disk that holds `target/`: the temporary directory may be memory.
    pub(super) fn directory() -> Result<TempDir> {
        let program = std::env::current_exe().context("where is this program?")?;
        let beside = program.parent().unwrap_or_else(|| Path::new("."));
        tempfile::Builder::new()
            .prefix("bench-issue-")
            .tempdir_in(beside)
            .context("no directory for the store")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options> {
        Options::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read_and_others_refused() {
        assert_eq!(parse(&[]).unwrap().stored, 1_000_000);
        assert_eq!(parse(&["--quick"]).unwrap().stored, 20_000);
        assert_eq!(parse(&["--stored", "1_000"]).unwrap().stored, 1_000);
        assert!(parse(&["--stored"]).is_err() && parse(&["--fast"]).is_err());
    }
}
