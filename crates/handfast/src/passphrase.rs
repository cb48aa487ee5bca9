//! Where passphrases come from: a file that was named, the environment, a prompt on a terminal. Never an argument.

use std::io::{IsTerminal, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use hf_core::secret::Secret;

use crate::env::Env;
use crate::error::CommandError;
use crate::output::Output;

/// The longest passphrase file that is read, in bytes: a passphrase is a line, not a document.
const MAX_FILE: u64 = 4096;

/// The first line of the file at `path`. That others may read it as well is said.
pub(crate) fn from_file(path: &Path, output: &Output) -> Result<Secret<String>, CommandError> {
    if let Some(mode) = loose_mode(path) {
        output.warning(&format!(
            "`{0}` has mode {mode:04o}, others may read the secret in it: `chmod 600 {0}`",
            path.display()
        ));
    }
    first_line(path)
}

/// The mode of a file that others may read; a pipe is nobody else's.
fn loose_mode(path: &Path) -> Option<u32> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o044 != 0).then_some(mode)
}

/// The passphrase of the environment, if there is one. One that is set to nothing was meant to be one: keys would silently
/// not be encrypted.
pub(crate) fn from_env(env: &Env) -> Result<Option<&Secret<String>>, CommandError> {
    if env.passphrase_is_empty {
        return Err(CommandError::refused("HANDFAST_PASSPHRASE is empty: expected a passphrase")
            .hint("`unset HANDFAST_PASSPHRASE` where keys shall not be encrypted"));
    }
    Ok(env.passphrase.as_ref())
}

fn first_line(path: &Path) -> Result<Secret<String>, CommandError> {
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

/// Ask twice on the terminal, if there is one; nothing typed is no passphrase.
pub(crate) fn prompt_optional(what: &str) -> Result<Option<Secret<String>>, CommandError> {
    if !std::io::stdin().is_terminal() {
        return Ok(None);
    }
    let first = prompt(&format!("{what} (empty: they are not encrypted)"))?;
    if first.expose().is_empty() {
        return Ok(None);
    }
    repeated(first, what).map(Some)
}

fn repeated(first: Secret<String>, what: &str) -> Result<Secret<String>, CommandError> {
    let second = prompt(&format!("{what}, again"))?;
    if first.expose() != second.expose() {
        return Err(CommandError::refused("the two passphrases differ"));
    }
    Ok(first)
}

/// Ask twice on the terminal for a new passphrase.
pub(crate) fn prompt_new(what: &str) -> Result<Secret<String>, CommandError> {
    let first = prompt(what)?;
    if first.expose().is_empty() {
        return Err(CommandError::refused("the passphrase is empty"));
    }
    repeated(first, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_counts() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("passphrase");
        std::fs::write(&path, "correct horse\nbattery\n").unwrap();
        assert_eq!(first_line(&path).ok().unwrap().expose(), "correct horse");
        std::fs::write(&path, "\n").unwrap();
        assert!(first_line(&path).is_err());
        std::fs::write(&path, "x".repeat(5000)).unwrap();
        assert!(first_line(&path).is_err());
    }

    #[test]
    fn what_others_may_read_is_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("passphrase");
        std::fs::write(&path, "correct horse").unwrap();
        for (mode, loose) in [(0o600, None), (0o400, None), (0o640, Some(0o640)), (0o604, Some(0o604))] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(loose_mode(&path), loose, "{mode:o}");
        }
        assert_eq!(loose_mode(Path::new("/dev/null")), None);
    }
}
