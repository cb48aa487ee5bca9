//! Other programs: started, listened to, and ended by their own process id.

use std::io::{BufRead as _, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How long a program may take to say what it is waited for. What waits for the disk may wait long while others write.
const PATIENCE: Duration = Duration::from_mins(2);

/// The language in which the tests expect messages.
const PLAIN: &str = "C.UTF-8";

/// How often a server is tried before it is taken for dead, [`PAUSE`] apart.
const TRIES: u32 = 600;
const PAUSE: Duration = Duration::from_millis(50);

/// A program that runs until this value is dropped.
pub(crate) struct Running {
    what: String,
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl Running {
    /// Starts it; both its outputs are kept.
    pub(crate) fn start(command: &mut Command) -> Self {
        let what = format!("{command:?}");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).env("LC_ALL", PLAIN);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {what}: {error}"));
        let (sender, lines) = channel();
        forward(child.stdout.take().unwrap(), sender.clone());
        forward(child.stderr.take().unwrap(), sender);
        Self { what, child, lines, seen: Vec::new() }
    }

    /// The next line that contains `words`. What it says later must come later: lines before are passed over.
    pub(crate) fn wait_for(&mut self, words: &str) -> String {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(words) {
                        return line;
                    }
                }
                Err(error) => {
                    panic!("{}: no `{words}` ({error}); it said:\n{}", self.what, self.seen.join("\n"))
                }
            }
        }
    }

    /// Returns once `address` takes connections.
    pub(crate) fn until_listening(&mut self, address: SocketAddr) {
        for _ in 0..TRIES {
            if TcpStream::connect(address).is_ok() {
                return;
            }
            match self.lines.recv_timeout(PAUSE) {
                Ok(line) => self.seen.push(line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        panic!("{} does not listen on {address}; it said:\n{}", self.what, self.seen.join("\n"));
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, by name.
    pub(crate) fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
    }

    /// Waits until it has ended by itself.
    pub(crate) fn ended(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// The lines that it says from now on until it has ended.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        self.lines.iter().collect()
    }

    /// Asks it to stop with a signal, by name, and waits until it has.
    pub(crate) fn stop(&mut self, signal: &str) {
        self.signal(signal);
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing of it is left.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn forward(output: impl Read + Send + 'static, sender: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
}

/// Runs a program to its end, which must come within two minutes.
pub(crate) fn finish(program: impl AsRef<std::ffi::OsStr>, arguments: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new("timeout");
    command.arg(PATIENCE.as_secs().to_string()).arg(program).stdin(Stdio::null()).env("LC_ALL", PLAIN);
    arguments(&mut command);
    command.output().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"))
}

/// The same, and it must succeed; returns its standard output.
pub(crate) fn succeed(program: impl AsRef<std::ffi::OsStr>, arguments: impl FnOnce(&mut Command)) -> String {
    let mut words = String::new();
    let output = finish(program, |command| {
        arguments(command);
        words = format!("{command:?}");
    });
    assert!(
        output.status.success(),
        "{words}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Bytes that a program wrote, as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server's program, which Debian often keeps outside `PATH`.
pub(crate) fn server_program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    // The newest version of PostgreSQL first.
    folders.sort();
    folders.reverse();
    folders.extend(["/usr/sbin", "/usr/local/sbin", "/usr/bin", "/usr/local/bin"].map(PathBuf::from));
    let found = folders.iter().map(|folder| folder.join(name)).find(|file| Path::new(file).exists());
    found.unwrap_or_else(|| panic!("`{name}` is not here; `cargo xtask packages` installs it"))
}
