//! `cargo xtask ci`: everything that a change must pass, in order; and `cargo xtask test`, its middle part.
//!
//! Stops at the first step that fails, and says which command repeats just that step.

use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::{
    check_deps, corpus, deny, doc, fuzz, packages, process, refuse_arguments, report, tidy, workspace,
};

struct Step {
    name: &'static str,
    work: Work,
}

enum Work {
    /// `cargo` with these arguments.
    Cargo(&'static [&'static str]),
    /// A chore of this program, with its arguments.
    Chore(fn(&[String]) -> Result<()>, &'static [&'static str]),
    /// The corpus file beside the repository, when it is there.
    Corpus,
}

const CORPUS: &str = "../shared/corpus/path-validation.jsonl.gz";

const PACKAGES: Step = Step { name: "packages", work: Work::Chore(packages::run, &[]) };
// All targets at once, so that the tests afterwards find the same artefacts and build nothing again.
const BUILD: Step =
    Step { name: "build", work: Work::Cargo(&["build", "--workspace", "--all-targets", "--locked"]) };
const TESTS: Step = Step { name: "tests", work: Work::Cargo(&["test", "--workspace", "--locked"]) };

const ALL: &[Step] = &[
    PACKAGES,
    Step { name: "fmt", work: Work::Cargo(&["fmt", "--all", "--check"]) },
    Step {
        name: "clippy",
        work: Work::Cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]),
    },
    BUILD,
    TESTS,
    Step { name: "doc", work: Work::Chore(doc::run, &[]) },
    Step { name: "deny", work: Work::Chore(deny::run, &[]) },
    Step { name: "check-deps", work: Work::Chore(check_deps::run, &[]) },
    Step { name: "tidy", work: Work::Chore(tidy::run, &[]) },
    Step { name: "corpus", work: Work::Corpus },
    Step { name: "fuzz", work: Work::Chore(fuzz::run, &["--seconds", "3"]) },
];

/// Runs every step.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    refuse_arguments("ci", arguments)?;
    run_steps(ALL)
}

/// Runs the steps that lead to the tests' result.
pub(crate) fn run_tests(arguments: &[String]) -> Result<()> {
    refuse_arguments("test", arguments)?;
    run_steps(&[PACKAGES, BUILD, TESTS])
}

fn run_steps(steps: &[Step]) -> Result<()> {
    let mut times: Vec<(&str, Duration)> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        report::line(&format!("== {}/{} {}: {}", index + 1, steps.len(), step.name, step.repeat()));
        let (result, time) = report::timed(|| step.run());
        times.push((step.name, time));
        if let Err(error) = result {
            report::line(&summary(&times));
            bail!("step {} failed: {error:#}\nrepeat it with: {}", step.name, step.repeat());
        }
    }
    report::line(&summary(&times));
    report::line(&format!("all {} steps passed", steps.len()));
    Ok(())
}

impl Step {
    fn run(&self) -> Result<()> {
        match self.work {
            Work::Cargo(arguments) => {
                process::run(Command::new("cargo").args(arguments).current_dir(workspace::root()))
            }
            Work::Chore(run, arguments) => run(&owned(arguments)),
            Work::Corpus => run_corpus(),
        }
    }

    /// The command that does this step alone.
    fn repeat(&self) -> String {
        match self.work {
            Work::Cargo(arguments) => format!("cargo {}", arguments.join(" ")),
            Work::Chore(_, []) => format!("cargo xtask {}", self.name),
            Work::Chore(_, arguments) => format!("cargo xtask {} {}", self.name, arguments.join(" ")),
            Work::Corpus => format!("cargo xtask corpus {CORPUS}"),
        }
    }
}

fn run_corpus() -> Result<()> {
    let file = workspace::root().join(CORPUS);
    if !file.exists() {
        report::line(&format!("no corpus at {CORPUS}: this step has nothing to measure"));
        return Ok(());
    }
    corpus::run(&[file.to_string_lossy().into_owned()])
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|&word| word.to_owned()).collect()
}

fn summary(times: &[(&str, Duration)]) -> String {
    let total: Duration = times.iter().map(|(_, time)| *time).sum();
    let rows = times.iter().copied().chain([("total", total)]);
    rows.map(|(name, time)| format!("   {name:<12} {:>8.1} s", time.as_secs_f64()))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(_: &[String]) -> Result<()> {
        bail!("no such luck")
    }

    fn passes(words: &[String]) -> Result<()> {
        refuse_arguments("first", words)
    }

    #[test]
    fn the_first_failure_stops_the_run_and_says_how_to_repeat_it() {
        let steps = [
            Step { name: "first", work: Work::Chore(passes, &[]) },
            Step { name: "second", work: Work::Chore(fails, &["--deep"]) },
            Step { name: "third", work: Work::Cargo(&["this-must-not-run"]) },
        ];
        let error = run_steps(&steps).unwrap_err().to_string();
        assert!(error.contains("step second failed: no such luck"), "{error}");
        assert!(error.contains("repeat it with: cargo xtask second --deep"), "{error}");
    }

    #[test]
    fn a_run_without_failure_passes() {
        assert!(run_steps(&[Step { name: "first", work: Work::Chore(passes, &[]) }]).is_ok());
    }

    #[test]
    fn the_summary_adds_up() {
        let text = summary(&[("a", Duration::from_secs(2)), ("b", Duration::from_millis(500))]);
        assert!(text.ends_with("2.5 s"), "{text}");
    }
}
