//! Runs every command of README.md and docs/guide/, page by page, and holds their printed output to what the page shows.
//!
//! A fenced block `console` holds commands (`$ …`) that must succeed; `console refused` holds commands whose exit status must
//! be 1. Lines under a command are parts of its output, in order; `…` stands for anything, also for whole lines. Each page
//! runs in a directory of its own that holds a copy of `examples/`. `cargo run … -p handfast --` stands for the binary under
//! test; `cargo xtask …` is what runs this test, so it is only checked to be a chore that exists.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use crate::domain::handfast;

/// One command of a page with what the page says of it.
pub(crate) struct Step {
    line: usize,
    pub(crate) command: String,
    pub(crate) shown: Vec<String>,
    refused: bool,
}

#[test]
fn every_command_of_every_page_does_what_the_page_shows() {
    let mut pages = vec![root().join("README.md")];
    let guide = std::fs::read_dir(root().join("docs/guide")).expect("docs/guide exists");
    pages.extend(guide.map(|entry| entry.expect("readable").path()).filter(|path| is_markdown(path)));
    pages.sort();
    let faults: Vec<String> = pages.iter().flat_map(|page| run_page(page)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn the_reader_of_pages_finds_commands_and_their_output() {
    let steps = steps_of("text\n```console\n$ a \\\n  b\nx\n$ c\n```\n```console refused\n$ d\n```\n");
    let here = steps_of("```console\n$ cat <<'END'\nx\nEND\ny\n```\n");
    assert_eq!((here[0].command.as_str(), here[0].shown.len()), ("cat <<'END'\nx\nEND", 1));
    let found: Vec<_> = steps.iter().map(|s| (s.command.as_str(), s.shown.len(), s.refused)).collect();
    assert_eq!(found, [("a b", 1, false), ("c", 0, false), ("d", 0, true)]);
    assert_eq!(missing_line(&["a…c".into(), "…".into(), "z".into()], "abc\ny\nz\n"), None);
    assert_eq!(missing_line(&["z".into(), "abc".into()], "abc\nz\n"), Some("abc"));
}

#[test]
fn the_picture_in_the_readme_is_what_plan_draws() {
    let drawn = Command::new(handfast())
        .args(["plan", "--format", "svg", "-f"])
        .arg(root().join("examples/shop/handfast.toml"))
        .output()
        .expect("handfast runs");
    let shown = std::fs::read(root().join("docs/images/shop.svg")).expect("the picture");
    assert!(
        drawn.stdout == shown,
        "run `handfast plan -f examples/shop/handfast.toml --format svg > docs/images/shop.svg`"
    );
}

fn is_markdown(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "md")
}

fn run_page(page: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(page).expect("a readable page");
    let place = tempfile::tempdir().expect("a directory for the page");
    copy_tree(&root().join("examples"), &place.path().join("examples"));
    let mut faults = Vec::new();
    let mut background = Background::default();
    for step in steps_of(&text) {
        let fault = match step.command.strip_suffix(" &") {
            Some(command) => background.start(command, &step.shown, place.path()),
            None => run_step(&step, place.path()),
        };
        if let Some(fault) = fault {
            faults.push(format!("{}:{}: `{}`: {fault}", page.display(), step.line, step.command));
            break;
        }
    }
    faults
}

/// What a page started and left running; ended with the page.
#[derive(Default)]
struct Background(Vec<Child>);

impl Background {
    /// Start it and wait until it has printed what the page shows.
    fn start(&mut self, command: &str, shown: &[String], place: &Path) -> Option<String> {
        let printed_to = place.join(format!(".printed-{}", self.0.len()));
        let file = std::fs::File::create(&printed_to).expect("a file for what it prints");
        let again = file.try_clone().expect("a second handle");
        // `env` takes variables that stand before the command, as a shell does.
        let command = format!("exec env {}", binary_under_test(command));
        let child = shell(&command, place).stdout(file).stderr(again).spawn().expect("sh runs");
        self.0.push(child);
        let mut looks = 0;
        loop {
            let printed = std::fs::read_to_string(&printed_to).unwrap_or_default();
            let missing = missing_line(shown, &printed)?;
            looks += 1;
            let ended =
                self.0.last_mut().is_some_and(|child| child.try_wait().is_ok_and(|end| end.is_some()));
            if ended || looks > 3_000 {
                return Some(format!("output lacks `{missing}`:\n{printed}"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // Each was started here; a page that is over needs it no longer.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// A shell command in the directory of a page.
pub(crate) fn shell(command: &str, place: &Path) -> Command {
    let directory = handfast().parent().expect("a directory").display().to_string();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .current_dir(place)
        .env("PATH", format!("{directory}:{}", path_variable()))
        .env("HANDFAST_PASSPHRASE", "correct horse battery staple");
    shell
}

fn run_step(step: &Step, place: &Path) -> Option<String> {
    if let Some(chore) = step.command.strip_prefix("cargo xtask ") {
        let chore = chore.split_whitespace().next().unwrap_or_default();
        let known = std::fs::read_to_string(root().join("xtask/src/main.rs")).expect("xtask exists");
        return (!known.contains(&format!("\"{chore}\""))).then(|| "no such chore".to_owned());
    }
    let command = binary_under_test(&step.command);
    let output = shell(&command, place).output().expect("sh runs");
    let printed =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let expected = i32::from(step.refused);
    if output.status.code() != Some(expected) {
        return Some(format!("exit status {:?}, expected {expected}\n{printed}", output.status.code()));
    }
    missing_line(&step.shown, &printed).map(|line| format!("output lacks `{line}`:\n{printed}"))
}

/// `cargo run … -p handfast -- ARGS` becomes `handfast ARGS`.
fn binary_under_test(command: &str) -> String {
    match command.split_once("-p handfast -- ") {
        Some((head, rest)) if head.starts_with("cargo run ") => format!("handfast {rest}"),
        _ => command.to_owned(),
    }
}

#[expect(clippy::disallowed_methods, reason = "the test extends the search path of the commands it runs")]
fn path_variable() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// The first shown line that the output does not hold at or after the place of the line before it.
pub(crate) fn missing_line<'a>(shown: &'a [String], printed: &str) -> Option<&'a str> {
    let mut lines = printed.lines();
    shown
        .iter()
        .filter(|line| !line.trim().is_empty() && line.trim() != "…")
        .find(|line| !lines.any(|candidate| fits(line.trim(), candidate)))
        .map(String::as_str)
}

/// Whether the pieces between `…` stand in `candidate` in order.
fn fits(pattern: &str, candidate: &str) -> bool {
    let mut rest = candidate;
    pattern.split('…').all(|piece| match rest.find(piece.trim()) {
        Some(place) => {
            rest = &rest[place + piece.trim().len()..];
            true
        }
        None => false,
    })
}

/// What the next line of a block is.
enum Next {
    /// A command, or output of the one before.
    Anything,
    /// The rest of a command that ended with a backslash.
    Continuation,
    /// Lines of a here-document up to this word.
    HereDocument(String),
}

pub(crate) fn steps_of(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut block: Option<bool> = None;
    let mut next = Next::Anything;
    for (index, line) in text.lines().enumerate() {
        match (block, line.trim_end()) {
            (None, "```console") => block = Some(false),
            (None, "```console refused") => block = Some(true),
            (Some(_), "```") => (block, next) = (None, Next::Anything),
            (Some(refused), line) => next = take_line(&mut steps, next, index + 1, line, refused),
            (None, _) => {}
        }
    }
    steps
}

fn take_line(steps: &mut Vec<Step>, next: Next, number: usize, line: &str, refused: bool) -> Next {
    match next {
        Next::HereDocument(end) => {
            extend(steps, &format!("\n{line}"));
            if line == end { Next::Anything } else { Next::HereDocument(end) }
        }
        Next::Continuation => {
            extend(steps, line.trim_end_matches('\\').trim_start());
            after(line)
        }
        Next::Anything => {
            if let Some(command) = line.strip_prefix("$ ") {
                let command = command.trim_end_matches('\\').to_owned();
                steps.push(Step { line: number, command, shown: Vec::new(), refused });
                return after(line);
            }
            if let Some(step) = steps.last_mut() {
                step.shown.push(line.to_owned());
            }
            Next::Anything
        }
    }
}

fn extend(steps: &mut [Step], text: &str) {
    if let Some(step) = steps.last_mut() {
        step.command.push_str(text);
    }
}

/// What follows a line of a command.
fn after(line: &str) -> Next {
    if line.ends_with('\\') {
        return Next::Continuation;
    }
    match line.split_once("<<'").and_then(|(_, rest)| rest.split_once('\'')) {
        Some((end, _)) => Next::HereDocument(end.to_owned()),
        None => Next::Anything,
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_owned()
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("a readable directory") {
        let entry = entry.expect("readable");
        let target = to.join(entry.file_name());
        let name = entry.file_name();
        if name == ".handfast" || name == "trust" || name == "target" {
            continue;
        }
        if entry.file_type().expect("a type").is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
