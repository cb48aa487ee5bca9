//! Reading and writing private keys with a passphrase from wherever the user put it.

use std::path::Path;

use hf_core::secret::Secret;
use hf_keys::error::KeyError;
use hf_keys::file::{Existing, FileError, FileProblem, read_private_key, write_private_key};
use hf_keys::private_key::PrivateKey;

use crate::commands::options::PassphraseOptions;
use crate::context::Context;
use crate::error::CommandError;
use crate::passphrase;

/// Read the private key at `path`; `what` names it in a prompt. Asks for a passphrase only when the key needs one and
/// neither a file nor the environment has it.
pub(crate) fn read(
    path: &Path,
    what: &str,
    options: &PassphraseOptions,
    context: &Context,
) -> Result<PrivateKey, CommandError> {
    let from_file = options
        .passphrase_file
        .as_deref()
        .map(|path| passphrase::from_file(path, &context.output))
        .transpose()?;
    let known = from_file.as_ref().or(context.env.passphrase.as_ref());
    match read_private_key(path, known) {
        Err(FileError { problem: FileProblem::Key(KeyError::PassphraseMissing), .. }) => {
            let asked = passphrase::prompt(what)?;
            read_private_key(path, Some(&asked)).map_err(|error| refusal(path, error))
        }
        result => result.map_err(|error| refusal(path, error)),
    }
}

/// Write a new private key to `path`, never over one that exists; encrypted when `encrypt`.
pub(crate) fn write_new(
    path: &Path,
    key: &PrivateKey,
    encrypt: bool,
    options: &PassphraseOptions,
    context: &Context,
) -> Result<(), CommandError> {
    let pem = if encrypt {
        let passphrase = new_passphrase(options, context)?;
        key.to_encrypted_pem(&passphrase)
            .map_err(|error| CommandError::refused("the key cannot be encrypted").because(error))?
    } else {
        key.to_pem()
    };
    write_private_key(path, &pem, Existing::Keep).map_err(|error| refusal(path, error))
}

/// The passphrase for a key that is made: from the file, the environment, or asked for twice.
pub(crate) fn new_passphrase(
    options: &PassphraseOptions,
    context: &Context,
) -> Result<Secret<String>, CommandError> {
    if let Some(path) = &options.passphrase_file {
        return passphrase::from_file(path, &context.output);
    }
    match passphrase::from_env(&context.env)? {
        Some(known) => Ok(Secret::new(known.expose().clone())),
        None => passphrase::prompt_new("of the new key"),
    }
}

fn refusal(path: &Path, error: FileError) -> CommandError {
    let hint = error.hint();
    let refusal =
        CommandError::refused(format!("the key `{}` cannot be used", path.display())).because(error);
    match hint {
        Some(hint) => refusal.hint(hint),
        None => refusal,
    }
}
