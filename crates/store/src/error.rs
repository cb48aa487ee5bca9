//! What the store answers when it cannot.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use hf_core::serial::Serial;

use crate::record::AcmeKind;

/// Why an operation failed. Cheap to clone: one cause may answer many operations that waited together.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process has the store open.
    #[error("the store in `{}` is in use by {holder}: only one process may open it at a time", directory.display())]
    InUse {
        /// Directory of the store.
        directory: PathBuf,
        /// Who holds it.
        holder: Holder,
    },
    /// Written by a newer version.
    #[error("the store has schema version {found}, this program knows versions up to {known}")]
    NewerSchema {
        /// Version found.
        found: u32,
        /// The latest version known here.
        known: u32,
    },
    /// A file of the store is not what was written.
    #[error("`{}` is damaged: {fault}", file.display())]
    Damaged {
        /// Which file.
        file: PathBuf,
        /// What was found and what was expected.
        fault: String,
    },
    /// The disk, or the space allowed to this process, is full. Nothing was recorded; the store goes on when there is space.
    #[error("no space left for `{}`", file.display())]
    NoSpace {
        /// Which file could not grow.
        file: PathBuf,
    },
    /// Another program has the database locked, for longer than is waited. Nothing was recorded; the store goes on when the
    /// lock is gone.
    #[error("another program holds `{}` locked", file.display())]
    Locked {
        /// Which database.
        file: PathBuf,
    },
    /// Stable storage failed under a write. What was under way may or may not be recorded. The store takes no more
    /// writes: the next start reads what is really there.
    #[error("the store takes no more writes since `{}` could not be written to stable storage: {cause}", file.display())]
    Failed {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        cause: Arc<str>,
    },
    /// A file operation failed; nothing was recorded.
    #[error("cannot {operation} `{}`", file.display())]
    Io {
        /// What was tried, for example `open`.
        operation: Cow<'static, str>,
        /// On which file.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// The database engine refused; nothing was recorded.
    #[error("the database failed to {operation}")]
    Database {
        /// What was tried.
        operation: Cow<'static, str>,
        /// What the engine said.
        #[source]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The connection to the store was lost: the operation may or may not have been carried out.
    #[error("the store did not answer: whether the operation was recorded is not known")]
    NoAnswer,
    /// The server that has the store cannot be spoken with; nothing was recorded.
    #[error("the server at `{}` cannot be spoken with: {fault}", socket.display())]
    Remote {
        /// Its socket.
        socket: PathBuf,
        /// What was found and what was expected.
        fault: String,
    },
    /// The store was closed before the operation began; nothing was recorded.
    #[error("the store is closed")]
    Closed,
    /// The authority has used this serial number before.
    #[error("authority `{authority}` has used serial number {serial} before")]
    SerialTaken {
        /// Name of the authority.
        authority: String,
        /// Serial number.
        serial: Serial,
    },
    /// The public key is on the block list.
    #[error("the public key with SHA-256 {spki_sha256} is on the block list")]
    KeyBlocked {
        /// SHA-256 of the `SubjectPublicKeyInfo`, DER, lower-case hexadecimal.
        spki_sha256: String,
    },
    /// There is no open intent.
    #[error("authority `{authority}` has no open intent with serial number {serial}")]
    UnknownIntent {
        /// Name of the authority.
        authority: String,
        /// Serial number.
        serial: Serial,
    },
    /// There is no such certificate.
    #[error("authority `{authority}` has no certificate with serial number {serial} on record")]
    UnknownCertificate {
        /// Name of the authority.
        authority: String,
        /// Serial number.
        serial: Serial,
    },
    /// There is no such authority.
    #[error("there is no authority `{name}`")]
    UnknownAuthority {
        /// Its name.
        name: String,
    },
    /// The name is taken.
    #[error("there is an authority `{name}` already")]
    AuthorityExists {
        /// Its name.
        name: String,
    },
    /// The identifier was used before.
    #[error("there is a credential `{id}` already")]
    CredentialExists {
        /// The public part.
        id: String,
    },
    /// There is no such credential.
    #[error("there is no credential `{id}`")]
    UnknownCredential {
        /// The public part.
        id: String,
    },
    /// No more credentials are taken.
    #[error("there are {limit} credentials, revoked ones included: no more are taken")]
    TooManyCredentials {
        /// How many there may be.
        limit: u64,
    },
    /// A credential cannot have this identifier.
    #[error("`{found}` cannot identify a credential: expected 1 to 64 letters, digits, `-` and `_`")]
    BadCredentialId {
        /// What was found.
        found: String,
    },
    /// The identifier was used before.
    #[error("there is an ACME {kind} `{id}` already")]
    AcmeExists {
        /// Which kind of record.
        kind: AcmeKind,
        /// Its identifier.
        id: String,
    },
    /// There is no such record.
    #[error("there is no ACME {kind} `{id}`")]
    UnknownAcme {
        /// Which kind of record.
        kind: AcmeKind,
        /// The identifier.
        id: String,
    },
    /// A record cannot have this identifier.
    #[error("`{found}` cannot identify an ACME {kind}: expected 1 to 64 letters, digits, `-` and `_`")]
    BadAcmeId {
        /// Which kind of record.
        kind: AcmeKind,
        /// What was found.
        found: String,
    },
    /// No more windows are taken.
    #[error("authority `{authority}` has {limit} renewal windows: no more are taken")]
    TooManyRenewalWindows {
        /// Name of the authority.
        authority: String,
        /// How many there may be.
        limit: usize,
    },
    /// The CRL number cannot be used.
    #[error("CRL number {number} of authority `{authority}` cannot be used: the last one is {last}")]
    CrlNumberTaken {
        /// Name of the authority.
        authority: String,
        /// The number offered.
        number: u64,
        /// The greatest number so far.
        last: u64,
    },
    /// The shard cannot be opened under this number.
    #[error("shard {shard} of authority `{authority}` cannot be opened: the last one is {last}")]
    ShardTaken {
        /// Name of the authority.
        authority: String,
        /// The number offered.
        shard: u32,
        /// The greatest number so far.
        last: u32,
    },
    /// There is no such shard.
    #[error("authority `{authority}` has no shard {shard}")]
    UnknownShard {
        /// Name of the authority.
        authority: String,
        /// Its number.
        shard: u32,
    },
    /// The audit event does not describe the operation.
    #[error("the audit event does not describe the operation: expected {expected}, found {found}")]
    EventMismatch {
        /// What the event must be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A value exceeds its limit.
    #[error("{what} has {octets} octets: at most {limit} are allowed")]
    TooLong {
        /// Which value.
        what: Cow<'static, str>,
        /// Its size.
        octets: usize,
        /// The most allowed.
        limit: usize,
    },
}

impl StoreError {
    /// What it comes to, for those who may not learn where files are.
    pub fn in_short(&self) -> &'static str {
        match self {
            Self::NoSpace { .. } => "there is no space left",
            Self::Locked { .. } | Self::InUse { .. } => "another program has it",
            Self::Damaged { .. } | Self::NewerSchema { .. } => "a file is not what it should be",
            Self::Failed { .. } => "stable storage failed, and no more is written until the next start",
            Self::NoAnswer | Self::Closed | Self::Remote { .. } => "it does not answer",
            Self::Io { .. } | Self::Database { .. } => "it cannot be read or written",
            Self::SerialTaken { .. }
            | Self::KeyBlocked { .. }
            | Self::UnknownIntent { .. }
            | Self::UnknownCertificate { .. }
            | Self::UnknownAuthority { .. }
            | Self::AuthorityExists { .. }
            | Self::CredentialExists { .. }
            | Self::UnknownCredential { .. }
            | Self::TooManyCredentials { .. }
            | Self::BadCredentialId { .. }
            | Self::AcmeExists { .. }
            | Self::UnknownAcme { .. }
            | Self::BadAcmeId { .. }
            | Self::TooManyRenewalWindows { .. }
            | Self::CrlNumberTaken { .. }
            | Self::ShardTaken { .. }
            | Self::UnknownShard { .. }
            | Self::EventMismatch { .. }
            | Self::TooLong { .. } => "what was asked for does not fit what is on record",
        }
    }

    /// Whether it is certain that nothing was recorded. Otherwise the caller has to read to learn what happened.
    pub fn is_definite(&self) -> bool {
        !matches!(self, Self::Failed { .. } | Self::NoAnswer)
    }

    /// Whether the same request may go well later, without anything being mended here by hand or after it was.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::NoSpace { .. } | Self::Locked { .. } | Self::NoAnswer | Self::Closed | Self::InUse { .. }
        )
    }
}

/// Which process holds the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The process with this identifier.
    Process(u32),
    /// It left no identifier.
    Unknown,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(id) => write!(f, "process {id}"),
            Self::Unknown => f.write_str("another process"),
        }
    }
}
