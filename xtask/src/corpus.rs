//! `cargo xtask corpus FILE [--exceptions FILE] [--format json]`: gate and explainer against a corpus of certificate paths.
//!
//! The file holds a case a line, plain or gzipped. Every deviation from what the corpus expects must stand in the
//! exceptions file with a reason, and every line there must still hold. Gate and explainer must agree on every case, and
//! no case may take a second.

mod case;
mod exceptions;
mod score;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::{report, workspace};
use exceptions::Exceptions;
use score::Scores;

/// Seconds that the gate or the explainer may take for a case.
const LIMIT_SECONDS: f64 = 1.0;

struct Options {
    file: PathBuf,
    exceptions: PathBuf,
    json: bool,
}

/// Runs the corpus.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let options = parse(arguments)?;
    let exceptions = Exceptions::read(&options.exceptions)?;
    let now = report::now();
    let mut scores = Scores::default();
    case::each(&options.file, |case| {
        scores.add(&case::judge(&case, now));
        Ok(())
    })?;
    let faults = exceptions.compare(&scores);
    if options.json {
        report::line(&scores.to_json(&faults)?);
    } else {
        scores.print(&options.file);
    }
    for fault in &faults {
        report::note(fault);
    }
    check(&scores, &faults)
}

/// What makes the chore fail.
fn check(scores: &Scores, faults: &[String]) -> Result<()> {
    if scores.total() == 0 {
        bail!("the file holds no case");
    }
    if let Some(id) = scores.disagreements().first() {
        bail!("gate and explainer disagree on {} cases, the first is {id}", scores.disagreements().len());
    }
    if scores.slowest_seconds() >= LIMIT_SECONDS {
        bail!("a case took {:.2} s: at most {LIMIT_SECONDS} s are allowed", scores.slowest_seconds());
    }
    if !faults.is_empty() {
        bail!("{} differences between the run and the exceptions file", faults.len());
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Options> {
    const USAGE: &str = "usage: cargo xtask corpus FILE [--exceptions FILE] [--format json]";
    let mut file = None;
    let mut exceptions = workspace::root().join("corpus/exceptions.toml");
    let mut json = false;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--exceptions" => exceptions = words.next().context("`--exceptions` needs a file")?.into(),
            "--format" => {
                json = match words.next().map(String::as_str) {
                    Some("json") => true,
                    Some("table") => false,
                    _ => bail!("`--format` is `table` or `json`"),
                }
            }
            option if option.starts_with('-') => bail!("{USAGE}; found `{option}`"),
            _ if file.is_some() => bail!("{USAGE}; found a second file `{word}`"),
            path => file = Some(Path::new(path).to_owned()),
        }
    }
    Ok(Options { file: file.context(USAGE)?, exceptions, json })
}
