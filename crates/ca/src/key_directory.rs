//! Private keys of authorities as files in one directory, and the references to them that are on record.

use std::path::{Path, PathBuf};

use hf_core::finding::{Finding, FindingCode};
use hf_core::secret::Secret;
use hf_keys::error::KeyError;
use hf_keys::file::{Existing, FileError, read_private_key, write_private_key};
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey;
use hf_store::audit::hex;

/// The directory, and the passphrase that its files are encrypted with, if any.
pub struct KeyDirectory {
    path: PathBuf,
    passphrase: Option<Secret<String>>,
}

/// Why a key is not there.
#[derive(Debug, thiserror::Error)]
pub enum KeyDirectoryError {
    /// The file could not be read or written.
    #[error("the private key of an authority could not be {action}")]
    File {
        /// `read` or `written`.
        action: &'static str,
        /// Which file, and why.
        #[source]
        source: FileError,
    },
    /// The key could not be put into a form to be written.
    #[error("the private key of an authority could not be encoded")]
    Encode(#[source] KeyError),
    /// The reference on record is not understood.
    #[error("the key reference `{reference}` is not understood: expected `file:NAME`")]
    Reference {
        /// The reference.
        reference: String,
    },
}

const CODE: FindingCode = FindingCode::new("HF-ISSUER-KEY");

impl KeyDirectory {
    /// The directory must exist, with mode 0700.
    pub fn new(path: impl Into<PathBuf>, passphrase: Option<Secret<String>>) -> Self {
        Self { path: path.into(), passphrase }
    }

    /// Where the files are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Put a key into the directory, durably, and return the reference for the record. The file is named after the
    /// authority and the key, so a key never takes the place of another.
    pub fn put(&self, authority: &str, key: &PrivateKey) -> Result<String, KeyDirectoryError> {
        let identifier = hex(&key.public_key().spki_sha256());
        let name = format!("{authority}-{}.pem", identifier.get(..16).unwrap_or(&identifier));
        Self::hand_out(&self.path.join(&name), key, self.passphrase.as_ref())?;
        Ok(format!("file:{name}"))
    }

    /// Take away the key behind a reference that is on no record: nothing was signed with it. That it cannot be removed is no
    /// reason to fail, it is only of no use.
    pub(crate) fn withdraw(&self, reference: &str) {
        if let Some(name) = reference.strip_prefix("file:") {
            let _ = std::fs::remove_file(self.path.join(name));
        }
    }

    /// Write a key to a place outside, to be taken away. A file that is there is not replaced.
    pub fn hand_out(
        path: &Path,
        key: &PrivateKey,
        passphrase: Option<&Secret<String>>,
    ) -> Result<(), KeyDirectoryError> {
        let pem = match passphrase {
            Some(passphrase) => key.to_encrypted_pem(passphrase).map_err(KeyDirectoryError::Encode)?,
            None => key.to_pem(),
        };
        write_private_key(path, &pem, Existing::Keep)
            .map_err(|source| KeyDirectoryError::File { action: "written", source })
    }

    /// The key behind a reference.
    pub fn open(&self, reference: &str) -> Result<PrivateKey, KeyDirectoryError> {
        let fault = || KeyDirectoryError::Reference { reference: reference.to_owned() };
        let name = reference.strip_prefix("file:").ok_or_else(fault)?;
        // The record is ours, but a name must not lead out of the directory even so.
        if name.is_empty() || name.contains('/') || name.starts_with('.') {
            return Err(fault());
        }
        read_private_key(&self.path.join(name), self.passphrase.as_ref())
            .map_err(|source| KeyDirectoryError::File { action: "read", source })
    }
}

impl KeyDirectoryError {
    /// As a finding about an authority. Which file it is stands in the evidence alone: the summary is for everybody.
    pub(crate) fn finding(&self, authority: &str) -> Finding {
        let finding = |summary| Finding::error(CODE, format!("authority `{authority}`"), summary);
        match self {
            Self::File { source, .. } => {
                let finding = finding("its private key cannot be read").evidence("found", source.to_string());
                match source.hint() {
                    Some(hint) => finding.hint(hint),
                    None => finding,
                }
            }
            Self::Encode(_) => finding("its private key cannot be encoded"),
            Self::Reference { .. } => finding("what is on record says not where its private key is")
                .evidence("found", self.to_string()),
        }
    }
}
