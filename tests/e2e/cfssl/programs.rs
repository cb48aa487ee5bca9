//! `cfssl` and `cfssljson`: Debian's, or ours under their names.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::domain::handfast;
use crate::program::{Running, succeed, text};

/// The programs of one maker.
pub(crate) struct Programs {
    folder: PathBuf,
    _own: Option<TempDir>,
}

impl Programs {
    /// Those of Debian's package `golang-cfssl`.
    pub(crate) fn stock() -> Self {
        let folder = PathBuf::from("/usr/bin");
        assert!(folder.join("cfssl").exists(), "`cfssl` is not here; `cargo xtask packages` installs it");
        Self { folder, _own: None }
    }

    /// Ours, by the links that `handfast cfssl install-links` makes.
    pub(crate) fn ours() -> Self {
        let own = TempDir::new().unwrap();
        succeed(handfast(), |command| {
            command.args(["cfssl", "install-links"]).arg(own.path());
        });
        Self { folder: own.path().to_owned(), _own: Some(own) }
    }

    /// One of them, to be run in `place`.
    pub(crate) fn command(&self, name: &str, place: &Path) -> Command {
        let mut command = Command::new(self.folder.join(name));
        command.current_dir(place).stdin(Stdio::null()).env("LC_ALL", "C.UTF-8");
        command
    }

    /// `cfssl` with these words, to its end.
    pub(crate) fn cfssl(&self, place: &Path, words: &str) -> Output {
        self.command("cfssl", place).args(words.split_whitespace()).output().unwrap()
    }

    /// The same, and it must succeed; what it printed.
    pub(crate) fn good(&self, place: &Path, words: &str) -> Vec<u8> {
        let output = self.cfssl(place, words);
        assert!(output.status.success(), "cfssl {words}: {}{}", text(&output.stdout), text(&output.stderr));
        output.stdout
    }

    /// `cfssl WORDS | cfssljson -bare BASE`.
    pub(crate) fn split(&self, place: &Path, words: &str, base: &str) {
        let printed = self.good(place, words);
        assert!(!printed.is_empty(), "cfssl {words} printed nothing");
        let mut json = self.command("cfssljson", place);
        let mut child =
            json.args(["-bare", base]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&printed).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "cfssljson -bare {base}: {}", text(&output.stderr));
    }

    /// `cfssl serve` with these words, once it listens on `address`.
    pub(crate) fn serve(&self, place: &Path, address: std::net::SocketAddr, words: &str) -> Running {
        let port = address.port().to_string();
        let mut command = self.command("cfssl", place);
        command.args(["serve", "-address", "127.0.0.1", "-port", &port]).args(words.split_whitespace());
        let mut running = Running::start(&mut command);
        running.until_listening(address);
        running
    }
}
