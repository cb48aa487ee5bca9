//! A directory to work in, and conversations as text that is the same on every machine.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assert_cmd::cargo::CommandCargoExt;
use tempfile::TempDir;

/// A directory of its own for one conversation.
pub(crate) struct Place {
    directory: TempDir,
}

impl Place {
    pub(crate) fn empty() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    /// With a `handfast.toml`.
    pub(crate) fn with(text: &str) -> Self {
        let place = Self::empty();
        place.write("handfast.toml", text);
        place
    }

    /// With a copy of one of the examples.
    pub(crate) fn example(name: &str) -> Self {
        let place = Self::empty();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name);
        for entry in std::fs::read_dir(source).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), place.path(entry.file_name().to_str().unwrap())).unwrap();
            }
        }
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// What nobody else may read.
    pub(crate) fn write_secret(&self, name: &str, text: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(name, text);
        std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// `handfast` with these words, in the directory, with nothing of ours in the environment.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::cargo_bin("handfast").unwrap();
        command.args(words.split_whitespace()).current_dir(self.directory.path());
        for name in ["HANDFAST_PASSPHRASE", "HANDFAST_KEYSTORE_PASSWORD", "NO_COLOR"] {
            command.env_remove(name);
        }
        command.stdin(std::process::Stdio::null());
        command
    }

    /// Run it.
    pub(crate) fn run(&self, words: &str) -> Output {
        self.command(words).output().unwrap()
    }

    /// Run it; stdout of a run that went well.
    pub(crate) fn good(&self, words: &str) -> String {
        let output = self.run(words);
        assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Run it; stdout as JSON, whatever the exit code.
    pub(crate) fn json(&self, words: &str) -> serde_json::Value {
        serde_json::from_slice(&self.run(words).stdout).unwrap()
    }

    /// Run it; the whole conversation as text.
    pub(crate) fn talk(&self, words: &str) -> String {
        let output = self.run(words);
        self.conversation(words, &output)
    }

    pub(crate) fn conversation(&self, words: &str, output: &Output) -> String {
        let mut text = format!("$ handfast {words}\n");
        text.push_str(&String::from_utf8_lossy(&output.stdout));
        let errors = String::from_utf8_lossy(&output.stderr);
        if !errors.is_empty() {
            text.push_str("--- stderr\n");
            text.push_str(&errors);
        }
        text.extend([
            String::from("--- exit "),
            output.status.code().unwrap_or(-1).to_string(),
            "\n".to_owned(),
        ]);
        self.plain(&text)
    }

    /// What differs from run to run replaced by a word in brackets.
    pub(crate) fn plain(&self, text: &str) -> String {
        let place = std::fs::canonicalize(self.directory.path()).unwrap();
        let text = text
            .replace(place.to_str().unwrap(), "[here]")
            .replace(self.directory.path().to_str().unwrap(), "[here]");
        let mut plain = String::new();
        for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
            let digits = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
            let hexadecimal = digits.chars().all(|c| c.is_ascii_hexdigit());
            if digits.len() == 40 && hexadecimal {
                plain.push_str(&word.replace(digits, "[serial]"));
            } else if digits.len() == 16 && hexadecimal {
                plain.push_str(&word.replace(digits, "[start of sha256]"));
            } else if digits.len() == 64 && hexadecimal {
                plain.push_str(&word.replace(digits, "[sha256]"));
            } else if plain.ends_with("process ") && digits.chars().all(|c| c.is_ascii_digit()) {
                plain.push_str(&word.replace(digits, "[pid]"));
            } else {
                plain.push_str(word);
            }
        }
        let plain = without_times(&plain);
        // Certificates begin five minutes before they are made; a slow machine takes a minute to show one.
        plain.replace("(6 minutes ago)", "(5 minutes ago)")
    }
}

/// Without points in time, as in `2027-01-01T00:00:00Z`, and without CRL numbers, which are times too.
fn without_times(text: &str) -> String {
    let is_time = |word: &str| {
        word.len() == 20
            && word.ends_with('Z')
            && word
                .chars()
                .zip("0000-00-00T00:00:00Z".chars())
                .all(|(found, form)| if form == '0' { found.is_ascii_digit() } else { found == form })
    };
    let is_number = |word: &str| word.len() == 10 && word.chars().all(|c| c.is_ascii_digit());
    let mut plain = String::new();
    for word in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != ':') {
        let bare = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if is_time(bare) {
            plain.push_str(&word.replace(bare, "[time]"));
        } else if is_number(bare) {
            plain.push_str(&word.replace(bare, "[number]"));
        } else {
            plain.push_str(word);
        }
    }
    plain
}

/// Two services, one link.
pub(crate) const SMALL: &str = r#"[trust]
domain = "shop.internal"

[service.web]
instances = ["web.shop.internal"]
calls     = ["api"]
profile   = "client"

[service.api]
instances = ["api.shop.internal"]
profile   = "server"
"#;
