//! What `cfssl` logs: one line an event on stderr, `2026/01/31 12:00:00 [INFO] text`, UTC.

use std::sync::{Arc, Mutex, PoisonError};

use hf_core::time::{Clock, Timestamp};

use crate::output::Output;

/// How much an event matters. CFSSL's commands know CRITICAL (4) and FATAL (5) too; Handfast logs neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Info,
    Warning,
    Error,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }

    /// The number that `-loglevel` gives it.
    fn number(self) -> i64 {
        match self {
            Self::Info => 1,
            Self::Warning => 2,
            Self::Error => 3,
        }
    }
}

/// The log of one command.
#[derive(Clone)]
pub(crate) struct Log {
    least: i64,
    clock: Arc<dyn Clock>,
    output: Output,
    /// The latest second and its text.
    latest: Arc<Mutex<Option<(Timestamp, String)>>>,
}

impl Log {
    /// Log events of the level `least` (the number of `-loglevel`) and above.
    pub(crate) fn new(least: i64, clock: Arc<dyn Clock>, output: Output) -> Self {
        Self { least, clock, output, latest: Arc::default() }
    }

    /// Log what is done.
    pub(crate) fn info(&self, text: &str) {
        self.write(Level::Info, text);
    }

    /// Log what may not be as meant.
    pub(crate) fn warning(&self, text: &str) {
        self.write(Level::Warning, text);
    }

    /// Log what went wrong.
    pub(crate) fn error(&self, text: &str) {
        self.write(Level::Error, text);
    }

    /// The beginning of a line, unless events of this level are not logged.
    pub(super) fn line(&self, level: Level) -> Option<String> {
        (level.number() >= self.least).then(|| {
            let mut line = String::with_capacity(256);
            line.extend([self.stamp().as_str(), " [", level.name(), "] "]);
            line
        })
    }

    fn write(&self, level: Level, text: &str) {
        if let Some(line) = self.line(level) {
            self.output.message(&(line + text.trim_end()));
        }
    }

    /// The time as Go writes it, made once a second.
    fn stamp(&self) -> String {
        let now = self.clock.now();
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        match latest.as_ref() {
            Some((at, text)) if *at == now => text.clone(),
            _ => {
                let text = stamp(&now.to_string());
                *latest = Some((now, text.clone()));
                text
            }
        }
    }
}

/// `2026-01-31T12:00:00Z` as `2026/01/31 12:00:00`.
fn stamp(rfc3339: &str) -> String {
    rfc3339.trim_end_matches('Z').replace('-', "/").replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_written_as_go_writes_it() {
        assert_eq!(stamp("2026-01-31T12:00:00Z"), "2026/01/31 12:00:00");
    }
}
