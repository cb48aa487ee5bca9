//! Chores of the repository, started as `cargo xtask NAME`. One file per chore; this one only finds it.

mod advisories;
mod bench;
mod check_deps;
mod ci;
mod corpus;
mod deny;
mod doc;
mod fuzz;
mod generate;
mod packages;
mod process;
mod report;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

/// One chore: its word on the command line, what it does in a line, and the code that does it.
struct Chore {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Result<()>,
}

/// Every chore, in the order in which `cargo xtask help` shows them.
const CHORES: &[Chore] = &[
    Chore { name: "ci", about: "everything that a change must pass, in order", run: ci::run },
    Chore { name: "test", about: "packages, build, and all tests", run: ci::run_tests },
    Chore { name: "packages", about: "install the Debian packages that the tests need", run: packages::run },
    Chore { name: "doc", about: "reference documentation, with broken links denied", run: doc::run },
    Chore { name: "deny", about: "licences, bans and sources of dependencies", run: deny::run },
    Chore {
        name: "advisories",
        about: "known weaknesses of dependencies (needs the network)",
        run: advisories::run,
    },
    Chore {
        name: "check-deps",
        about: "the direction of crates, and dependencies that nothing uses",
        run: check_deps::run,
    },
    Chore {
        name: "tidy",
        about: "long files and functions, ownerless notes, words; --shrink lowers the ratchet",
        run: tidy::run,
    },
    Chore { name: "corpus", about: "gate and explainer against a corpus file", run: corpus::run },
    Chore { name: "fuzz", about: "every fuzz target for a moment; --seconds N, NAME…", run: fuzz::run },
    Chore { name: "gen", about: "man pages and completions into target/", run: generate::run },
    Chore {
        name: "bench",
        about: "measure: `bench crl`, `bench issue`, `bench ocsp`, `bench serve`, `bench acme`",
        run: bench::run,
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::note(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[String]) -> Result<()> {
    let Some((name, arguments)) = words.split_first() else {
        report::line(&usage());
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        report::line(&usage());
        return Ok(());
    }
    match CHORES.iter().find(|chore| chore.name == name) {
        Some(chore) => (chore.run)(arguments),
        None => bail!("`{name}` is no chore\n\n{}", usage()),
    }
}

fn usage() -> String {
    let rows: Vec<String> =
        CHORES.iter().map(|chore| format!("  {:<12} {}", chore.name, chore.about)).collect();
    format!("usage: cargo xtask CHORE [ARGUMENT…]\n\n{}", rows.join("\n"))
}

/// The error of a chore that takes no arguments and was given some.
fn refuse_arguments(chore: &str, arguments: &[String]) -> Result<()> {
    match arguments.first() {
        Some(first) => bail!("`cargo xtask {chore}` takes no arguments; found `{first}`"),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chore_is_in_the_usage_and_an_unknown_one_is_refused() {
        for chore in CHORES {
            assert!(usage().contains(chore.name), "{}", chore.name);
        }
        let refused = dispatch(&["tidyy".to_owned()]).unwrap_err().to_string();
        assert!(refused.contains("`tidyy` is no chore") && refused.contains("check-deps"), "{refused}");
    }

    #[test]
    fn a_chore_without_arguments_refuses_them() {
        assert!(refuse_arguments("ci", &[]).is_ok());
        assert!(refuse_arguments("ci", &["--fast".to_owned()]).is_err());
    }
}
