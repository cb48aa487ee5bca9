//! The only place of `xtask` that prints, and the only one that reads the clock.

use std::io::Write as _;
use std::time::{Duration, Instant};

/// One line of a result, on standard output.
pub(crate) fn line(text: &str) {
    #[expect(clippy::print_stdout, reason = "chores talk to the person who started them")]
    {
        println!("{text}");
    }
    // A closed pipe ends the output, not the chore.
    std::io::stdout().flush().ok();
}

/// One line of a message, on standard error.
#[expect(clippy::print_stderr, reason = "chores talk to the person who started them")]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// The time now.
pub(crate) fn now() -> hf_core::time::Timestamp {
    #[expect(clippy::disallowed_methods, reason = "a chore stands where the binary reads the system's clock")]
    let now = std::time::SystemTime::now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    hf_core::time::Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// Runs `work` and tells how long it took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    #[expect(clippy::disallowed_methods, reason = "a chore measures how long its steps take")]
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}
