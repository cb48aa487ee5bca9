//! What was asked for on the command line.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::bench::options::{self, Place};

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
        let (mut entries, mut revocations) = (None, None);
        let further = vec![
            ("--entries", Place::Number(&mut entries)),
            ("--revocations", Place::Number(&mut revocations)),
        ];
        let options::Options { quick, json } = options::Options::parse(arguments, further)?;
        // So many that the complete list is signed several times meanwhile, and rests as it does in the server.
        let (all, few) = if quick { (10_000, 200) } else { (1_000_000, 20_000) };
        Ok(Self {
            entries: usize::try_from(entries.unwrap_or(all)).context("--entries")?,
            revocations: usize::try_from(revocations.unwrap_or(few)).context("--revocations")?.max(1),
            json,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Options> {
        Options::parse(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_not_said_is_a_million_or_little() {
        assert_eq!(parse(&[]).unwrap().entries, 1_000_000);
        assert_eq!(parse(&["--quick"]).unwrap().entries, 10_000);
        assert_eq!(parse(&["--quick", "--entries", "1_000"]).unwrap().entries, 1_000);
        assert_eq!(parse(&["--revocations", "0"]).unwrap().revocations, 1);
    }
}
