//! Who signs an answer, and the signature.

use std::sync::Arc;

use hf_core::time::Timestamp;
use hf_keys::signing_key::SigningKey;
use hf_x509::certificate::Certificate;
use hf_x509::ocsp::{OcspResponse, OcspResponseTemplate, ResponderId, ResponseStatus, SingleResponse};

use super::delegate::Delegate;
use super::error::OcspError;
use crate::authority::Authority;
use crate::error::IssuerUnavailable;
use crate::issuer::Issuer;
use crate::signer::SignerError;

/// Who signs an answer, and what goes along with it.
pub(super) struct Signatory {
    key: Arc<dyn SigningKey>,
    certificates: Vec<Certificate>,
    /// The end of the certificate that vouches for the signature: no answer holds longer.
    pub(super) ends: Timestamp,
}

impl Signatory {
    /// The authority itself, whose certificate the client has.
    pub(super) fn itself(issuer: &Issuer, now: Timestamp) -> Result<Self, OcspError> {
        let ends = end_of(issuer, now)?;
        let key = issuer.ready_for_status(now)?.key();
        Ok(Self { key, certificates: Vec::new(), ends })
    }

    /// A delegate, while its own certificate and that of the authority are valid. The key of the authority may be away.
    pub(super) fn delegate(
        issuer: &Issuer,
        delegate: Option<&Delegate>,
        now: Timestamp,
    ) -> Result<Self, OcspError> {
        let ends = end_of(issuer, now)?;
        let delegate = delegate.ok_or_else(|| no_delegate(issuer))?;
        let certificate = delegate.certificate();
        if !certificate.is_valid_at(now) {
            return Err(OcspError::Delegate { subject: certificate.subject().to_string() });
        }
        Ok(Self {
            key: delegate.key(),
            certificates: vec![certificate.clone()],
            ends: ends.min(delegate.not_after()),
        })
    }
}

/// One whose key was taken away appoints nobody, however long one waits.
fn no_delegate(issuer: &Issuer) -> OcspError {
    let name = || issuer.name().to_owned();
    match issuer.record().key {
        Some(_) => OcspError::NoDelegate { authority: name() },
        None => IssuerUnavailable::KeyAway { name: name() }.into(),
    }
}

/// The last second of the authority's certificate, which is not revoked and valid now.
fn end_of(issuer: &Issuer, now: Timestamp) -> Result<Timestamp, OcspError> {
    let name = || issuer.name().to_owned();
    let Some(own) = issuer.certificate() else {
        return Err(IssuerUnavailable::Pending { name: name() }.into());
    };
    let subject = || own.subject().to_string();
    if let Some(fall) = issuer.fall() {
        return Err(fall.unavailable(issuer.name()).into());
    }
    match own.validity() {
        Ok(validity) if validity.contains(now) => Ok(validity.not_after()),
        Ok(validity) => Err(IssuerUnavailable::NotValidNow {
            name: name(),
            subject: subject(),
            from: validity.not_before(),
            to: validity.not_after(),
            now,
        }
        .into()),
        Err(_) => Err(IssuerUnavailable::Unfit { name: name(), findings: issuer.faults().to_vec() }.into()),
    }
}

impl Authority {
    /// The response that says this, DER. It has priority at the signer.
    pub(super) async fn sign_ocsp(
        &self,
        singles: Vec<SingleResponse>,
        nonce: Option<Vec<u8>>,
        by: Signatory,
        now: Timestamp,
    ) -> Result<Vec<u8>, OcspError> {
        let template = OcspResponseTemplate {
            signature_algorithm: by.key.signature_algorithm(),
            responder: ResponderId::of_key(by.key.public_key()),
            produced_at: now,
            responses: singles,
            nonce,
        };
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
