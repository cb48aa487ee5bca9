//! What the benches have in common on the command line, and where they put their files.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, anyhow};
use tempfile::TempDir;

use crate::{process, workspace};

/// The options of every bench.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// A short run, for a look at whether it works.
    pub(super) quick: bool,
    /// Where the JSON goes.
    pub(super) json: Option<PathBuf>,
}

/// Where the value of an option that one bench has beyond those of all is put.
pub(super) enum Place<'a> {
    File(&'a mut Option<PathBuf>),
    /// `1_000` and `1,000` are 1000.
    Number(&'a mut Option<u64>),
}

impl Place<'_> {
    fn put(&mut self, value: &str) -> Result<()> {
        match self {
            Self::File(file) => **file = Some(PathBuf::from(value)),
            Self::Number(number) => **number = Some(value.replace(['_', ','], "").parse()?),
        }
        Ok(())
    }

    fn word(&self) -> &'static str {
        match self {
            Self::File(_) => "FILE",
            Self::Number(_) => "N",
        }
    }
}

impl Options {
    /// Read them, and `further` ones.
    pub(super) fn parse(arguments: &[String], further: Vec<(&'static str, Place<'_>)>) -> Result<Self> {
        let (mut quick, mut json) = (false, None);
        let mut places = further;
        places.push(("--json", Place::File(&mut json)));
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            if word == "--quick" {
                quick = true;
                continue;
            }
            let known = places.iter_mut().find(|(name, _)| name == word);
            let Some((_, place)) = known else { return Err(unknown(word, &places)) };
            let value = words.next().with_context(|| format!("`{word}` needs a value"))?;
            place.put(value).with_context(|| format!("`{word} {value}`"))?;
        }
        Ok(Self { quick, json })
    }
}

fn unknown(word: &str, further: &[(&'static str, Place<'_>)]) -> anyhow::Error {
    let mut known = String::from("`--quick`");
    for (name, place) in further {
        known.extend([", `", *name, " ", place.word(), "`"]);
    }
    anyhow!("`{word}` is no option: expected {known}")
}

/// The program to measure: the one that was named, else a release build.
pub(super) fn program(named: Option<&Path>) -> Result<PathBuf> {
    if let Some(program) = named {
        return program.canonicalize().with_context(|| format!("there is no `{}`", program.display()));
    }
    process::run(Command::new("cargo").args(["build", "--quiet", "--release", "--package", "handfast"]))?;
    Ok(beside()?.join("handfast"))
}

/// A directory on the disk that holds `target/`: the temporary directory may be memory.
pub(super) fn directory(prefix: &str) -> Result<TempDir> {
    let made = tempfile::Builder::new().prefix(prefix).tempdir_in(beside()?);
    made.with_context(|| format!("no directory `{prefix}…` for what the bench writes"))
}

/// Where this program lies, and those that are built with it.
fn beside() -> Result<PathBuf> {
    let program = std::env::current_exe().context("where is this program?")?;
    Ok(program.parent().map_or_else(|| workspace::root().to_path_buf(), Path::to_path_buf))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<(Options, Option<PathBuf>, Option<u64>)> {
        let (mut program, mut stored) = (None, None);
        let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        let further =
            vec![("--program", Place::File(&mut program)), ("--stored", Place::Number(&mut stored))];
        let options = Options::parse(&words, further)?;
        Ok((options, program, stored))
    }

    #[test]
    fn options_are_read_and_others_refused() {
        let words = ["--quick", "--stored", "1_000", "--program", "x", "--json", "y"];
        let (options, program, stored) = parse(&words).unwrap();
        assert_eq!((options.quick, options.json), (true, Some(PathBuf::from("y"))));
        assert_eq!((program, stored), (Some(PathBuf::from("x")), Some(1_000)));
        assert!(parse(&["--stored"]).is_err() && parse(&["--stored", "many"]).is_err());
        let error = parse(&["--fast"]).unwrap_err().to_string();
        assert!(error.contains("`--quick`, `--program FILE`, `--stored N`, `--json FILE`"), "{error}");
    }
}
