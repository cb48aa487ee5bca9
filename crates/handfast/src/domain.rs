//! A trust domain on disk: the file, the directory with the state, the directory with what instances need.

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use hf_topology::declare;
use hf_topology::declared::Topology;

use crate::commands::options::DomainOptions;
use crate::context::Context;
use crate::error::CommandError;

/// The longest topology file that is read, in bytes: far beyond any that people write.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// The name of the directory with the state, beside the file.
pub(crate) const STATE: &str = ".handfast";

/// Directory of the private keys of authorities, inside the state directory.
pub(crate) const KEYS: &str = "keys";

/// A trust domain whose file has been read.
pub(crate) struct Domain {
    /// The file, as found.
    pub(crate) file: PathBuf,
    /// The directory of the file, absolute.
    pub(crate) base: PathBuf,
    /// What the file declares.
    pub(crate) topology: Topology,
}

impl Domain {
    /// Find and read the file.
    pub(crate) fn open(context: &Context, options: &DomainOptions) -> Result<Self, CommandError> {
        Self::read(&context.find_file(options)?)
    }

    /// Read the file at `path`.
    pub(crate) fn read(path: &Path) -> Result<Self, CommandError> {
        let text = read_text(path)?;
        let topology = declare::parse(&text, &path.display().to_string()).map_err(|faults| {
            let count = faults.len();
            let what = if count == 1 { "a fault" } else { "faults" };
            CommandError::refused(format!("`{}` has {what}, nothing was done", path.display()))
                .findings(faults)
        })?;
        let absolute = std::path::absolute(path).map_err(|error| CommandError::io("find", path, error))?;
        let base = absolute.parent().map_or_else(|| PathBuf::from("/"), Path::to_path_buf);
        Ok(Self { file: path.to_owned(), base, topology })
    }

    /// The directory with database and keys.
    pub(crate) fn state(&self) -> PathBuf {
        self.base.join(STATE)
    }

    /// The directory of an instance.
    pub(crate) fn instance(&self, name: &str) -> PathBuf {
        self.base.join(hf_topology::layout::TRUST_DIRECTORY).join(name)
    }

    /// Whether the private key behind a reference on record (`file:NAME`) is there.
    pub(crate) fn has_key(&self, reference: &str) -> bool {
        reference.strip_prefix("file:").is_some_and(|name| self.state().join(KEYS).join(name).is_file())
    }

    /// The file outside the state directory that holds the key of an authority, when it is kept elsewhere.
    pub(crate) fn key_file(&self, authority: &str) -> Option<PathBuf> {
        let declared = self.topology.authority(authority)?;
        match &declared.key_file {
            Some(file) => Some(self.base.join(file)),
            None if declared.offline => Some(self.base.join(format!("{authority}.key"))),
            None => None,
        }
    }

    /// The directory with database and keys, made with mode 0700 when it does not exist; looser ones are refused.
    pub(crate) fn make_state(&self) -> Result<PathBuf, CommandError> {
        let state = self.state();
        match fs::DirBuilder::new().mode(0o700).create(&state) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                Err(CommandError::io("make the directory", &state, error))
            }
            _ => self.check_state().map(|()| state),
        }
    }

    /// Refuse a state directory that others can enter.
    pub(crate) fn check_state(&self) -> Result<(), CommandError> {
        let state = self.state();
        let metadata = fs::metadata(&state).map_err(|error| CommandError::io("read", &state, error))?;
        let mode = metadata.permissions().mode() & 0o7777;
        if mode.trailing_zeros() >= 6 {
            return Ok(());
        }
        Err(CommandError::refused(format!(
            "`{}` has mode {mode:04o}: expected 0700, because it holds the keys of the authorities",
            state.display()
        ))
        .hint(format!("run `chmod 700 {}`", state.display())))
    }
}

/// The text of the file, not longer than [`MAX_FILE`].
fn read_text(path: &Path) -> Result<String, CommandError> {
    let file = File::open(path).map_err(|error| {
        let missing = error.kind() == std::io::ErrorKind::NotFound;
        let error = CommandError::io("read", path, error);
        if missing { error.hint("run `handfast init` to make a trust domain") } else { error }
    })?;
    let mut text = String::new();
    file.take(MAX_FILE + 1)
        .read_to_string(&mut text)
        .map_err(|error| CommandError::io("read", path, error))?;
    if text.len() as u64 > MAX_FILE {
        return Err(CommandError::refused(format!(
            "`{}` is longer than {MAX_FILE} bytes: expected a topology file",
            path.display()
        )));
    }
    Ok(text)
}
