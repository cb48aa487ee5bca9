//! One call of a command of CFSSL: what was given, and the way to files, output, log and runtime.

use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use hf_core::time::{Clock, Timestamp};
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::config::Config;
use hf_proto::cfssl::value_prefix::ValueSource;

use super::log::Log;
use crate::error::{CommandError, Exit};
use crate::go_flags::{Flag, Given};
use crate::output::Output;

/// The most that is read from one file or from stdin, octets. A policy or a bundle of all public roots is far smaller.
const FILE_LIMIT: u64 = 64 * 1024 * 1024;

/// What a command is given.
pub(crate) struct Call {
    pub(crate) given: Given,
    /// The configuration file, when `-config` names one.
    pub(crate) config: Option<Config>,
    pub(crate) log: Log,
    pub(crate) output: Output,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why a command of CFSSL failed: what stderr says, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) text: String,
    pub(crate) exit: Exit,
}

impl Failure {
    /// Something that the user can mend.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), exit: Exit::Refused }
    }
}

impl From<CfsslError> for Failure {
    fn from(error: CfsslError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        let mut text = error.message().to_owned();
        for cause in error.causes() {
            text.push_str(": ");
            text.push_str(&cause);
        }
        for hint in error.hints() {
            text.push('\n');
            text.push_str(hint);
        }
        Self { text, exit: error.exit() }
    }
}

impl Call {
    /// The value of a flag, empty when it was not given and has no default.
    pub(crate) fn text(&self, flag: &Flag) -> &str {
        self.given.text(flag)
    }

    /// The value of a flag, unless it is empty.
    pub(crate) fn some(&self, flag: &Flag) -> Option<&str> {
        self.given.some(flag)
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The one word that the command takes.
    pub(crate) fn only_word(&self) -> Result<&str, Failure> {
        match self.given.words.as_slice() {
            [] => Err(too_few()),
            [word] => Ok(word),
            _ => Err(Failure::new("only one argument is accepted, please check with usage")),
        }
    }

    /// That there are no words.
    pub(crate) fn no_words(&self) -> Result<(), Failure> {
        if self.given.words.is_empty() {
            return Ok(());
        }
        Err(Failure::new("argument is provided but not defined; please refer to the usage by flag -h"))
    }

    /// Wait for what the engine does, with threads of its own.
    #[expect(clippy::unused_self, reason = "whoever waits holds the call")]
    pub(crate) fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::from(CommandError::fault("cannot start the runtime").because(error)))?;
        Ok(runtime.block_on(future))
    }

    /// The octets of the file, or of stdin for `-`.
    #[expect(clippy::unused_self, reason = "whoever reads holds the call")]
    pub(crate) fn read(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let mut octets = Vec::new();
        let read = if path == "-" {
            io::stdin().lock().take(FILE_LIMIT + 1).read_to_end(&mut octets)
        } else {
            std::fs::File::open(path).and_then(|file| file.take(FILE_LIMIT + 1).read_to_end(&mut octets))
        };
        let count = read.map_err(|error| cannot_open(path, &error))?;
        if u64::try_from(count).is_ok_and(|count| count <= FILE_LIMIT) {
            Ok(octets)
        } else {
            Err(Failure::new(format!("open {path}: larger than {} MiB", FILE_LIMIT / (1024 * 1024))))
        }
    }

    /// The octets that a value with a prefix names: `FILE`, `file:FILE` or `env:VARIABLE`.
    pub(crate) fn read_prefixed(&self, value: &str) -> Result<Vec<u8>, Failure> {
        match ValueSource::parse(value).map_err(|error| Failure::new(error.to_string()))? {
            ValueSource::File(path) => self.read_file(&path),
            ValueSource::Environment(name) => crate::env::named(&name)
                .map(String::into_bytes)
                .ok_or_else(|| Failure::new(format!("environment variable {name} is not set"))),
        }
    }

    /// The octets of a file that is never stdin.
    fn read_file(&self, path: &str) -> Result<Vec<u8>, Failure> {
        if path == "-" { self.read("./-") } else { self.read(path) }
    }
}

/// There are fewer words than the command takes.
pub(crate) fn too_few() -> Failure {
    Failure::new("not enough arguments are supplied --- please refer to the usage")
}

/// The text of octets that must be text, as PEM is.
pub(crate) fn text(octets: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(octets).map_err(|_| CfsslError::from(ErrorKind::CertificateDecode).into())
}

/// As Go says it: `open csr.json: no such file or directory`.
fn cannot_open(path: &str, error: &io::Error) -> Failure {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or(&text).to_lowercase();
    Failure::new(format!("open {}: {reason}", Path::new(path).display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_told_as_go_tells_it() {
        let error = io::Error::from_raw_os_error(2);
        assert_eq!(cannot_open("csr.json", &error).text, "open csr.json: no such file or directory");
    }
}
