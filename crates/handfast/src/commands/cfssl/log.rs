//! What `cfssl` logs: one line an event on stderr, `2026/01/31 12:00:00 [INFO] text`, UTC.

use std::sync::Arc;

use hf_core::time::Clock;

use crate::output::Output;

/// How much an event matters; the numbers of `-loglevel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Debug,
    Info,
    Warning,
    Error,
    Critical,
    Fatal,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
            Self::Fatal => "FATAL",
        }
    }

    fn number(self) -> i64 {
        match self {
            Self::Debug => 0,
            Self::Info => 1,
            Self::Warning => 2,
            Self::Error => 3,
            Self::Critical => 4,
            Self::Fatal => 5,
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

    /// Log something of use for finding faults.
    pub(crate) fn debug(&self, text: &str) {
        self.write(Level::Debug, text);
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

    #[test]
    fn levels_are_ordered_by_their_numbers() {
        let levels = [Level::Debug, Level::Info, Level::Warning, Level::Error, Level::Critical, Level::Fatal];
        for (number, level) in levels.into_iter().enumerate() {
            assert_eq!(usize::try_from(level.number()).unwrap(), number, "{}", level.name());
        }
    }
}
