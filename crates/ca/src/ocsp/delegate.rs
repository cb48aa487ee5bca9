//! Responders that answer in the place of an authority, RFC 6960 section 4.2.2.2.

use std::sync::Arc;

use hf_core::name::SanSet;
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::signing_key::SigningKey;
use hf_store::audit::Origin;
use hf_x509::certificate::Certificate;
use hf_x509::csr::VerifiedCsr;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::oids;

use super::standing::Standing;
use crate::authority::Authority;
use crate::error::IssueError;
use crate::profile::{Profile, ProfileSettings};
use crate::request::{IssueRequest, IssuedCertificate};

/// A responder with a certificate of the authority for this one purpose.
#[derive(Clone)]
pub struct Delegate {
    certificate: Certificate,
    key: Arc<dyn SigningKey>,
    not_after: Timestamp,
    standing: Standing,
}

/// Why a certificate does not entitle to answer for an authority.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DelegateError {
    /// Another authority signed it.
    #[error("`{subject}` was not signed by the authority that it shall answer for")]
    OtherIssuer {
        /// Whose certificate.
        subject: String,
    },
    /// It is for something else.
    #[error("the certificate of `{subject}` does not have the purpose id-kp-OCSPSigning")]
    Purpose {
        /// Whose certificate.
        subject: String,
    },
    /// The key belongs to another certificate.
    #[error("the key does not belong to the certificate of `{subject}`")]
    OtherKey {
        /// Whose certificate.
        subject: String,
    },
    /// Its end cannot be read.
    #[error("the validity of the certificate of `{subject}` cannot be read")]
    Validity {
        /// Whose certificate.
        subject: String,
    },
}

impl Delegate {
    /// A delegate of `issuer`: signed by it, for signing OCSP responses.
    pub fn new(
        certificate: Certificate,
        key: Arc<dyn SigningKey>,
        issuer: &Certificate,
    ) -> Result<Self, DelegateError> {
        let subject = || certificate.subject().to_string();
        let signed = certificate.verify_signed_by(issuer.public_key()).is_ok();
        if !signed || certificate.issuer() != issuer.subject() {
            return Err(DelegateError::OtherIssuer { subject: subject() });
        }
        let purposes = certificate.extended_key_usage().ok().flatten();
        if !purposes.is_some_and(|purposes| purposes.contains(&oids::OCSP_SIGNING)) {
            return Err(DelegateError::Purpose { subject: subject() });
        }
        if key.public_key() != certificate.public_key() {
            return Err(DelegateError::OtherKey { subject: subject() });
        }
        let Ok(validity) = certificate.validity() else {
            return Err(DelegateError::Validity { subject: subject() });
        };
        Ok(Self { not_after: validity.not_after(), certificate, key, standing: Standing::default() })
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The last second of its certificate, UTC.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    pub(super) fn standing(&self) -> &Standing {
        &self.standing
    }

    pub(super) fn key(&self) -> Arc<dyn SigningKey> {
        Arc::clone(&self.key)
    }
}

impl ProfileSettings {
    /// A responder of the server itself. It is not among the profiles that requests can name: whoever held such a
    /// certificate could call every other one good.
    fn ocsp_responder(lifetime: Lifetime) -> Self {
        Self {
            name: "ocsp-responder".to_owned(),
            default_lifetime: lifetime,
            max_lifetime: lifetime,
            purposes: std::collections::BTreeSet::new(),
            subject: crate::profile::SubjectRule::Wanted,
            extended_key_usage: vec![oids::OCSP_SIGNING.to_string()],
            ocsp_no_check: true,
            ..Self::peer()
        }
    }
}

impl Authority {
    /// Issue, through the spine, the certificate of a responder that shall answer for `authority`; also when that is
    /// retired. It says `id-pkix-ocsp-nocheck` (RFC 6960 section 4.2.2.2.1): its short life is its revocation.
    pub async fn issue_ocsp_responder(
        &self,
        authority: &str,
        csr: VerifiedCsr,
        lifetime: Lifetime,
        origin: &Origin,
    ) -> Result<IssuedCertificate, IssueError> {
        let now = self.signing_clock.now(self.clock.as_ref())?;
        let origin = Origin { at: now, ..origin.clone() };
        let issuer = self.issuers.active_for_status(authority, now)?;
        let profile = Profile::compile(ProfileSettings::ocsp_responder(lifetime))
            .map_err(|findings| IssueError::Refused { findings })?;
        let profile = Arc::new(profile);
        self.record_profiles(std::slice::from_ref(&profile), &origin)
            .await
            .map_err(|source| IssueError::store("record the profile", source))?;
        let request = IssueRequest {
            wanted_names: Some(SanSet::new()),
            wanted_subject: Some(responder_subject(authority)),
            ..IssueRequest::new(origin.principal.clone(), origin.channel, authority, profile.name(), csr)
        };
        let proposal = self.propose_under(profile, &request, &issuer, now)?;
        self.carry_out(proposal, &issuer, None, origin).await
    }
}

/// Names of authorities are short enough for a common name.
fn responder_subject(authority: &str) -> DistinguishedName {
    let name: String = format!("OCSP of {authority}").chars().take(64).collect();
    DistinguishedName::common(&name)
}
