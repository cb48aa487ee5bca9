//! From the errors of the crates below to what the user is told: the only place where that happens.

use hf_ca::authority::StartError;
use hf_ca::create::CreateError;
use hf_ca::error::IssueError;
use hf_keys::error::KeyError;
use hf_keys::file::{FileError, FileProblem};
use hf_store::StoreError;
use hf_x509::csr::CsrError;

use super::{CommandError, Exit};
use crate::apply::directory::DirectoryError;
use crate::apply::owner::NoSuchOwner;

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let converted = Self::new(store_exit(&error), String::from("the store cannot do what is asked"));
        with_hint(converted, store_hint(&error)).because(error)
    }
}

/// Whether the user can mend a failure of the store.
fn store_exit(error: &StoreError) -> Exit {
    match error {
        StoreError::InUse { .. }
        | StoreError::Locked { .. }
        | StoreError::NewerSchema { .. }
        | StoreError::UnknownCertificate { .. }
        | StoreError::UnknownAuthority { .. }
        | StoreError::AuthorityExists { .. }
        | StoreError::KeyBlocked { .. }
        | StoreError::UnknownCredential { .. }
        | StoreError::TooManyCredentials { .. }
        | StoreError::BadCredentialId { .. }
        | StoreError::UnknownAcme { .. }
        | StoreError::TooManyRenewalWindows { .. }
        | StoreError::TooLong { .. } => Exit::Refused,
        StoreError::NoSpace { .. }
        | StoreError::Damaged { .. }
        | StoreError::Failed { .. }
        | StoreError::Io { .. }
        | StoreError::Database { .. }
        | StoreError::NoAnswer
        | StoreError::Closed
        | StoreError::SerialTaken { .. }
        | StoreError::UnknownIntent { .. }
        | StoreError::CredentialExists { .. }
        | StoreError::AcmeExists { .. }
        | StoreError::BadAcmeId { .. }
        | StoreError::CrlNumberTaken { .. }
        | StoreError::ShardTaken { .. }
        | StoreError::UnknownShard { .. }
        | StoreError::Remote { .. }
        | StoreError::EventMismatch { .. } => Exit::Fault,
    }
}

/// What to do about a failure of the store.
fn store_hint(error: &StoreError) -> Option<&'static str> {
    match error {
        StoreError::InUse { .. } => Some("wait until it has ended, or stop it; nothing was changed"),
        StoreError::NewerSchema { .. } => Some("use the newer version of handfast"),
        StoreError::Locked { .. } => {
            Some("end what holds it, which `fuser` shows, and try again; nothing was changed")
        }
        StoreError::NoSpace { .. } => Some("make room on the disk and run the command again"),
        StoreError::Damaged { .. }
        | StoreError::Failed { .. }
        | StoreError::Io { .. }
        | StoreError::Database { .. }
        | StoreError::NoAnswer
        | StoreError::Closed
        | StoreError::SerialTaken { .. }
        | StoreError::KeyBlocked { .. }
        | StoreError::UnknownIntent { .. }
        | StoreError::UnknownCertificate { .. }
        | StoreError::UnknownAuthority { .. }
        | StoreError::AuthorityExists { .. }
        | StoreError::CrlNumberTaken { .. }
        | StoreError::ShardTaken { .. }
        | StoreError::UnknownShard { .. }
        | StoreError::CredentialExists { .. }
        | StoreError::UnknownCredential { .. }
        | StoreError::TooManyCredentials { .. }
        | StoreError::BadCredentialId { .. }
        | StoreError::AcmeExists { .. }
        | StoreError::UnknownAcme { .. }
        | StoreError::BadAcmeId { .. }
        | StoreError::TooManyRenewalWindows { .. }
        | StoreError::Remote { .. }
        | StoreError::EventMismatch { .. }
        | StoreError::TooLong { .. } => None,
    }
}

fn with_hint(error: CommandError, hint: Option<impl Into<String>>) -> CommandError {
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

impl From<IssueError> for CommandError {
    fn from(error: IssueError) -> Self {
        let exit = if error.is_refusal() { Exit::Refused } else { Exit::Fault };
        let findings = error.findings().to_vec();
        let hint = if let IssueError::Store { source, .. } = &error { store_hint(source) } else { None };
        let mut converted = with_hint(Self::new(exit, String::from("no certificate was issued")), hint);
        // The findings say more than the error that counts them.
        if findings.is_empty() {
            converted = converted.because(error);
        }
        converted.findings(findings)
    }
}

impl From<CreateError> for CommandError {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Issue(error) => error.into(),
            CreateError::Store { source, .. } => source.into(),
            CreateError::KeyDirectory(hf_ca::key_directory::KeyDirectoryError::File { source, .. }) => {
                source.into()
            }
            CreateError::OwnRequest(error @ CsrError::TooManyNames { .. }) => {
                Self::refused("no certificate was issued").because(error)
            }
            other @ CreateError::Known { .. } => Self::refused("the authority was not changed").because(other).hint(
                "one issuer is one authority, with one list of what is revoked; another certificate for its key, from \
                 somebody who certified it as well, is imported without `--key`",
            ),
            other @ (CreateError::Name { .. }
            | CreateError::Exists { .. }
            | CreateError::Unknown { .. }
            | CreateError::NotPending { .. }
            | CreateError::Unfit { .. }
            | CreateError::KeyDirectory(_)
            | CreateError::Request(_)) => {
                let findings = other.findings().to_vec();
                Self::refused("the authority was not changed").because(other).findings(findings)
            }
            other @ (CreateError::Key(_) | CreateError::Sign(_) | CreateError::OwnRequest(_)) => {
                Self::fault("the authority was not changed").because(other)
            }
        }
    }
}

impl From<StartError> for CommandError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Store { source, .. } => source.into(),
            other @ StartError::TwoProfiles { .. } => {
                Self::refused("the authority does not start").because(other).hint(
                    "give the profile in handfast.toml another name: `root` and `intermediate` are those of authorities",
                )
            }
            other @ StartError::Signer(_) => Self::fault("the authority does not start").because(other),
        }
    }
}

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        let exists = matches!(error.problem, FileProblem::Exists);
        let another = || exists.then(|| String::from("name another file, or take this one away"));
        let hint = error.hint().or_else(another);
        with_hint(Self::refused("a file with a private key cannot be used"), hint).because(error)
    }
}

impl From<KeyError> for CommandError {
    fn from(error: KeyError) -> Self {
        let hint = error.hint();
        with_hint(Self::refused("the private key cannot be used"), hint).because(error)
    }
}

impl From<DirectoryError> for CommandError {
    fn from(error: DirectoryError) -> Self {
        let DirectoryError { operation, path, source } = error;
        let denied = source.kind() == std::io::ErrorKind::PermissionDenied;
        let converted = Self::io(operation, &path, source);
        if denied && operation == "change the owner of" {
            return converted.hint(
                "only root can give files to other users: run with `sudo`, or remove `owner` and `group`",
            );
        }
        converted
    }
}

impl From<NoSuchOwner> for CommandError {
    fn from(error: NoSuchOwner) -> Self {
        Self::refused("the files cannot be given to their owner")
            .because(error)
            .hint("mend `owner` or `group` of the service in handfast.toml, or write the number")
    }
}
