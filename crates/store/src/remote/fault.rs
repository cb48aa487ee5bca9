//! Errors of the store on the wire.

use std::path::PathBuf;
use std::sync::Arc;

use hf_core::serial::Serial;
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::error::Holder;
use crate::record::AcmeKind;

/// Words of a cause that lies in the other process.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Cause(String);

/// As [`StoreError`], with causes as words.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "kebab-case")]
pub(super) enum WireError {
    InUse { directory: PathBuf, process: Option<u32> },
    NewerSchema { found: u32, known: u32 },
    Damaged { file: PathBuf, fault: String },
    NoSpace { file: PathBuf },
    Locked { file: PathBuf },
    Failed { file: PathBuf, cause: String },
    Io { operation: String, file: PathBuf, cause: String },
    Database { operation: String, cause: String },
    NoAnswer,
    Remote { socket: PathBuf, fault: String },
    Closed,
    SerialTaken { authority: String, serial: Serial },
    KeyBlocked { spki_sha256: String },
    UnknownIntent { authority: String, serial: Serial },
    UnknownCertificate { authority: String, serial: Serial },
    UnknownAuthority { name: String },
    AuthorityExists { name: String },
    CredentialExists { id: String },
    UnknownCredential { id: String },
    TooManyCredentials { limit: u64 },
    BadCredentialId { found: String },
    AcmeExists { kind: AcmeKind, id: String },
    UnknownAcme { kind: AcmeKind, id: String },
    BadAcmeId { kind: AcmeKind, found: String },
    TooManyRenewalWindows { authority: String, limit: usize },
    CrlNumberTaken { authority: String, number: u64, last: u64 },
    ShardTaken { authority: String, shard: u32, last: u32 },
    UnknownShard { authority: String, shard: u32 },
    EventMismatch { expected: String, found: String },
    TooLong { what: String, octets: usize, limit: usize },
}

impl From<StoreError> for WireError {
    fn from(error: StoreError) -> Self {
        use StoreError as E;
        match error {
            E::InUse { directory, holder } => {
                let process = if let Holder::Process(id) = holder { Some(id) } else { None };
                Self::InUse { directory, process }
            }
            E::NewerSchema { found, known } => Self::NewerSchema { found, known },
            E::Damaged { file, fault } => Self::Damaged { file, fault },
            E::NoSpace { file } => Self::NoSpace { file },
            E::Locked { file } => Self::Locked { file },
            E::Failed { file, cause } => Self::Failed { file, cause: cause.to_string() },
            E::Io { operation, file, source } => {
                Self::Io { operation: operation.into_owned(), file, cause: source.to_string() }
            }
            E::Database { operation, source } => {
                Self::Database { operation: operation.into_owned(), cause: source.to_string() }
            }
            E::NoAnswer => Self::NoAnswer,
            E::Remote { socket, fault } => Self::Remote { socket, fault },
            E::Closed => Self::Closed,
            E::SerialTaken { authority, serial } => Self::SerialTaken { authority, serial },
            E::KeyBlocked { spki_sha256 } => Self::KeyBlocked { spki_sha256 },
            E::UnknownIntent { authority, serial } => Self::UnknownIntent { authority, serial },
            E::UnknownCertificate { authority, serial } => Self::UnknownCertificate { authority, serial },
            E::UnknownAuthority { name } => Self::UnknownAuthority { name },
            E::AuthorityExists { name } => Self::AuthorityExists { name },
            E::CredentialExists { id } => Self::CredentialExists { id },
            E::UnknownCredential { id } => Self::UnknownCredential { id },
            E::TooManyCredentials { limit } => Self::TooManyCredentials { limit },
            E::BadCredentialId { found } => Self::BadCredentialId { found },
            E::AcmeExists { kind, id } => Self::AcmeExists { kind, id },
            E::UnknownAcme { kind, id } => Self::UnknownAcme { kind, id },
            E::BadAcmeId { kind, found } => Self::BadAcmeId { kind, found },
            E::TooManyRenewalWindows { authority, limit } => Self::TooManyRenewalWindows { authority, limit },
            E::CrlNumberTaken { authority, number, last } => Self::CrlNumberTaken { authority, number, last },
            E::ShardTaken { authority, shard, last } => Self::ShardTaken { authority, shard, last },
            E::UnknownShard { authority, shard } => Self::UnknownShard { authority, shard },
            E::EventMismatch { expected, found } => Self::EventMismatch { expected, found },
            E::TooLong { what, octets, limit } => Self::TooLong { what: what.into_owned(), octets, limit },
        }
    }
}

impl From<WireError> for StoreError {
    fn from(error: WireError) -> Self {
        use WireError as W;
        match error {
            W::InUse { directory, process } => {
                Self::InUse { directory, holder: process.map_or(Holder::Unknown, Holder::Process) }
            }
            W::NewerSchema { found, known } => Self::NewerSchema { found, known },
            W::Damaged { file, fault } => Self::Damaged { file, fault },
            W::NoSpace { file } => Self::NoSpace { file },
            W::Locked { file } => Self::Locked { file },
            W::Failed { file, cause } => Self::Failed { file, cause: cause.into() },
            W::Io { operation, file, cause } => {
                Self::Io { operation: operation.into(), file, source: Arc::new(std::io::Error::other(cause)) }
            }
            W::Database { operation, cause } => {
                Self::Database { operation: operation.into(), source: Arc::new(Cause(cause)) }
            }
            W::NoAnswer => Self::NoAnswer,
            W::Remote { socket, fault } => Self::Remote { socket, fault },
            W::Closed => Self::Closed,
            W::SerialTaken { authority, serial } => Self::SerialTaken { authority, serial },
            W::KeyBlocked { spki_sha256 } => Self::KeyBlocked { spki_sha256 },
            W::UnknownIntent { authority, serial } => Self::UnknownIntent { authority, serial },
            W::UnknownCertificate { authority, serial } => Self::UnknownCertificate { authority, serial },
            W::UnknownAuthority { name } => Self::UnknownAuthority { name },
            W::AuthorityExists { name } => Self::AuthorityExists { name },
            W::CredentialExists { id } => Self::CredentialExists { id },
            W::UnknownCredential { id } => Self::UnknownCredential { id },
            W::TooManyCredentials { limit } => Self::TooManyCredentials { limit },
            W::BadCredentialId { found } => Self::BadCredentialId { found },
            W::AcmeExists { kind, id } => Self::AcmeExists { kind, id },
            W::UnknownAcme { kind, id } => Self::UnknownAcme { kind, id },
            W::BadAcmeId { kind, found } => Self::BadAcmeId { kind, found },
            W::TooManyRenewalWindows { authority, limit } => Self::TooManyRenewalWindows { authority, limit },
            W::CrlNumberTaken { authority, number, last } => Self::CrlNumberTaken { authority, number, last },
            W::ShardTaken { authority, shard, last } => Self::ShardTaken { authority, shard, last },
            W::UnknownShard { authority, shard } => Self::UnknownShard { authority, shard },
            W::EventMismatch { expected, found } => Self::EventMismatch { expected, found },
            W::TooLong { what, octets, limit } => Self::TooLong { what: what.into(), octets, limit },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_the_same_at_both_ends() {
        let errors = [
            StoreError::NoSpace { file: "a".into() },
            StoreError::Locked { file: "a".into() },
            StoreError::Failed { file: "a".into(), cause: "gone".into() },
            StoreError::Database { operation: "read".into(), source: Arc::new(Cause("locked".to_owned())) },
            StoreError::TooLong { what: "the subject".into(), octets: 9, limit: 8 },
            StoreError::InUse { directory: "d".into(), holder: Holder::Process(7) },
        ];
        for error in errors {
            let (words, definite) = (error.to_string(), error.is_definite());
            let wire = serde_json::to_vec(&WireError::from(error)).unwrap();
            let back: StoreError = serde_json::from_slice::<WireError>(&wire).unwrap().into();
            assert_eq!((back.to_string(), back.is_definite()), (words, definite));
        }
    }
}
