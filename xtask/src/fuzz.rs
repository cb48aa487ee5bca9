//! `cargo xtask fuzz [--seconds N] [NAME…]`: every fuzz target for a moment, from its seeds.
//!
//! Builds all targets in one go with libFuzzer's coverage and without a sanitizer, which the stable compiler can do; this
//! is what `cargo fuzz run --sanitizer none` does, target by target. For a long run with a sanitizer use cargo-fuzz itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{process, report, workspace};

/// Seconds for each target when nothing else is said.
const DEFAULT_SECONDS: u32 = 10;

/// Coverage that libFuzzer feeds on, and the switches that turn silent mistakes into panics.
const RUSTFLAGS: &[&str] = &[
    "--cfg fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cdebug-assertions",
    "-Coverflow-checks",
];

struct Options {
    seconds: u32,
    names: Vec<String>,
}

/// Builds and runs the named targets, or all.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let options = parse(arguments)?;
    let folder = workspace::root().join("fuzz");
    let targets = chosen(&target_names(&folder)?, &options.names)?;
    let binaries = build(&folder)?;
    for name in &targets {
        run_target(&folder, &binaries, name, options.seconds)?;
    }
    report::line(&format!("{} fuzz targets, {} s each, no fault found", targets.len(), options.seconds));
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Options> {
    let mut options = Options { seconds: DEFAULT_SECONDS, names: Vec::new() };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--seconds" {
            let value = words.next().context("`--seconds` needs a number")?;
            options.seconds =
                value.parse().with_context(|| format!("`--seconds {value}`: expected a number"))?;
        } else if word.starts_with('-') {
            bail!("usage: cargo xtask fuzz [--seconds N] [NAME…]; found `{word}`");
        } else {
            options.names.push(word.clone());
        }
    }
    Ok(options)
}

/// The binaries that `fuzz/Cargo.toml` declares.
fn target_names(folder: &Path) -> Result<Vec<String>> {
    let packages = workspace::metadata(&folder.join("Cargo.toml"))?.packages;
    let targets = packages.into_iter().flat_map(|package| package.targets);
    Ok(targets
        .filter(|target| target.kind.iter().any(|kind| kind == "bin"))
        .map(|target| target.name)
        .collect())
}

fn chosen(all: &[String], wanted: &[String]) -> Result<Vec<String>> {
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        bail!("`{unknown}` is no fuzz target; there are {}", all.join(", "));
    }
    Ok(if wanted.is_empty() { all.to_vec() } else { wanted.to_vec() })
}

/// Builds all targets and returns the folder with their binaries.
fn build(folder: &Path) -> Result<PathBuf> {
    let host = host_triple()?;
    let target_dir =
        workspace::metadata(&workspace::root().join("Cargo.toml"))?.target_directory.join("fuzz");
    // Naming the host as target keeps the flags away from build scripts and macros.
    let mut command = Command::new("cargo");
    command.args(["build", "--bins", "--locked", "--quiet", "--target", &host, "--manifest-path"]);
    command.arg(folder.join("Cargo.toml")).arg("--target-dir").arg(&target_dir);
    process::run(command.env("RUSTFLAGS", RUSTFLAGS.join(" ")))?;
    Ok(target_dir.join(host).join("debug"))
}

fn host_triple() -> Result<String> {
    let text = process::capture(Command::new("rustc").arg("-vV"))?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("`rustc -vV` named no host")?.to_owned())
}

fn run_target(folder: &Path, binaries: &Path, name: &str, seconds: u32) -> Result<()> {
    let seeds = folder.join("seeds").join(name);
    if !seeds.is_dir() {
        bail!("fuzz target `{name}` has no seeds: put at least one input into fuzz/seeds/{name}/");
    }
    let corpus = folder.join("corpus").join(name);
    let artifacts = folder.join("artifacts").join(name);
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let mut command = Command::new(binaries.join(name));
    // 10 s for one input and 1 GiB: far over what the limits of the parsers allow.
    command.args([&format!("-max_total_time={seconds}"), "-timeout=10", "-rss_limit_mb=1024"]);
    command.arg(format!("-artifact_prefix={}/", artifacts.display())).arg(&corpus).arg(&seeds);
    let output =
        command.output().with_context(|| format!("cannot start `{}`", process::describe(&command)))?;
    let log = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("fuzz target `{name}` found a fault ({}):\n{}", output.status, last_lines(&log, 40));
    }
    report::line(&format!("   {name:<24} {}", last_lines(&log, 1)));
    Ok(())
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn seconds_and_names_are_read() {
        let options = parse(&words(&["--seconds", "3", "names"])).unwrap();
        assert_eq!((options.seconds, options.names), (3, words(&["names"])));
        assert!(parse(&words(&["--seconds"])).is_err());
        assert!(parse(&words(&["--seconds", "soon"])).is_err());
        assert!(parse(&words(&["--fast"])).is_err());
    }

    #[test]
    fn an_unknown_target_is_refused_with_the_known_ones() {
        let all = words(&["a", "b"]);
        assert_eq!(chosen(&all, &[]).unwrap(), all);
        let error = chosen(&all, &words(&["c"])).unwrap_err().to_string();
        assert!(error.contains("a, b"), "{error}");
    }

    #[test]
    fn every_target_has_seeds() {
        let folder = workspace::root().join("fuzz");
        for name in target_names(&folder).unwrap() {
            let seeds =
                fs::read_dir(folder.join("seeds").join(&name)).map(Iterator::count).unwrap_or_default();
            assert!(seeds > 0, "{name}");
        }
    }
}
