//! Renewal: the same identity, judged again by today's policy, with a new key unless the old one is asked for.

use hf_core::principal::{Channel, Principal};
use hf_core::serial::Serial;
use hf_core::time::Lifetime;
use hf_store::StoreError;
use hf_store::record::{CertificateState, StoredCertificate};
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::error::X509Error;

use crate::authority::Authority;
use crate::error::IssueError;
use crate::profile::SubjectRule;
use crate::registration::ordered_by;
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
    /// Identifies the request: a repetition with the same key gets the certificate that exists.
    pub dedup_key: Option<String>,
    /// What entitles the requester.
    pub proof: RenewalProof,
    /// What the credential of the requester limits it to, beyond what the profile and the authority allow.
    pub limits: RequesterLimits,
}

/// What entitles a requester to a renewal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RenewalProof {
    /// A right of its own; the old certificate may have expired.
    #[default]
    Right,
    /// It proved to hold the key of the old certificate, which must still be valid: a key that was left behind with an
    /// expired certificate buys nothing. Nor does one that was reported as compromised.
    ///
    /// What the old certificate was given within binds the new one too: it lasts no longer, and what ACME gave for names
    /// that were proven is not had again without proof.
    OldKey,
}

impl RenewRequest {
    /// A renewal by right, with a new key, that leaves everything else to the profile and the old certificate.
    pub fn new(
        principal: Principal,
        channel: Channel,
        authority: impl Into<String>,
        serial: Serial,
        csr: VerifiedCsr,
    ) -> Self {
        Self {
            principal,
            channel,
            authority: authority.into(),
            serial,
            csr,
            keep_key: false,
            wanted_lifetime: None,
            dedup_key: None,
            proof: RenewalProof::Right,
            limits: RequesterLimits::default(),
        }
    }
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
    #[error(
        "serial number {serial} is {state}: only an issued certificate that is not revoked is renewed, by its own key only before it ends"
    )]
    State {
        /// The serial number.
        serial: Serial,
        /// Its state.
        state: CertificateState,
    },
    /// A key that others may have proves nothing.
    #[error(
        "the key of serial number {serial} is blocked, because it was reported as compromised: it renews nothing"
    )]
    Blocked {
        /// The serial number.
        serial: Serial,
    },
    /// Whether the names are still whose they were is for ACME to find out.
    #[error("serial number {serial} was issued by ACME: its key alone does not renew it here")]
    ByAcme {
        /// The serial number.
        serial: Serial,
    },
    /// The signing request names somebody else.
    #[error("the signing request names {found}, the certificate {expected}: a renewal keeps the names")]
    OtherNames {
        /// Names of the certificate.
        expected: String,
        /// Names of the request.
        found: String,
    },
    /// The signing request has another subject.
    #[error("the signing request names `{found}`, the certificate `{expected}`: a renewal keeps the subject")]
    OtherSubject {
        /// Subject of the certificate.
        expected: String,
        /// Subject of the request.
        found: String,
    },
    /// The old certificate on record cannot be read.
    #[error("the old certificate cannot be read")]
    Unreadable(#[source] X509Error),
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
        let wanted_subject = self.kept_subject(&old, request.csr.subject())?;
        let limits = limits(request.limits, request.proof, &old);
        Ok(self
            .issue(IssueRequest {
                wanted_names: Some(old.names),
                wanted_lifetime: request.wanted_lifetime,
                wanted_subject,
                dedup_key: request.dedup_key,
                limits,
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

    /// Where the requester chooses the subject, a renewal cannot choose another: the old one is kept. Elsewhere the
    /// profile makes it from the names.
    fn kept_subject(
        &self,
        old: &StoredCertificate,
        requested: &DistinguishedName,
    ) -> Result<Option<DistinguishedName>, RenewError> {
        let chosen =
            self.profile(&old.profile).is_some_and(|profile| profile.subject_rule() == SubjectRule::Wanted);
        let Some(der) = old.body.certificate().filter(|_| chosen) else { return Ok(None) };
        let certificate = Certificate::from_der(der).map_err(RenewError::Unreadable)?;
        let subject = certificate.subject();
        if !requested.is_empty() && !requested.matches(subject) {
            let (expected, found) = (subject.to_string(), requested.to_string());
            return Err(RenewError::OtherSubject { expected, found });
        }
        Ok(Some(subject.clone()))
    }

    async fn renewable(&self, request: &RenewRequest) -> Result<StoredCertificate, RenewError> {
        let found = self.store.find_by_serial(&request.authority, &request.serial).await;
        let old = found.map_err(RenewError::Store)?.ok_or_else(|| RenewError::Unknown {
            authority: request.authority.clone(),
            serial: request.serial.clone(),
        })?;
        match old.state(self.clock.now()) {
            CertificateState::Valid => {}
            CertificateState::Expired if request.proof == RenewalProof::Right => {}
            state @ (CertificateState::Expired
            | CertificateState::Revoked
            | CertificateState::PossiblySigned) => {
                return Err(RenewError::State { serial: request.serial.clone(), state });
            }
        }
        if request.proof == RenewalProof::OldKey {
            self.check_old_key(&old).await?;
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

    /// Whether the key of a certificate is enough to renew it.
    async fn check_old_key(&self, old: &StoredCertificate) -> Result<(), RenewError> {
        let serial = || old.serial.clone();
        if self.block_list.contains(&old.spki_sha256)
            || self.store.is_blocked(old.spki_sha256).await.map_err(RenewError::Store)?
        {
            return Err(RenewError::Blocked { serial: serial() });
        }
        if old.dedup_key.as_deref().and_then(ordered_by).is_some() {
            return Err(RenewError::ByAcme { serial: serial() });
        }
        Ok(())
    }
}

/// The limits of a renewal: those of the credential; and where the old key is all that is shown, as long as the old
/// certificate was, and no longer.
fn limits(asker: RequesterLimits, proof: RenewalProof, old: &StoredCertificate) -> RequesterLimits {
    match proof {
        RenewalProof::Right => asker,
        RenewalProof::OldKey => {
            let before = old.validity.lifetime();
            let longest = asker.max_lifetime.map_or(before, |longest| longest.min(before));
            RequesterLimits { max_lifetime: Some(longest), ..asker }
        }
    }
}
