//! Where passphrases come from: a file that was named, the environment, a prompt on a terminal. Never an argument.

use std::io::{IsTerminal, Read};
use std::path::Path;

use hf_core::secret::Secret;

use crate::error::CommandError;

/// The longest passphrase file that is read, in bytes: a passphrase is a line, not a document.
const MAX_FILE: u64 = 4096;

/// The first line of the file at `path`.
pub(crate) fn from_file(path: &Path) -> Result<Secret<String>, CommandError> {
    let file = std::fs::File::open(path).map_err(|error| CommandError::io("read", path, error))?;
    let mut text = String::new();
    file.take(MAX_FILE + 1)
        .read_to_string(&mut text)
        .map_err(|error| CommandError::io("read", path, error))?;
    let text = Secret::new(text);
    if text.expose().len() as u64 > MAX_FILE {
        return Err(CommandError::refused(format!(
            "`{}` is longer than {MAX_FILE} bytes: expected a passphrase on its first line",
            path.display()
        )));
    }
    match text.expose().lines().next().filter(|line| !line.is_empty()) {
        Some(line) => Ok(Secret::new(line.to_owned())),
        None => Err(CommandError::refused(format!(
            "the first line of `{}` is empty: expected a passphrase",
            path.display()
        ))),
    }
}

/// Ask on the terminal; `what` says whose passphrase, for example `of the key of authority root`.
pub(crate) fn prompt(what: &str) -> Result<Secret<String>, CommandError> {
    let missing = || {
        CommandError::refused(format!("the passphrase {what} is needed, and there is no terminal to ask on"))
            .hint("put it into HANDFAST_PASSPHRASE, or name a file with `--passphrase-file FILE`")
    };
    if !std::io::stdin().is_terminal() {
        return Err(missing());
    }
    rpassword::prompt_password(format!("Passphrase {what}: "))
        .map(Secret::new)
        .map_err(|error| missing().because(error))
}

/// Ask twice on the terminal for a new passphrase.
pub(crate) fn prompt_new(what: &str) -> Result<Secret<String>, CommandError> {
    let first = prompt(what)?;
    if first.expose().is_empty() {
        return Err(CommandError::refused("the passphrase is empty"));
    }
    let second = prompt(&format!("{what}, again"))?;
    if first.expose() != second.expose() {
        return Err(CommandError::refused("the two passphrases differ"));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_counts() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("passphrase");
        std::fs::write(&path, "correct horse\nbattery\n").unwrap();
        assert_eq!(from_file(&path).ok().unwrap().expose(), "correct horse");
        std::fs::write(&path, "\n").unwrap();
        assert!(from_file(&path).is_err());
        std::fs::write(&path, "x".repeat(5000)).unwrap();
        assert!(from_file(&path).is_err());
    }
}
