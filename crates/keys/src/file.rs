//! Files that hold secrets: what may be read, and how they are written.

mod read;
mod write;

use std::error::Error;
use std::path::PathBuf;
use std::{fmt, io};

pub use read::{MAX_KEY_FILE, read_private_key, read_secret};
pub use write::{
    Existing, Owner, WriteOptions, could_write, remove_leftovers, write_atomic, write_private_key,
};

use crate::error::KeyError;

/// A file that was not read or not written: which one, and why. Says both at once, so its source is that of the problem.
#[derive(Debug)]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: FileProblem,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path.display(), self.problem)
    }
}

impl Error for FileError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.problem.source()
    }
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    /// The operating system refused.
    #[error("cannot {action}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A directory, a pipe, a device.
    #[error("found something other than a regular file")]
    NotRegular,
    /// Group or others have rights to it.
    #[error("found mode {found:04o}, expected 0600 or stricter: a private key is nobody else's")]
    Loose {
        /// The mode of the file.
        found: u32,
    },
    /// Somebody else's, who could replace it.
    #[error("found owner {found}, expected {expected} or root (0)")]
    Owner {
        /// User id of the owner.
        found: u32,
        /// User id that was expected.
        expected: u32,
    },
    /// Larger than any such file.
    #[error("larger than {max} octets")]
    TooLarge {
        /// The largest allowed, in octets.
        max: u64,
    },
    /// A symbolic link where a file is to be written.
    #[error(
        "found a symbolic link, expected a file or nothing: writing would replace the link, not what it names"
    )]
    SymbolicLink,
    /// It exists and must not be replaced.
    #[error("it exists already and is not replaced")]
    Exists,
    /// It has no name or no directory.
    #[error("it is not the path of a file")]
    NotAPath,
    /// The file was read; what is in it is no usable private key.
    #[error("{}", of_key(.0))]
    Key(#[source] KeyError),
}

/// A key that only lacks its passphrase is one.
fn of_key(error: &KeyError) -> &'static str {
    if matches!(error, KeyError::PassphraseMissing | KeyError::PassphraseWrong) {
        "it cannot be opened"
    } else {
        "it holds no private key that can be used"
    }
}

impl FileError {
    /// What to do: a command, or a file and what to change.
    pub fn hint(&self) -> Option<String> {
        let path = self.path.display();
        match &self.problem {
            FileProblem::Loose { .. } => Some(format!("`chmod 600 {path}`")),
            FileProblem::Owner { expected, .. } => {
                Some(format!("`chown {expected} {path}`, if you trust what is in it"))
            }
            FileProblem::SymbolicLink => Some(format!("write to the path that `readlink -f {path}` prints")),
            FileProblem::Key(error) => error.hint(),
            FileProblem::Io { .. }
            | FileProblem::NotRegular
            | FileProblem::TooLarge { .. }
            | FileProblem::Exists
            | FileProblem::NotAPath => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_says_its_own_part_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        write_private_key(&path, &"nothing".to_owned().into(), Existing::Keep).unwrap();
        let error = read_private_key(&path, None).map(|_| ()).unwrap_err();
        let expected = format!("`{}`: it holds no private key that can be used", path.display());
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.source().map(ToString::to_string), Some(KeyError::UnknownForm.to_string()));
        let error = read_private_key(&folder.path().join("none"), None).map(|_| ()).unwrap_err();
        assert!(error.to_string().ends_with("cannot open it") && error.source().is_some(), "{error}");
    }
}
