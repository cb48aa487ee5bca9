//! What a command answers when it cannot do what was asked: one type, made from the inner errors in one place.

mod convert;

use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use hf_core::finding::Finding;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: what was asked is done.
    Done,
    /// 1: refused, or something that the user can mend.
    Refused,
    /// 2: our fault, or the machine's.
    Fault,
    /// 3: a server cannot be reached, or has no time now. The same command may go well later.
    Unavailable,
}

impl Exit {
    /// The number that the shell sees.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Fault => 2,
            Self::Unavailable => 3,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command ended without doing what was asked. The message describes this level only; causes are linked.
#[derive(Debug)]
pub(crate) struct CommandError {
    exit: Exit,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    hints: Vec<String>,
    findings: Vec<Finding>,
}

impl CommandError {
    /// Something that the user can mend.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, message.into())
    }

    /// Our fault, or the machine's.
    pub(crate) fn fault(message: impl Into<String>) -> Self {
        Self::new(Exit::Fault, message.into())
    }

    /// A server cannot be reached, or has no time now.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Exit::Unavailable, message.into())
    }

    fn new(exit: Exit, message: String) -> Self {
        Self { exit, message, source: None, hints: Vec::new(), findings: Vec::new() }
    }

    /// `verb` (as in `read`, `write`) could not be done to the file at `path`.
    pub(crate) fn io(verb: &str, path: &Path, error: io::Error) -> Self {
        let message = format!("cannot {verb} `{}`", path.display());
        let hint = io_hint(&error);
        let error = Self::new(io_exit(&error), message).because(error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// The same, while `message` was under way: what was said before becomes the cause.
    pub(crate) fn within(mut self, message: impl Into<String>) -> Self {
        let before = std::mem::replace(&mut self.message, message.into());
        self.source = Some(Box::new(Level { message: before, source: self.source }));
        self
    }

    /// Link the cause.
    pub(crate) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Say how to mend it: a command, or a file and a key.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Add what was found wrong, one by one.
    pub(crate) fn findings(mut self, findings: Vec<Finding>) -> Self {
        self.findings.extend(findings);
        self
    }

    /// The exit code that belongs to it.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// What happened at this level.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// The causes, nearest first; a cause that repeats the level above is left out.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut causes: Vec<String> = Vec::new();
        let mut next = self.source.as_deref().map(|source| source as &(dyn Error + 'static));
        while let Some(error) = next {
            let text = error.to_string();
            let said = causes.last().map_or(self.message.as_str(), String::as_str);
            if !said.ends_with(&text) {
                causes.push(text);
            }
            next = error.source();
        }
        causes
    }

    /// What to do, each hint once.
    pub(crate) fn hints(&self) -> Vec<&str> {
        let mut hints: Vec<&str> = Vec::new();
        for hint in &self.hints {
            if !hints.contains(&hint.as_str()) {
                hints.push(hint);
            }
        }
        hints
    }

    /// What was found wrong.
    pub(crate) fn found(&self) -> &[Finding] {
        &self.findings
    }
}

/// What happened at a level below, in words.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Level {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// Whether the user can mend this failure of the operating system.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the list of kinds is open; what is not named is the machine's fault"
)]
fn io_exit(error: &io::Error) -> Exit {
    match error.kind() {
        io::ErrorKind::NotFound
        | io::ErrorKind::PermissionDenied
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput => Exit::Refused,
        _ => Exit::Fault,
    }
}

/// What to do about a failure of the operating system.
#[expect(clippy::wildcard_enum_match_arm, reason = "the list of kinds is open; most need no hint")]
fn io_hint(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Some("make room on the disk and run the same command again: nothing half-written is left behind")
        }
        io::ErrorKind::ReadOnlyFilesystem => Some("the file system is mounted read-only"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_said_once() {
        let inner = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let error = CommandError::io("read", Path::new("x"), inner).hint("a").hint("a");
        assert_eq!(error.message(), "cannot read `x`");
        assert_eq!(error.causes(), ["no such file"]);
        assert_eq!(error.hints(), ["a"]);
        assert_eq!(error.exit(), Exit::Refused);
    }

    #[test]
    fn a_full_disk_is_the_machines_fault() {
        let error = CommandError::io("write", Path::new("x"), io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(error.exit().code(), 2);
        assert_eq!(error.hints().len(), 1);
    }
}
