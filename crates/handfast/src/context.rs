//! What every command is given: output, environment, clock, randomness, and the way to a trust domain.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hf_core::time::{Clock, Timestamp};
use tokio::runtime::Runtime;

use crate::commands::options::DomainOptions;
use crate::env::Env;
use crate::error::CommandError;
use crate::output::Output;
use crate::system::SystemClock;

/// The name of the file of a trust domain.
pub(crate) const FILE_NAME: &str = "handfast.toml";

/// Output, environment, clock.
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) env: Env,
    pub(crate) clock: Arc<dyn Clock>,
    runtime: Runtime,
}

impl Context {
    /// With the system's clock.
    pub(crate) fn new(env: Env, output: Output) -> Result<Self, CommandError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| CommandError::fault("cannot start the runtime").because(error))?;
        Ok(Self { output, env, clock: Arc::new(SystemClock), runtime })
    }

    /// With a clock that tests turn by hand, and an environment without anything.
    #[cfg(test)]
    pub(crate) fn for_test(clock: Arc<dyn Clock>) -> Self {
        let env = Env {
            passphrase: None,
            passphrase_is_empty: false,
            keystore_password: None,
            credential: None,
            no_color: true,
            listen_names: String::new(),
        };
        let output = Output::from_system(&env, true);
        Self { clock, ..Self::new(env, output).ok().unwrap() }
    }

    /// Wait for what the store or the authority does.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// The time now, UTC.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The file of the trust domain: the one that was named, or the nearest `handfast.toml` upwards from here.
    #[expect(clippy::unused_self, reason = "a service of the context, whatever it needs")]
    pub(crate) fn find_file(&self, options: &DomainOptions) -> Result<PathBuf, CommandError> {
        if let Some(file) = &options.file {
            if file.is_dir() {
                return Ok(file.join(FILE_NAME));
            }
            return Ok(file.clone());
        }
        let here = std::env::current_dir()
            .map_err(|error| CommandError::io("find the current directory", Path::new("."), error))?;
        here.ancestors().map(|directory| directory.join(FILE_NAME)).find(|file| file.is_file()).ok_or_else(
            || {
                CommandError::refused(format!(
                    "no `{FILE_NAME}` in `{}` nor in a directory above it",
                    here.display()
                ))
                .hint("run `handfast init` to make a trust domain here, or name a file with `-f FILE`")
            },
        )
    }
}
