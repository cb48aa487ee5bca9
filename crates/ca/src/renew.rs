//! Renewal: the same identity, judged again by today's policy, with a new key unless the old one is asked for.

use hf_core::principal::{Channel, Principal};
use hf_core::serial::Serial;
use hf_core::time::Lifetime;
use hf_store::StoreError;
use hf_store::record::{CertificateState, StoredCertificate};
use hf_x509::csr::VerifiedCsr;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::request::{IssueRequest, IssuedCertificate, RequesterLimits};

/// A request for renewal.
#[derive(Debug)]
pub struct RenewRequest {
    /// Who asks.
    pub principal: Principal,
    /// By which door.
    pub channel: Channel,
    /// Name of the authority that issued the old certificate and shall issue the new one.
    pub authority: String,
    /// Serial number of the old certificate.
    pub serial: Serial,
    /// The signing request with the key of the new certificate.
    pub csr: VerifiedCsr,
    /// Whether the key may be the old one.
    pub keep_key: bool,
    /// How long; `None`: as the profile says.
    pub wanted_lifetime: Option<Lifetime>,
    /// What the credential of whoever asks limits it to. Whoever proves to hold the old key needs none.
    pub limits: RequesterLimits,
    /// Identifies the request: a repetition with the same key gets the certificate that exists.
    pub dedup_key: Option<String>,
}

/// Why nothing was renewed.
#[derive(Debug, thiserror::Error)]
pub enum RenewError {
    /// There is no such certificate on record.
    #[error("authority `{authority}` has no certificate with serial number {serial} on record")]
    Unknown {
        /// The authority.
        authority: String,
        /// The serial number.
        serial: Serial,
    },
    /// What was revoked, or may have been signed without anybody having received it, is not renewed.
    #[error("serial number {serial} is {state}: only an issued certificate that is not revoked is renewed")]
    State {
        /// The serial number.
        serial: Serial,
        /// Its state.
        state: CertificateState,
    },
    /// The signing request names somebody else.
    #[error("the signing request names {found}, the certificate {expected}: a renewal keeps the names")]
    OtherNames {
        /// Names of the certificate.
        expected: String,
        /// Names of the request.
        found: String,
    },
    /// The signing request has the old key.
    #[error(
        "the signing request has the key of the old certificate: a renewal makes a new one unless told otherwise"
    )]
    SameKey,
    /// The store failed.
    #[error("the store failed to find the certificate")]
    Store(#[source] StoreError),
    /// The new certificate was not issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
}

impl Authority {
    /// Renew. The names and the profile are those of the old certificate; the old one stays valid until its end.
    pub async fn renew(&self, request: RenewRequest) -> Result<IssuedCertificate, RenewError> {
        let old = self.renewable(&request).await?;
        Ok(self
            .issue(IssueRequest {
                wanted_names: Some(old.names),
                wanted_lifetime: request.wanted_lifetime,
                limits: request.limits,
                dedup_key: request.dedup_key,
                ..IssueRequest::new(
                    request.principal,
                    request.channel,
                    request.authority,
                    old.profile,
                    request.csr,
                )
            })
            .await?)
    }

    async fn renewable(&self, request: &RenewRequest) -> Result<StoredCertificate, RenewError> {
        let found = self.store.find_by_serial(&request.authority, &request.serial).await;
        let old = found.map_err(RenewError::Store)?.ok_or_else(|| RenewError::Unknown {
            authority: request.authority.clone(),
            serial: request.serial.clone(),
        })?;
        match old.state(self.clock.now()) {
            CertificateState::Valid | CertificateState::Expired => {}
            state @ (CertificateState::Revoked | CertificateState::PossiblySigned) => {
                return Err(RenewError::State { serial: request.serial.clone(), state });
            }
        }
        let asked = request.csr.names();
        if !asked.is_empty() && *asked != old.names {
            let list = |names: &hf_core::name::SanSet| {
                names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            };
            return Err(RenewError::OtherNames { expected: list(&old.names), found: list(asked) });
        }
        if !request.keep_key && request.csr.public_key().spki_sha256() == old.spki_sha256 {
            return Err(RenewError::SameKey);
        }
        Ok(old)
    }
}
