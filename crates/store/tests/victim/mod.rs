//! A process that is killed while it works: the binary of the test once more, which writes a line for each thing that was
//! acknowledged.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where the victim finds its part.
const PART: &str = "HANDFAST_TEST_VICTIM";
/// Numbers of one life of the victim.
pub(crate) const STRIDE: u64 = 1_000_000;

/// Write a line at once.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).unwrap();
}

/// What the victim works on: its directory and its first number. `None` in every process but the victim's.
#[expect(clippy::disallowed_methods, reason = "the victim is told by the environment what it is")]
fn part() -> Option<(PathBuf, u64)> {
    let told = std::env::var(PART).ok()?;
    let (life, directory) = told.split_once(':').unwrap();
    Some((directory.into(), life.parse::<u64>().unwrap() * STRIDE))
}

/// The victim's part: work until it is killed. Nothing in every process but the victim's.
pub(crate) fn play<F: Future<Output = ()>>(work: impl FnOnce(PathBuf, u64) -> F) {
    let Some((directory, first)) = part() else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(work(directory, first));
}

/// Start a life of the victim: its test is called `victim`.
pub(crate) fn start(life: u64, directory: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim", "--nocapture", "--test-threads=1"])
        .env(PART, format!("{life}:{}", directory.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Let it acknowledge so many of these words, kill it, and return all that it said before it died: the place of each word
/// in `words`, and the number behind it.
pub(crate) fn kill_after(lines: usize, mut victim: Child, words: &[&str]) -> Vec<(usize, u64)> {
    let mut output = BufReader::new(victim.stdout.take().unwrap()).lines();
    let parse = |line: String| -> Option<(usize, u64)> {
        let (word, number) = line.split_once(' ')?;
        Some((words.iter().position(|known| *known == word)?, number.parse().ok()?))
    };
    let mut said: Vec<_> = output.by_ref().map_while(Result::ok).filter_map(parse).take(lines).collect();
    victim.kill().unwrap();
    victim.wait().unwrap();
    said.extend(output.map_while(Result::ok).filter_map(parse));
    assert!(said.len() >= lines, "the victim ended by itself");
    said
}
