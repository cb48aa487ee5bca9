//! When things go wrong: each fault is made for the built program, which must say it in words, lose nothing that it
//! acknowledged, and go on without repair by hand once the fault is gone.

mod clock;
mod damage;
mod disk;
mod keys;
mod killed;
mod modes;
mod serving;

use std::collections::BTreeSet;
use std::process::{Command, Output};

use crate::domain::{Domain, handfast};
use crate::program::{finish, text};

/// What a run of the program answered.
#[derive(Debug)]
struct Answer {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        let answer =
            Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) };
        assert!(!answer.err.contains("panicked"), "{answer:?}");
        answer
    }
}

impl Answer {
    /// The lines of both outputs, without one that was cut short.
    fn whole_lines(&self) -> Vec<&str> {
        let lines = self.out.split_inclusive('\n').chain(self.err.split_inclusive('\n'));
        lines.filter_map(|line| line.strip_suffix('\n')).collect()
    }

    /// It ended with this code, and said these words.
    #[track_caller]
    fn must(self, code: i32, words: &str) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.err.contains(words) || self.out.contains(words), "no `{words}`: {self:?}");
        self
    }
}

/// The program with these words in the folder of the domain.
fn run(domain: &Domain, words: &str) -> Answer {
    wrapped(domain, &[], words)
}

/// The same, started by another program: `before` are that program's words.
fn wrapped(domain: &Domain, before: &[&str], words: &str) -> Answer {
    let mut line: Vec<String> = before.iter().map(ToString::to_string).collect();
    line.push(handfast().to_str().unwrap().to_owned());
    line.extend(words.split_whitespace().map(str::to_owned));
    let output = finish(&line[0], |command: &mut Command| {
        command.args(&line[1..]).current_dir(domain.path());
    });
    output.into()
}

/// The serial numbers in the record.
fn recorded(domain: &Domain) -> BTreeSet<String> {
    let listed = run(domain, "list --limit 1000 --format json").must(0, "serial");
    let json: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
    let rows = json["certificates"].as_array().unwrap_or_else(|| panic!("{json}"));
    rows.iter().map(|row| row["serial"].as_str().unwrap().to_owned()).collect()
}

/// The serial numbers that whole lines of an answer acknowledge, in words or as JSON.
fn acknowledged(answer: &Answer) -> Vec<String> {
    let serial = |line: &str| {
        let after = line.strip_prefix("serial number ").or_else(|| line.strip_prefix("  \"serial\": \""))?;
        Some(after.trim_end_matches(['"', ',']).to_owned())
    };
    answer.whole_lines().into_iter().filter_map(serial).collect()
}

/// Everything goes on by itself: `apply` completes, all is proven, the record is intact.
#[track_caller]
fn goes_on(domain: &Domain, after: &str) {
    let applied = run(domain, "apply");
    assert_eq!(applied.code, Some(0), "{after}: {applied:?}");
    let checked = run(domain, "check");
    assert_eq!(checked.code, Some(0), "{after}: {checked:?}");
    let verified = run(domain, "audit verify");
    assert!(verified.code == Some(0) && verified.out.contains("is intact"), "{after}: {verified:?}");
    run(domain, "apply").must(0, "nothing to change");
}
