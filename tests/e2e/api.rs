//! Our own API as its callers meet it: commands from elsewhere, pipelines with tokens, and a machine that tries everything.

mod pipelines;
mod remote;
mod schemathesis;

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;

use crate::domain::handfast;
use crate::program::{finish, text};
use crate::serve::Served;

/// A machine elsewhere: a directory of its own, and how it reaches the server.
struct Elsewhere {
    folder: TempDir,
    reach: Vec<String>,
}

impl Elsewhere {
    /// With the credential in a file, if there is one.
    fn new(served: &Served, credential: Option<&str>) -> Self {
        let folder = TempDir::new().unwrap();
        let mut reach = vec![
            "--remote".to_owned(),
            format!("https://{}", served.address("api")),
            "--roots".to_owned(),
            served.roots().display().to_string(),
        ];
        if let Some(credential) = credential {
            let file = folder.path().join("credential");
            std::fs::write(&file, credential).unwrap();
            // Others who may read it would be warned of.
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
            reach.extend(["--credential-file".to_owned(), "credential".to_owned()]);
        }
        Self { folder, reach }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `handfast` here, without a server.
    fn here(&self, words: &str) -> Output {
        finish(handfast(), |command| {
            command.args(words.split_whitespace()).current_dir(self.folder.path());
        })
    }

    /// `handfast`, asking the server.
    fn ask(&self, words: &str) -> Output {
        finish(handfast(), |command| {
            command.args(words.split_whitespace()).args(&self.reach).current_dir(self.folder.path());
        })
    }

    /// The same, and it must succeed.
    fn good(&self, words: &str) -> String {
        let output = self.ask(words);
        assert!(output.status.success(), "{words}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// The same, and it must be refused, in these words among others.
    fn refused(&self, words: &str, why: &str) {
        let output = self.ask(words);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words}: {said}");
        assert!(said.contains(why), "{words}: expected `{why}`, found {said}");
    }
}

/// An API key, made on the machine of the server.
fn api_key(served: &Served, words: &str) -> String {
    served.good(&format!("credential create test {words}")).trim().to_owned()
}

const EVERYTHING: &str =
    "--right issue --right renew --right revoke --right read --right audit --right administer";

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path.as_ref()).unwrap()
}
