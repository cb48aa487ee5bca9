//! Making a response.

use hf_core::time::Timestamp;

use super::{CertStatus, MAX_NONCE, MAX_SINGLE, OcspResponse, ResponderId, SingleResponse, write_nonce};
use crate::asn1::{Writer, tag, time};
use crate::error::{BuildError, X509Error};
use crate::signature::SignatureAlgorithm;
use crate::tbs::{ToBeSigned, ToBeSignedKind};

/// Everything that a response of Handfast says. Sign what [`Self::finalize`] makes, then [`OcspResponse::assemble`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspResponseTemplate {
    /// What the responder signs with.
    pub signature_algorithm: SignatureAlgorithm,
    /// Who signs.
    pub responder: ResponderId,
    /// When.
    pub produced_at: Timestamp,
    /// The answers, in the order of the questions.
    pub responses: Vec<SingleResponse>,
    /// What the client sent, to be repeated.
    pub nonce: Option<Vec<u8>>,
}

impl OcspResponseTemplate {
    /// Encode what is to be signed.
    pub fn finalize(&self) -> Result<ToBeSigned, X509Error> {
        self.check()?;
        let mut writer = Writer::with_capacity(256);
        writer.sequence(|data| {
            self.responder.write(data);
            time::write_generalized(data, tag::GENERALIZED_TIME, self.produced_at);
            data.sequence(|list| self.responses.iter().for_each(|one| write_single(one, list)));
            if let Some(nonce) = &self.nonce {
                write_nonce(data, 1, nonce);
            }
        });
        let bytes = writer.into_bytes();
        // Room for the signature and a few certificates.
        let max = OcspResponse::MAX / 2;
        if bytes.len() > max {
            return Err(BuildError::TooLarge { octets: bytes.len(), max }.into());
        }
        Ok(ToBeSigned::new(bytes, self.signature_algorithm, ToBeSignedKind::Ocsp))
    }

    fn check(&self) -> Result<(), BuildError> {
        if self.signature_algorithm.is_broken() {
            return Err(BuildError::BrokenAlgorithm { algorithm: self.signature_algorithm });
        }
        if self.responses.is_empty() {
            return Err(BuildError::EmptyExtension { extension: "responses" });
        }
        if self.responses.len() > MAX_SINGLE {
            return Err(BuildError::TooLarge { octets: self.responses.len(), max: MAX_SINGLE });
        }
        match self.nonce.as_ref().map(Vec::len) {
            Some(0) => Err(BuildError::EmptyExtension { extension: "nonce" }),
            Some(octets) if octets > MAX_NONCE => Err(BuildError::TooLarge { octets, max: MAX_NONCE }),
            _ => Ok(()),
        }
    }
}

fn write_single(response: &SingleResponse, list: &mut Writer) {
    list.sequence(|single| {
        single.raw(response.certificate.der());
        match response.status {
            CertStatus::Good => single.primitive(tag::context(0), &[]),
            CertStatus::Unknown => single.primitive(tag::context(2), &[]),
            CertStatus::Revoked { at, reason } => single.nested(tag::context_constructed(1), |revoked| {
                time::write_generalized(revoked, tag::GENERALIZED_TIME, at);
                if let Some(reason) = reason {
                    revoked.nested(tag::context_constructed(0), |explicit| {
                        explicit.primitive(tag::ENUMERATED, &[reason]);
                    });
                }
            }),
        }
        time::write_generalized(single, tag::GENERALIZED_TIME, response.this_update);
        if let Some(next_update) = response.next_update {
            single.nested(tag::context_constructed(0), |explicit| {
                time::write_generalized(explicit, tag::GENERALIZED_TIME, next_update);
            });
        }
    });
}
