//! What was asked for on the command line.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

/// The options of `bench crl`.
pub(super) struct Options {
    /// How many certificates are revoked beforehand.
    pub(super) entries: usize,
    /// How many revocations are measured.
    pub(super) revocations: usize,
    /// Where the JSON goes.
    pub(super) json: Option<PathBuf>,
}

impl Options {
    pub(super) fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self { entries: 1_000_000, revocations: 2_000, json: None };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
            let number = |text: &String| text.replace(['_', ','], "").parse::<usize>();
            match word.as_str() {
                "--entries" => options.entries = number(value()?).context("--entries")?,
                "--revocations" => options.revocations = number(value()?).context("--revocations")?.max(1),
                "--json" => options.json = Some(PathBuf::from(value()?)),
                _ => {
                    bail!("`{word}` is no option: expected `--entries N`, `--revocations N` or `--json FILE`")
                }
            }
        }
        Ok(options)
    }

    /// A directory on the disk that holds `target/`: the temporary directory may be memory.
    pub(super) fn directory() -> Result<TempDir> {
        let program = std::env::current_exe().context("where is this program?")?;
        let beside = program.parent().unwrap_or_else(|| Path::new("."));
        tempfile::Builder::new().prefix("bench-crl-").tempdir_in(beside).context("no directory for the store")
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
        assert_eq!(parse(&[]).unwrap().entries, 1_000_000);
        assert_eq!(parse(&["--entries", "1_000"]).unwrap().entries, 1_000);
        assert_eq!(parse(&["--revocations", "0"]).unwrap().revocations, 1);
        assert!(parse(&["--entries"]).is_err() && parse(&["--fast"]).is_err());
    }
}
