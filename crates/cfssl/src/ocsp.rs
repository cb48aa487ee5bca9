//! OCSP as CFSSL has it: responses signed by a command (`ocspsign`), and answers out of what was signed before
//! (`ocspserve`).
//!
//! Stricter than CFSSL: the responder must be entitled to answer for the issuer (RFC 6960 section 4.2.2.2).

mod source;

use std::sync::Arc;

use hf_ca::ocsp::{Delegate, DelegateError};
use hf_core::time::{Lifetime, Timestamp};
use hf_keys::private_key::PrivateKey;
use hf_keys::signing_key::SigningKey as _;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_proto::cfssl::endpoints::ocspsign::{self, OcspSignRequest, Status};
use hf_proto::cfssl::revocation_reason::Reason;
use hf_x509::certificate::Certificate;
use hf_x509::ocsp::{
    CertId, CertIdHash, CertStatus, OcspResponse, OcspResponseTemplate, ResponderId, SingleResponse,
};

use crate::failure;

pub use source::{Answer, FileSource};

/// From `thisUpdate` to `nextUpdate` when nobody says otherwise.
pub const INTERVAL: Lifetime = Lifetime::from_hours(96);

/// Signs responses about the certificates of one issuer.
pub struct Responder {
    issuer: Certificate,
    answering: Certificate,
    key: Arc<PrivateKey>,
    interval: Lifetime,
}

impl Responder {
    /// A responder for `issuer`: the issuer itself, or whoever has its certificate for signing OCSP responses.
    ///
    /// # Errors
    /// 8100 when another issuer signed the responder's certificate, 1214 when that is for something else, 2300 when the
    /// key is another one's.
    pub fn new(
        issuer: Certificate,
        responder: Certificate,
        key: PrivateKey,
        interval: Lifetime,
    ) -> Result<Self, CfsslError> {
        let key = Arc::new(key);
        if responder == issuer {
            if key.public_key() != issuer.public_key() {
                return Err(ErrorKind::KeyMismatch.into());
            }
        } else {
            let delegate = Delegate::new(responder.clone(), Arc::clone(&key) as _, &issuer);
            delegate.map_err(|error| {
                let kind = match &error {
                    DelegateError::OtherIssuer { .. } => ErrorKind::OcspIssuerMismatch,
                    DelegateError::Purpose { .. } => ErrorKind::CertificateIncompatibleUsage,
                    DelegateError::OtherKey { .. } => ErrorKind::KeyMismatch,
                    DelegateError::Validity { .. } => ErrorKind::CertificateParse,
                };
                failure::because(kind, &error)
            })?;
        }
        Ok(Self { issuer, answering: responder, key, interval })
    }

    /// The issuer whose certificates it answers for.
    pub fn issuer(&self) -> &Certificate {
        &self.issuer
    }

    /// Whether the issuer signed this certificate.
    ///
    /// # Errors
    /// 8100 when its issuer is named otherwise, 8200 when another key signed it.
    pub fn check(&self, certificate: &Certificate) -> Result<(), CfsslError> {
        if certificate.issuer() != self.issuer.subject() {
            return Err(ErrorKind::OcspIssuerMismatch.into());
        }
        certificate.verify_signed_by(self.issuer.public_key()).map_err(|error| {
            let text = format!("another issuer signed the certificate: {error}");
            CfsslError::wrap(ErrorKind::OcspInvalidStatus, text)
        })
    }

    /// Sign a response: DER, and the moment at which it ends. It begins with the full hour, as CFSSL's does.
    ///
    /// # Errors
    /// As [`Responder::check`]; 2500 when the key does not sign.
    pub fn sign(
        &self,
        certificate: &Certificate,
        status: CertStatus,
        hash: CertIdHash,
        now: Timestamp,
    ) -> Result<(Vec<u8>, Timestamp), CfsslError> {
        self.check(certificate)?;
        let serial =
            certificate.serial().map_err(|error| failure::because(ErrorKind::CertificateParse, &error))?;
        let hour = Timestamp::from_unix_seconds(now.unix_seconds().div_euclid(3600).saturating_mul(3600));
        let ends = hour.plus(self.interval);
        let template = OcspResponseTemplate {
            signature_algorithm: self.key.signature_algorithm(),
            responder: ResponderId::Name(self.answering.subject().clone()),
            produced_at: now,
            responses: vec![SingleResponse {
                certificate: CertId::new(hash, &self.issuer, &serial),
                status,
                this_update: hour,
                next_update: Some(ends),
            }],
            nonce: None,
        };
        let unavailable = |error: &dyn std::error::Error| failure::because(ErrorKind::KeyUnavailable, error);
        let bytes = template.finalize().map_err(|error| unavailable(&error))?;
        let signature = self.key.sign(&bytes).map_err(|error| unavailable(&error))?;
        let others: &[Certificate] =
            if self.answering == self.issuer { &[] } else { std::slice::from_ref(&self.answering) };
        let der = OcspResponse::assemble(&bytes, &signature, others).ok_or(ErrorKind::OcspRead)?;
        Ok((der, ends))
    }

    /// What the endpoint and the command `ocspsign` do.
    ///
    /// # Errors
    /// 8001 without a certificate, 8200 for words that are no status, reason, day or digest; else as
    /// [`Responder::sign`].
    pub fn answer(&self, request: &OcspSignRequest, now: Timestamp) -> Result<Vec<u8>, CfsslError> {
        if request.certificate.trim().is_empty() {
            return Err(ErrorKind::OcspRead.into());
        }
        let certificate = crate::certificates::one(&request.certificate)?;
        let status = status(request, now)?;
        Ok(self.sign(&certificate, status, digest(&request.issuer_hash)?, now)?.0)
    }
}

/// The status that a request states.
fn status(request: &OcspSignRequest, now: Timestamp) -> Result<CertStatus, CfsslError> {
    Ok(match ocspsign::status(&request.status)? {
        Status::Good => CertStatus::Good,
        Status::Unknown => CertStatus::Unknown,
        Status::Revoked => {
            let reason = Reason::from_code(request.reason).ok_or(ErrorKind::OcspInvalidStatus)?;
            let at = ocspsign::revoked_at(&request.revoked_at, now)
                .map_err(|error| failure::because(ErrorKind::OcspInvalidStatus, &error))?;
            revoked(at, reason)
        }
    })
}

/// Revoked for this reason; `unspecified` is left out, RFC 5280 section 5.3.1.
pub fn revoked(at: Timestamp, reason: Reason) -> CertStatus {
    CertStatus::Revoked { at, reason: Some(reason.code()).filter(|code| *code != 0) }
}

/// What a stored response is about.
pub(crate) fn subjects(response: &[u8]) -> Vec<CertId> {
    let read = OcspResponse::from_der(response).ok().and_then(|response| response.basic);
    read.map(|basic| basic.responses).into_iter().flatten().map(|single| single.certificate).collect()
}

/// Which of the responses about one serial number answers a request: the last one about the issuer that is asked for.
/// Where the request names the issuer by another digest than they do, nobody can compare; then one answers if all of them
/// are about one issuer, as CFSSL has it.
pub(crate) fn choose<'a, T>(
    stored: impl DoubleEndedIterator<Item = (&'a CertId, T)> + Clone,
    asked: &CertId,
) -> Option<T> {
    let own =
        |known: &CertId| known.hash() == asked.hash() && known.issuer_key_hash() == asked.issuer_key_hash();
    if let Some((_, found)) = stored.clone().rfind(|(known, _)| own(known)) {
        return Some(found);
    }
    let mut others = stored.filter(|(known, _)| known.hash() != asked.hash());
    let (last, found) = others.next_back()?;
    let one_issuer =
        |known: &CertId| (known.hash(), known.issuer_key_hash()) == (last.hash(), last.issuer_key_hash());
    others.all(|(known, _)| one_issuer(known)).then_some(found)
}

/// The digest that a request names; SHA-1 when it names none.
///
/// # Errors
/// 8200 for other words.
pub(crate) fn digest(word: &str) -> Result<CertIdHash, CfsslError> {
    match word {
        "" | "SHA1" => Ok(CertIdHash::Sha1),
        "SHA256" => Ok(CertIdHash::Sha256),
        "SHA384" => Ok(CertIdHash::Sha384),
        "SHA512" => Ok(CertIdHash::Sha512),
        other => {
            let text = format!(
                "`{}` is no digest: expected `SHA1`, `SHA256`, `SHA384` or `SHA512`",
                other.escape_debug()
            );
            Err(CfsslError::wrap(ErrorKind::OcspInvalidStatus, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use hf_core::algorithm::KeyAlgorithm;
    use hf_core::serial::Serial;
    use hf_x509::distinguished_name::DistinguishedName;

    use super::*;

    #[test]
    fn a_request_is_answered_about_its_issuer_or_not_at_all() {
        let [one, two, three] = [(); 3].map(|()| PrivateKey::generate(KeyAlgorithm::EcdsaP256).unwrap());
        let serial: Serial = "17".parse().unwrap();
        let id = |hash, issuer: &PrivateKey| {
            CertId::of(hash, &DistinguishedName::empty(), issuer.public_key(), &serial)
        };
        let (sha1, sha256) = (CertIdHash::Sha1, CertIdHash::Sha256);
        let of_one = [(id(sha1, &one), "old"), (id(sha1, &one), "new")];
        let of_two = [(id(sha1, &one), "one"), (id(sha1, &two), "two"), (id(sha256, &two), "two by SHA-256")];
        let found = |stored: &[(CertId, &'static str)], asked: CertId| {
            choose(stored.iter().map(|(about, text)| (about, *text)), &asked)
        };
        assert_eq!(found(&of_one, id(sha1, &one)), Some("new"));
        assert_eq!(found(&of_one, id(sha1, &two)), None, "another issuer");
        assert_eq!(found(&of_one, id(sha256, &one)), Some("new"), "there is one that it can mean");
        assert_eq!(found(&of_two, id(sha1, &one)), Some("one"));
        assert_eq!(found(&of_two, id(sha256, &two)), Some("two by SHA-256"));
        assert_eq!(found(&of_two, id(sha256, &three)), None, "which of them is meant cannot be told");
        assert_eq!(found(&[], id(sha1, &one)), None);
    }
}
