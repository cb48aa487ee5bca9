//! The log of a server on stderr: lines that come close together share a write.
//!
//! What went wrong is written before whoever logs it goes on. Other lines are written within [`GATHER`], and when the
//! process ends in order; killed, it loses at most those of that time. A reader of stderr that stops reading stops those who
//! log, as without this: no line is thrown away.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// How long a line may wait for others.
const GATHER: Duration = Duration::from_millis(10);

/// With so many octets waiting, they are written at once.
const SOON: usize = 64 * 1024;

/// With so many octets waiting, whoever logs waits too.
const MOST: usize = 1024 * 1024;

/// Where lines go. Clones write to the same place.
#[derive(Clone)]
pub(crate) struct LogWriter(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    /// Lines came, or some must not wait.
    came: Condvar,
    /// Lines were written.
    went: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: Vec<u8>,
    added: u64,
    written: u64,
    urgent: bool,
}

impl LogWriter {
    /// To stderr, by a thread of its own.
    ///
    /// # Errors
    /// When the system starts no thread.
    pub(crate) fn to_stderr() -> io::Result<Self> {
        Self::to(io::stderr())
    }

    fn to(out: impl Write + Send + 'static) -> io::Result<Self> {
        let writer = Self(Arc::default());
        let shared = Arc::clone(&writer.0);
        std::thread::Builder::new().name("log".to_owned()).spawn(move || shared.write_to(out))?;
        Ok(writer)
    }

    /// Add whole lines; an urgent one is written when this returns.
    pub(crate) fn add(&self, lines: &[u8], urgent: bool) {
        let mut waiting = self.0.lock();
        while waiting.lines.len() >= MOST {
            waiting = self.0.went.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let before = waiting.lines.len();
        waiting.lines.extend_from_slice(lines);
        waiting.added = waiting.added.wrapping_add(1);
        if before == 0 || (before < SOON && waiting.lines.len() >= SOON) {
            self.0.came.notify_one();
        }
        if urgent {
            self.0.written(waiting);
        }
    }

    /// Write what waits.
    pub(crate) fn flush(&self) {
        self.0.written(self.0.lock());
    }
}

impl Shared {
    /// Changes are complete before the lock is let go, whatever a panicking thread was doing.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wait until all that was added is written.
    fn written(&self, mut waiting: MutexGuard<'_, Waiting>) {
        let mine = waiting.added;
        while waiting.written < mine {
            waiting.urgent = true;
            self.came.notify_one();
            waiting = self.went.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn write_to(&self, mut out: impl Write) {
        let mut lines = Vec::with_capacity(SOON);
        loop {
            let waiting = self.lock();
            let waiting = self.came.wait_while(waiting, |waiting| waiting.lines.is_empty());
            let waiting = waiting.unwrap_or_else(PoisonError::into_inner);
            let may_wait = |waiting: &mut Waiting| !waiting.urgent && waiting.lines.len() < SOON;
            let gathered = self.came.wait_timeout_while(waiting, GATHER, may_wait);
            let (mut waiting, _) = gathered.unwrap_or_else(PoisonError::into_inner);
            std::mem::swap(&mut waiting.lines, &mut lines);
            waiting.urgent = false;
            let added = waiting.added;
            drop(waiting);
            // There is nobody to tell when stderr cannot be written.
            let _ = out.write_all(&lines).and_then(|()| out.flush());
            lines.clear();
            self.lock().written = added;
            self.went.notify_all();
        }
    }
}

/// One event: the layer writes it whole.
pub(crate) struct OneEvent<'a> {
    writer: &'a LogWriter,
    urgent: bool,
}

impl Write for OneEvent<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.writer.add(octets, self.urgent);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = OneEvent<'a>;

    fn make_writer(&'a self) -> OneEvent<'a> {
        OneEvent { writer: self, urgent: true }
    }

    fn make_writer_for(&'a self, event: &tracing::Metadata<'_>) -> OneEvent<'a> {
        OneEvent { writer: self, urgent: is_urgent(*event.level()) }
    }
}

/// Whether a line of this level is written before anything else happens.
pub(crate) fn is_urgent(level: tracing::Level) -> bool {
    level <= tracing::Level::WARN
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// Hands on what is written in one call, when it is let go.
    struct Slow {
        go: Receiver<()>,
        out: Sender<Vec<u8>>,
    }

    impl Write for Slow {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            let _ = self.go.recv();
            self.out.send(octets.to_vec()).unwrap();
            Ok(octets.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_share_a_write_in_their_order_and_an_urgent_one_waits_for_its_own() {
        let (let_go, go) = channel();
        let (out, written) = channel();
        let writer = LogWriter::to(Slow { go, out }).unwrap();
        writer.add(b"first\n", false);
        // The thread has taken the first line, and is inside the write.
        while !writer.0.lock().lines.is_empty() {
            std::thread::yield_now();
        }
        writer.add(b"second\n", false);
        writer.add(b"third\n", false);
        let urgent = {
            let writer = writer.clone();
            std::thread::spawn(move || writer.add(b"fourth\n", true))
        };
        while writer.0.lock().added < 4 {
            std::thread::yield_now();
        }
        assert!(!urgent.is_finished());
        let_go.send(()).unwrap();
        assert_eq!(written.recv().unwrap(), b"first\n");
        assert!(!urgent.is_finished(), "only the first line is written");
        let_go.send(()).unwrap();
        urgent.join().unwrap();
        assert_eq!(written.recv().unwrap(), b"second\nthird\nfourth\n");
        writer.flush();
        assert_eq!(writer.0.lock().written, 4);
    }

    #[test]
    fn what_went_wrong_is_urgent() {
        use tracing::Level;
        assert!(is_urgent(Level::ERROR) && is_urgent(Level::WARN));
        assert!(!is_urgent(Level::INFO) && !is_urgent(Level::DEBUG));
    }
}
