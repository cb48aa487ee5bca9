//! Another program that has a database of SQLite locked.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A process that keeps everybody else from writing to a database, until it is released or dropped.
pub(crate) struct Lock(Child);

impl Lock {
    pub(crate) fn on(database: &Path) -> Self {
        assert!(database.exists(), "{}", database.display());
        let script = "import sqlite3, sys\nheld = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)\n\
                      held.execute('BEGIN EXCLUSIVE')\nprint('held', flush=True)\nsys.stdin.readline()\nheld.execute('ROLLBACK')\n";
        let mut child = Command::new("python3")
            .args(["-c", script])
            .arg(database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Self(child)
    }

    pub(crate) fn release(mut self) {
        self.0.stdin.take().unwrap().write_all(b"\n").unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}
