//! What the benches have in common on the command line, and where they put their files.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use tempfile::TempDir;

use crate::workspace;

/// The options of every bench.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// A short run, for a look at whether it works.
    pub(super) quick: bool,
    /// How many certificates are stored.
    pub(super) stored: Option<u64>,
    /// Where the JSON goes.
    pub(super) json: Option<PathBuf>,
}

/// An option with a file that one bench has beyond those of all.
pub(super) type FileOption<'a> = (&'static str, &'a mut Option<PathBuf>);

impl Options {
    /// Read them, and `further` ones.
    pub(super) fn parse(arguments: &[String], mut further: Vec<FileOption<'_>>) -> Result<Self> {
        let mut options = Self::default();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().with_context(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--quick" => options.quick = true,
                "--stored" => {
                    options.stored = Some(value()?.replace(['_', ','], "").parse().context("--stored")?);
                }
                "--json" => options.json = Some(PathBuf::from(value()?)),
                _ => {
                    let known = further.iter_mut().find(|(name, _)| name == word);
                    let Some((_, place)) = known else { return Err(unknown(word, &further)) };
                    **place = Some(PathBuf::from(value()?));
                }
            }
        }
        Ok(options)
    }
}

fn unknown(word: &str, further: &[FileOption<'_>]) -> anyhow::Error {
    let mut files = String::from("`--json FILE`");
    for (name, _) in further {
        files.extend([", `", *name, " FILE`"]);
    }
    anyhow!("`{word}` is no option: expected `--quick`, `--stored N`, {files}")
}

/// A directory on the disk that holds `target/`: the temporary directory may be memory.
pub(super) fn directory(prefix: &str) -> Result<TempDir> {
    let made = tempfile::Builder::new().prefix(prefix).tempdir_in(beside()?);
    made.with_context(|| format!("no directory `{prefix}…` for what the bench writes"))
}

/// Where this program lies, and those that are built with it.
pub(super) fn beside() -> Result<PathBuf> {
    let program = std::env::current_exe().context("where is this program?")?;
    Ok(program.parent().map_or_else(|| workspace::root().to_path_buf(), Path::to_path_buf))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<(Options, Option<PathBuf>)> {
        let mut program = None;
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        let options = Options::parse(&words, vec![("--program", &mut program)])?;
        Ok((options, program))
    }

    #[test]
    fn options_are_read_and_others_refused() {
        let (options, program) = parse(&["--quick", "--stored", "1_000", "--program", "x"]).unwrap();
        assert_eq!((options.quick, options.stored), (true, Some(1_000)));
        assert_eq!(program, Some(PathBuf::from("x")));
        assert!(parse(&["--stored"]).is_err() && parse(&["--program"]).is_err());
        let error = parse(&["--fast"]).unwrap_err().to_string();
        assert!(error.contains("`--json FILE`, `--program FILE`"), "{error}");
    }
}
