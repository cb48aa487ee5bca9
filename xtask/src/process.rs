//! Starting other programs and saying, when one fails, how to start it again.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Runs a program with its output shown; an error names the command line.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let words = describe(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start `{words}`"))?;
    if status.success() {
        return Ok(());
    }
    bail!("`{words}` failed ({status})")
}

/// Runs a program and returns what it wrote to standard output; an error carries its standard error.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let words = describe(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start `{words}`"))?;
    if output.status.success() {
        return String::from_utf8(output.stdout)
            .with_context(|| format!("`{words}` printed bytes that are not UTF-8"));
    }
    bail!("`{words}` failed ({}): {}", output.status, String::from_utf8_lossy(&output.stderr).trim())
}

/// The command as a person would type it.
pub(crate) fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| quote(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// The file that `program` names in one of `folders`, when it is there and executable.
pub(crate) fn find_in(folders: &[PathBuf], program: &str) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join(program)).find(|file| is_executable(file))
}

fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_described_so_that_it_can_be_pasted() {
        let mut command = Command::new("cargo");
        command.args(["test", "--", "a b", "it's"]);
        assert_eq!(describe(&command), r"cargo test -- 'a b' 'it'\''s'");
    }

    #[test]
    fn failure_names_the_command_and_carries_its_message() {
        let error =
            capture(Command::new("sh").args(["-c", "echo sorry >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("sh -c") && error.contains("sorry"), "{error}");
        assert!(run(&mut Command::new("false")).is_err());
        assert!(run(&mut Command::new("true")).is_ok());
    }

    #[test]
    fn only_executable_files_are_programs() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("note"), "text").unwrap();
        assert_eq!(find_in(&[folder.path().to_owned()], "note"), None);
        assert!(find_in(&[PathBuf::from("/bin"), PathBuf::from("/usr/bin")], "sh").is_some());
    }
}
