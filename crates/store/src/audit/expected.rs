//! Which event belongs to which operation.

use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::serial::Serial;

use crate::StoreError;
use crate::record::CredentialRecord;

/// What the action of an event must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected<'a> {
    Begun(&'a str, &'a Serial),
    Finished(&'a str, &'a Serial),
    Abandoned(&'a str, &'a Serial),
    Revoked(&'a str, &'a Serial),
    AuthorityAdded(&'a str),
    AuthorityChanged(&'a str),
    CrlBegun(&'a str, u64),
    CrlIssued(&'a str, u64),
    KeyBlocked(&'a str),
    Snapshot(&'a str),
    Imported(&'a str, &'a Serial),
    CredentialCreated(&'a CredentialRecord),
    CredentialRevoked(&'a str),
    Refused,
}

impl Expected<'_> {
    fn holds(self, found: &AuditAction) -> bool {
        use AuditAction as A;
        match (self, found) {
            (Self::Begun(name, number), A::IssuanceBegun { authority, serial, .. })
            | (Self::Finished(name, number), A::IssuanceFinished { authority, serial, .. })
            | (Self::Abandoned(name, number), A::IssuanceAbandoned { authority, serial })
            | (Self::Revoked(name, number), A::Revoked { authority, serial, .. })
            | (Self::Imported(name, number), A::CertificateImported { authority, serial, .. }) => {
                name == authority && number == serial
            }
            (Self::AuthorityAdded(name), A::AuthorityAdded { authority, .. })
            | (Self::AuthorityChanged(name), A::AuthorityChanged { authority, .. }) => name == authority,
            (Self::CrlBegun(name, wanted), A::CrlBegun { authority, number })
            | (Self::CrlIssued(name, wanted), A::CrlIssued { authority, number, .. }) => {
                name == authority && wanted == *number
            }
            (Self::KeyBlocked(digest), A::KeyBlocked { spki_sha256 }) => digest == spki_sha256,
            (Self::Snapshot(id), A::SnapshotRecorded { snapshot, .. }) => id == snapshot,
            (Self::CredentialCreated(record), A::CredentialCreated { id, name, rights }) => {
                let wanted = record.rights.iter().map(|right| right.as_str());
                record.id == *id && record.name == *name && wanted.eq(rights.iter().map(String::as_str))
            }
            (Self::CredentialRevoked(wanted), A::CredentialRevoked { id }) => wanted == id,
            (Self::Refused, A::RequestRefused { .. }) => true,
            _ => false,
        }
    }

    fn describe(self) -> String {
        match self {
            Self::Begun(name, serial) => format!("issuance-begun of {serial} by `{name}`"),
            Self::Finished(name, serial) => format!("issuance-finished of {serial} by `{name}`"),
            Self::Abandoned(name, serial) => format!("issuance-abandoned of {serial} by `{name}`"),
            Self::Revoked(name, serial) => format!("revoked of {serial} by `{name}`"),
            Self::AuthorityAdded(name) => format!("authority-added of `{name}`"),
            Self::AuthorityChanged(name) => format!("authority-changed of `{name}`"),
            Self::CrlBegun(name, number) => format!("crl-begun {number} of `{name}`"),
            Self::CrlIssued(name, number) => format!("crl-issued {number} of `{name}`"),
            Self::KeyBlocked(digest) => format!("key-blocked of {digest}"),
            Self::Snapshot(id) => format!("snapshot-recorded of {id}"),
            Self::Imported(name, serial) => format!("certificate-imported of {serial} by `{name}`"),
            Self::CredentialCreated(record) => {
                format!("credential-created of `{}` named `{}` with its rights", record.id, record.name)
            }
            Self::CredentialRevoked(id) => format!("credential-revoked of `{id}`"),
            Self::Refused => "request-refused".to_owned(),
        }
    }
}

/// Refuse an event that does not describe the operation.
pub(crate) fn expect(expected: Expected<'_>, event: &AuditEvent) -> Result<(), StoreError> {
    if expected.holds(&event.action) {
        return Ok(());
    }
    let found = serde_json::to_string(&event.action).unwrap_or_default();
    Err(StoreError::EventMismatch { expected: expected.describe(), found: found.chars().take(400).collect() })
}
