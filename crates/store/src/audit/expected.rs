//! Which event belongs to which operation.

use hf_core::audit::{AuditAction, AuditEvent};
use hf_core::serial::Serial;

use super::hex;
use crate::StoreError;
use crate::record::{AcmeAccountRecord, CredentialRecord, EabKeyRecord, RenewalScope, RenewalWindowRecord};

/// What the action of an event must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expected<'a> {
    Begun(&'a str, &'a Serial),
    Finished(&'a str, &'a Serial),
    Abandoned(&'a str, &'a Serial),
    Revoked(&'a str, &'a Serial),
    AuthorityAdded(&'a str),
    AuthorityChanged(&'a str),
    CrlBegun(&'a str, u32, u64),
    CrlIssued(&'a str, u32, u64),
    ShardOpened(&'a str, u32),
    KeyBlocked(&'a str),
    Snapshot(&'a str),
    Imported(&'a str, &'a Serial),
    CredentialCreated(&'a CredentialRecord),
    CredentialRevoked(&'a str),
    AccountCreated(&'a AcmeAccountRecord),
    AccountChanged(&'a AcmeAccountRecord),
    EabCreated(&'a EabKeyRecord),
    EabRevoked(&'a str),
    WindowSet(&'a RenewalWindowRecord),
    WindowCleared(&'a str, &'a RenewalScope),
    /// What changes nothing but the chain.
    Recorded,
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
            (Self::CrlBegun(name, list, wanted), A::CrlBegun { authority, shard, number })
            | (Self::CrlIssued(name, list, wanted), A::CrlIssued { authority, shard, number, .. }) => {
                name == authority && list == *shard && wanted == *number
            }
            (Self::ShardOpened(name, wanted), A::CrlShardOpened { authority, shard }) => {
                name == authority && wanted == *shard
            }
            (Self::KeyBlocked(digest), A::KeyBlocked { spki_sha256 }) => digest == spki_sha256,
            (Self::Snapshot(id), A::SnapshotRecorded { snapshot, .. }) => id == snapshot,
            (Self::CredentialCreated(record), A::CredentialCreated { id, name, rights }) => {
                let wanted = record.rights.iter().map(|right| right.as_str());
                record.id == *id && record.name == *name && wanted.eq(rights.iter().map(String::as_str))
            }
            (Self::CredentialRevoked(wanted), A::CredentialRevoked { id })
            | (Self::EabRevoked(wanted), A::EabRevoked { id }) => wanted == id,
            (Self::AccountCreated(record), A::AcmeAccountCreated { authority, account, thumbprint, eab }) => {
                (&record.authority, &record.id, &record.eab) == (authority, account, eab)
                    && hex(&record.thumbprint) == *thumbprint
            }
            (
                Self::AccountChanged(record),
                A::AcmeAccountChanged { authority, account, thumbprint, status },
            ) => {
                (&record.authority, &record.id) == (authority, account)
                    && record.status.as_str() == status
                    && hex(&record.thumbprint) == *thumbprint
            }
            (Self::EabCreated(record), A::EabCreated { id, name, authority, trusted }) => {
                (&record.id, &record.name, &record.authority, &record.trusted)
                    == (id, name, authority, trusted)
            }
            (Self::WindowSet(record), A::RenewalWindowSet { authority, scope, start, end }) => {
                (&record.authority, &record.start, &record.end) == (authority, start, end)
                    && record.scope.to_string() == *scope
            }
            (Self::WindowCleared(name, wanted), A::RenewalWindowCleared { authority, scope }) => {
                name == authority && wanted.to_string() == *scope
            }
            (Self::Recorded, A::RequestRefused { .. } | A::PrecertificateLogged { .. }) => true,
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
            Self::CrlBegun(name, shard, number) => format!("crl-begun {number} of shard {shard} of `{name}`"),
            Self::CrlIssued(name, shard, number) => {
                format!("crl-issued {number} of shard {shard} of `{name}`")
            }
            Self::ShardOpened(name, shard) => format!("crl-shard-opened {shard} of `{name}`"),
            Self::KeyBlocked(digest) => format!("key-blocked of {digest}"),
            Self::Snapshot(id) => format!("snapshot-recorded of {id}"),
            Self::Imported(name, serial) => format!("certificate-imported of {serial} by `{name}`"),
            Self::CredentialCreated(record) => {
                format!("credential-created of `{}` named `{}` with its rights", record.id, record.name)
            }
            Self::CredentialRevoked(id) => format!("credential-revoked of `{id}`"),
            Self::AccountCreated(record) => {
                format!(
                    "acme-account-created of `{}` of `{}` with its key and binding",
                    record.id, record.authority
                )
            }
            Self::AccountChanged(record) => {
                format!("acme-account-changed of `{}` to {} with its key", record.id, record.status)
            }
            Self::EabCreated(record) => format!("eab-created of `{}` named `{}`", record.id, record.name),
            Self::EabRevoked(id) => format!("eab-revoked of `{id}`"),
            Self::WindowSet(record) => {
                format!("renewal-window-set of {} of `{}` with its times", record.scope, record.authority)
            }
            Self::WindowCleared(name, scope) => format!("renewal-window-cleared of {scope} of `{name}`"),
            Self::Recorded => "request-refused or precertificate-logged".to_owned(),
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
