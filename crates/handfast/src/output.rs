//! The only place that prints. stdout carries data, stderr messages; colours only on a terminal and never needed.

mod log_writer;
mod paint;
mod progress;
mod render;
mod table;

use std::io::{self, IsTerminal, Write};

use hf_core::finding::{Finding, Severity};
use serde::Serialize;

pub(crate) use log_writer::{LogWriter, is_urgent};
pub(crate) use paint::{Paint, Tone};
pub(crate) use progress::Progress;
pub(crate) use table::Table;

use crate::env::Env;
use crate::error::CommandError;

/// stdout and stderr, and how to write to them.
#[derive(Clone)]
pub(crate) struct Output {
    data: Paint,
    messages: Paint,
    json: bool,
}

impl Output {
    /// The process's own stdout and stderr. With `json`, errors are written as JSON too.
    pub(crate) fn from_system(env: &Env, json: bool) -> Self {
        let colours = |terminal: bool| if terminal && !env.no_color { Paint::Colours } else { Paint::Plain };
        Self {
            data: colours(io::stdout().is_terminal()),
            messages: colours(io::stderr().is_terminal()),
            json,
        }
    }

    /// How to colour text that goes to stdout.
    pub(crate) fn paint(&self) -> Paint {
        self.data
    }

    /// Write text to stdout, with a line end when it lacks one.
    pub(crate) fn text(&self, text: &str) -> Result<(), CommandError> {
        self.bytes(text.as_bytes())?;
        if text.is_empty() || text.ends_with('\n') { Ok(()) } else { self.bytes(b"\n") }
    }

    /// Write octets to stdout as they are.
    #[expect(clippy::unused_self, reason = "whoever prints holds the output")]
    pub(crate) fn bytes(&self, octets: &[u8]) -> Result<(), CommandError> {
        written(io::stdout().lock().write_all(octets))
    }

    /// Let `write` write to stdout, buffered.
    #[expect(clippy::unused_self, reason = "whoever prints holds the output")]
    pub(crate) fn stream<T>(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
        let mut stdout = io::BufWriter::new(io::stdout().lock());
        let result = write(&mut stdout)?;
        stdout.flush()?;
        Ok(result)
    }

    /// Write a value to stdout as indented JSON.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), CommandError> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| CommandError::fault("cannot write the answer as JSON").because(error))?;
        self.text(&text)
    }

    /// Write a value to stdout as one line of JSON.
    pub(crate) fn json_line(&self, value: &impl Serialize) -> Result<(), CommandError> {
        let text = serde_json::to_string(value)
            .map_err(|error| CommandError::fault("cannot write the answer as JSON").because(error))?;
        self.text(&text)
    }

    /// Write a table to stdout.
    pub(crate) fn table(&self, table: &Table) -> Result<(), CommandError> {
        self.text(&table.render(self.data))
    }

    /// Tell the person something, on stderr.
    pub(crate) fn message(&self, text: &str) {
        self.stderr(text);
    }

    /// Warn the person, on stderr.
    pub(crate) fn warning(&self, text: &str) {
        self.stderr(&format!("{} {text}", self.messages.apply(Tone::Warning, "warning:")));
    }

    /// Show a finding, on stderr.
    pub(crate) fn finding(&self, finding: &Finding) {
        let text =
            if self.json { render::finding_json(finding) } else { render::finding(finding, self.messages) };
        self.stderr(&text);
    }

    /// Show why the command ended without doing what was asked, on stderr.
    pub(crate) fn error(&self, error: &CommandError) {
        let text = if self.json { render::error_json(error) } else { render::error(error, self.messages) };
        self.stderr(&text);
    }

    /// Show progress of `steps` steps on stderr when it is a terminal; nothing otherwise.
    pub(crate) fn progress(&self, steps: u64, label: &str) -> Progress {
        Progress::start(steps, label, !self.json && io::stderr().is_terminal())
    }

    /// Write out what is still buffered.
    #[expect(clippy::unused_self, reason = "whoever prints holds the output")]
    pub(crate) fn finish(&self) -> Result<(), CommandError> {
        written(io::stdout().lock().flush())
    }

    /// There is nobody to tell when stderr cannot be written, so a failure is passed over.
    #[expect(clippy::unused_self, reason = "whoever prints holds the output")]
    fn stderr(&self, text: &str) {
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(text.as_bytes());
        if !text.ends_with('\n') {
            let _ = stderr.write_all(b"\n");
        }
    }
}

/// A reader that went away (`| head`) has what it wanted; any other failure is told.
fn written(result: io::Result<()>) -> Result<(), CommandError> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CommandError::fault("cannot write to stdout").because(error))
        }
        _ => Ok(()),
    }
}

/// The colour of a severity.
pub(crate) fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Notice => Tone::Faint,
        Severity::Warning => Tone::Warning,
        Severity::Error => Tone::Error,
    }
}
