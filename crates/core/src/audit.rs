//! What the authority did, as a closed set of events. Every mutating method of the store demands one.

use serde::{Deserialize, Serialize};

use crate::principal::{Channel, Principal};
use crate::reason::RevocationReason;
use crate::serial::Serial;
use crate::time::Timestamp;

/// An event together with who caused it, through which door, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// When, UTC.
    pub at: Timestamp,
    /// Who asked.
    pub principal: Principal,
    /// By which door.
    pub channel: Channel,
    /// What happened.
    pub action: AuditAction,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum AuditAction {
    /// An authority was created or imported.
    AuthorityAdded {
        /// Name of the authority in this trust domain.
        authority: String,
        /// SHA-256 of its certificate, DER, lower-case hexadecimal.
        certificate_sha256: String,
    },
    /// An authority's certificate chain, key reference or state was replaced.
    AuthorityChanged {
        /// Name of the authority.
        authority: String,
        /// SHA-256 of its certificate, DER, lower-case hexadecimal; empty while it has none.
        certificate_sha256: String,
        /// Its state from now on, for example `active`.
        state: String,
    },
    /// The text of a profile, under which certificates will be issued, was put on record.
    SnapshotRecorded {
        /// Name of the profile.
        profile: String,
        /// SHA-256 of its text, lower-case hexadecimal.
        snapshot: String,
    },
    /// A signature is about to be asked for: serial and bytes are on record.
    IssuanceBegun {
        /// Name of the issuing authority.
        authority: String,
        /// Serial number of the certificate to be.
        serial: Serial,
        /// SHA-256 of the `TBSCertificate`, lower-case hexadecimal.
        tbs_sha256: String,
        /// Name of the profile.
        profile: String,
    },
    /// Logs of certificate transparency took the pre-certificate of an issuance that is under way, and the certificate is
    /// about to be signed: its bytes differ from those that the issuance began with by the timestamps of the logs alone.
    PrecertificateLogged {
        /// Name of the issuing authority.
        authority: String,
        /// Serial number, that of pre-certificate and certificate.
        serial: Serial,
        /// SHA-256 of the pre-certificate, DER, lower-case hexadecimal.
        precertificate_sha256: String,
        /// SHA-256 of the `TBSCertificate` of the certificate, lower-case hexadecimal.
        tbs_sha256: String,
        /// The logs, by their addresses.
        logs: Vec<String>,
    },
    /// The signed certificate is on record.
    IssuanceFinished {
        /// Name of the issuing authority.
        authority: String,
        /// Serial number.
        serial: Serial,
        /// SHA-256 of the certificate, DER, lower-case hexadecimal.
        certificate_sha256: String,
    },
    /// An issuance that was under way when the process ended: the certificate may exist, nobody received it.
    IssuanceAbandoned {
        /// Name of the issuing authority.
        authority: String,
        /// Serial number.
        serial: Serial,
    },
    /// A certificate that was issued before, by another program with the same authority, was taken into the record.
    CertificateImported {
        /// Name of the issuing authority.
        authority: String,
        /// Serial number.
        serial: Serial,
        /// SHA-256 of the certificate, DER, lower-case hexadecimal.
        certificate_sha256: String,
    },
    /// A request was refused.
    RequestRefused {
        /// Name of the authority that was asked.
        authority: String,
        /// Codes of the findings.
        codes: Vec<String>,
    },
    /// A certificate was revoked, or its reason raised to key compromise.
    Revoked {
        /// Name of the issuing authority.
        authority: String,
        /// Serial number.
        serial: Serial,
        /// Why.
        reason: RevocationReason,
    },
    /// A public key was put on the block list.
    KeyBlocked {
        /// SHA-256 of the `SubjectPublicKeyInfo`, DER, lower-case hexadecimal.
        spki_sha256: String,
    },
    /// A CRL is about to be signed: its number is taken and will not be used again.
    CrlBegun {
        /// Name of the authority.
        authority: String,
        /// Which of its lists; 0, the complete one, is left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        shard: u32,
        /// CRL number.
        number: u64,
    },
    /// A CRL was signed.
    CrlIssued {
        /// Name of the authority.
        authority: String,
        /// Which of its lists; 0, the complete one, is left out.
        #[serde(default, skip_serializing_if = "is_zero")]
        shard: u32,
        /// CRL number.
        number: u64,
        /// How many certificates it lists.
        entries: u64,
    },
    /// From now on certificates belong to a new shard of the authority's CRL.
    CrlShardOpened {
        /// Name of the authority.
        authority: String,
        /// Number of the shard.
        shard: u32,
    },
    /// A credential was made. Its secret is not on record.
    CredentialCreated {
        /// The public part.
        id: String,
        /// The name it was given.
        name: String,
        /// What it may do, for example `issue`.
        rights: Vec<String>,
    },
    /// A credential was revoked.
    CredentialRevoked {
        /// The public part.
        id: String,
    },
    /// Certificates that expired long ago left the record.
    CertificatesRemoved {
        /// Their last second lay before this time, UTC.
        expired_before: Timestamp,
        /// How many.
        certificates: u64,
    },
    /// An ACME account was made.
    AcmeAccountCreated {
        /// Name of the authority that it belongs to.
        authority: String,
        /// Identifier of the account.
        account: String,
        /// SHA-256 thumbprint of its key (RFC 7638), lower-case hexadecimal.
        thumbprint: String,
        /// Identifier of the external account key that it was bound to and that is used up by it.
        eab: Option<String>,
    },
    /// An ACME account changed: its contacts, its key or its status.
    AcmeAccountChanged {
        /// Name of the authority that it belongs to.
        authority: String,
        /// Identifier of the account.
        account: String,
        /// SHA-256 thumbprint of its key from now on, lower-case hexadecimal.
        thumbprint: String,
        /// Its status from now on, for example `deactivated`.
        status: String,
    },
    /// A key for external account binding (RFC 8555 section 7.3.4) was made. The key is on record, and only there.
    EabCreated {
        /// Its identifier.
        id: String,
        /// The name it was given.
        name: String,
        /// Name of the authority that it is for.
        authority: String,
        /// Whether its account needs no challenge for the names that the key allows.
        trusted: bool,
    },
    /// A key for external account binding was revoked.
    EabRevoked {
        /// Its identifier.
        id: String,
    },
    /// The time in which certificates are to be renewed (RFC 9773) was set.
    RenewalWindowSet {
        /// Name of the authority that issued them.
        authority: String,
        /// Which of its certificates, for example `all` or `profile server`.
        scope: String,
        /// First second of the window, UTC.
        start: Timestamp,
        /// Last second of the window, UTC.
        end: Timestamp,
    },
    /// The time in which certificates are to be renewed follows from their validity again.
    RenewalWindowCleared {
        /// Name of the authority that issued them.
        authority: String,
        /// Which of its certificates.
        scope: String,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_zero(shard: &u32) -> bool {
    *shard == 0
}
