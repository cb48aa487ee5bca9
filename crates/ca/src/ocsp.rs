//! Answers about the status of certificates, RFC 6960, signed on demand: a revocation is told from the next answer on.
//!
//! The authority answers for what it issued and for nothing else. What it has no record of is *unknown*, never *good*: a
//! certificate that somebody forged with a stolen key must not be vouched for.

use std::collections::BTreeMap;
use std::sync::Arc;

use hf_core::time::{Lifetime, Timestamp};
use hf_keys::signing_key::SigningKey;
use hf_store::StoreError;
use hf_store::record::CertificateState;
use hf_x509::certificate::Certificate;
use hf_x509::error::X509Error;
use hf_x509::ocsp::{
    CertId, CertStatus, OcspRequest, OcspResponse, OcspResponseTemplate, ResponderId, ResponseStatus,
    SingleResponse,
};
use hf_x509::oids;
use hf_x509::signature::SignatureError;

use crate::authority::Authority;
use crate::error::IssuerUnavailable;
use crate::issuer::Issuer;
use crate::signer::SignerError;
use crate::signing_clock::ClockJumpedBack;

/// How answers are made.
#[derive(Clone)]
pub struct OcspSettings {
    /// From `thisUpdate` to `nextUpdate`.
    pub lifetime: Lifetime,
    /// Who answers in the place of an authority, by the name of the authority; the others answer themselves.
    pub delegates: BTreeMap<String, Delegate>,
}

impl Default for OcspSettings {
    /// Four days, nobody delegated.
    fn default() -> Self {
        Self { lifetime: Lifetime::from_days(4), delegates: BTreeMap::new() }
    }
}

/// A responder with a certificate of the authority for this one purpose, RFC 6960 section 4.2.2.2.
#[derive(Clone)]
pub struct Delegate {
    certificate: Certificate,
    key: Arc<dyn SigningKey>,
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
        Ok(Self { certificate, key })
    }
}

/// What goes back to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspAnswer {
    /// The response, DER.
    pub der: Vec<u8>,
    /// What came of the request.
    pub status: ResponseStatus,
    /// From when until when a cache may keep it; `None`: not at all, since it is a refusal or repeats a nonce.
    pub fresh: Option<(Timestamp, Timestamp)>,
}

impl OcspAnswer {
    fn refusal(status: ResponseStatus) -> Self {
        Self { der: OcspResponse::without_answer(status), status, fresh: None }
    }
}

/// Why there is no answer, for the log; the client gets a status.
#[derive(Debug, thiserror::Error)]
pub enum OcspError {
    /// The request cannot be read.
    #[error("the OCSP request is refused")]
    Request(#[source] X509Error),
    /// Nobody here issued the certificate, or certificates of several issuers are asked about.
    #[error("the OCSP request is about certificates that no authority here issued")]
    OtherIssuer,
    /// The authority cannot sign.
    #[error("the authority cannot sign an OCSP response")]
    Issuer(#[from] IssuerUnavailable),
    /// The certificate of the delegate is not valid now.
    #[error("the certificate of the OCSP responder `{subject}` is not valid now")]
    Delegate {
        /// Whose certificate.
        subject: String,
    },
    /// The clock jumped back.
    #[error(transparent)]
    Clock(#[from] ClockJumpedBack),
    /// The store failed.
    #[error("the store failed to find the certificate")]
    Store(#[from] StoreError),
    /// There is no signature.
    #[error("the OCSP response was not signed")]
    Sign(#[from] SignerError),
    /// The signature is wrong. The response was thrown away.
    #[error("the signature of the OCSP response does not verify")]
    BadSignature(#[source] SignatureError),
    /// The response could not be built.
    #[error("the OCSP response could not be built")]
    Build(#[source] X509Error),
}

impl OcspError {
    /// What the client is told.
    pub fn status(&self) -> ResponseStatus {
        match self {
            Self::Request(_) => ResponseStatus::MalformedRequest,
            Self::OtherIssuer => ResponseStatus::Unauthorized,
            Self::Sign(SignerError::Overloaded(_) | SignerError::Busy { .. } | SignerError::Late { .. })
            | Self::Store(_) => ResponseStatus::TryLater,
            Self::Issuer(_)
            | Self::Delegate { .. }
            | Self::Clock(_)
            | Self::Sign(SignerError::Key(_) | SignerError::Stopped)
            | Self::BadSignature(_)
            | Self::Build(_) => ResponseStatus::InternalError,
        }
    }

    /// The refusal for the client.
    pub fn answer(&self) -> OcspAnswer {
        OcspAnswer::refusal(self.status())
    }
}

/// Who signs an answer, and what goes along with it.
struct Responder {
    key: Arc<dyn SigningKey>,
    certificates: Vec<Certificate>,
}

impl Authority {
    /// Answer a request. [`OcspError::answer`] is what the client gets when that fails.
    pub async fn answer_ocsp(
        &self,
        request: &[u8],
        settings: &OcspSettings,
    ) -> Result<OcspAnswer, OcspError> {
        let request = OcspRequest::from_der(request).map_err(OcspError::Request)?;
        let now = self.signing_clock.now(self.clock.as_ref())?;
        let issuer = self.issuer_of(&request)?;
        let responder = responder(&issuer, settings, now)?;
        let next_update = now.plus(settings.lifetime);
        let mut responses = Vec::with_capacity(request.certificates.len());
        for certificate in request.certificates {
            let status = self.status_of(issuer.name(), &certificate, now).await?;
            responses.push(SingleResponse {
                certificate,
                status,
                this_update: now,
                next_update: Some(next_update),
            });
        }
        let fresh = request.nonce.is_none().then_some((now, next_update));
        let template = OcspResponseTemplate {
            signature_algorithm: responder.key.signature_algorithm(),
            responder: ResponderId::of_key(responder.key.public_key()),
            produced_at: now,
            responses,
            nonce: request.nonce,
        };
        let der = self.signed(&template, &responder).await?;
        Ok(OcspAnswer { der, status: ResponseStatus::Successful, fresh })
    }

    /// The one authority that issued everything that is asked about: a response has one signer.
    fn issuer_of(&self, request: &OcspRequest) -> Result<Arc<Issuer>, OcspError> {
        let issued_all = |issuer: &Arc<Issuer>| {
            issuer.certificate().is_some_and(|own| {
                request.certificates.iter().all(|id| id.is_issued_by(own.subject(), own.public_key()))
            })
        };
        self.issuers.all().into_iter().find(issued_all).ok_or(OcspError::OtherIssuer)
    }

    async fn status_of(
        &self,
        authority: &str,
        certificate: &CertId,
        now: Timestamp,
    ) -> Result<CertStatus, StoreError> {
        let Ok(serial) = certificate.serial() else { return Ok(CertStatus::Unknown) };
        let Some(record) = self.store.find_by_serial(authority, &serial).await? else {
            return Ok(CertStatus::Unknown);
        };
        if let Some(revocation) = record.revocation {
            let code = revocation.reason.code();
            // RFC 5280 section 5.3.1: an unspecified reason is left out.
            return Ok(CertStatus::Revoked { at: revocation.at, reason: (code != 0).then_some(code) });
        }
        Ok(match record.state(now) {
            CertificateState::Valid | CertificateState::Expired => CertStatus::Good,
            CertificateState::PossiblySigned | CertificateState::Revoked => CertStatus::Unknown,
        })
    }

    async fn signed(&self, template: &OcspResponseTemplate, by: &Responder) -> Result<Vec<u8>, OcspError> {
        let bytes = Arc::new(template.finalize().map_err(OcspError::Build)?);
        let place = self.signer.place_for_status().map_err(SignerError::from)?;
        let signature = self.signer.sign(Arc::clone(&by.key), Arc::clone(&bytes), place).await?;
        if by.key.is_external() {
            let verified = by.key.public_key().verify(bytes.algorithm(), bytes.bytes(), &signature);
            verified.map_err(OcspError::BadSignature)?;
        }
        let assembled = OcspResponse::assemble(&bytes, &signature, &by.certificates);
        // `finalize` of the template makes nothing but answers.
        Ok(assembled.unwrap_or_else(|| OcspResponse::without_answer(ResponseStatus::InternalError)))
    }
}

/// The delegate, if there is one; else the authority itself, whose certificate the client has.
fn responder(issuer: &Issuer, settings: &OcspSettings, now: Timestamp) -> Result<Responder, OcspError> {
    let Some(delegate) = settings.delegates.get(issuer.name()) else {
        let signing = issuer.ready_for_status(now)?;
        return Ok(Responder { key: signing.key(), certificates: Vec::new() });
    };
    if !delegate.certificate.is_valid_at(now) {
        return Err(OcspError::Delegate { subject: delegate.certificate.subject().to_string() });
    }
    Ok(Responder { key: Arc::clone(&delegate.key), certificates: vec![delegate.certificate.clone()] })
}
