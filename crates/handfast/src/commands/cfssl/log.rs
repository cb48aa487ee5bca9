//! What `cfssl` logs: one line an event on stderr, `2026/01/31 12:00:00 [INFO] text`, UTC.

use std::sync::Arc;

use hf_core::time::Clock;

use crate::output::Output;

/// How much an event matters. CFSSL's commands know CRITICAL (4) and FATAL (5) too; Handfast logs neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
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
}

impl Log {
    /// Log events of the level `least` (the number of `-loglevel`) and above.
    pub(crate) fn new(least: i64, clock: Arc<dyn Clock>, output: Output) -> Self {
        Self { least, clock, output }
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

    fn write(&self, level: Level, text: &str) {
        if level.number() >= self.least {
            let time = stamp(&self.clock.now().to_string());
            self.output.message(&format!("{time} [{}] {}", level.name(), text.trim_end()));
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
