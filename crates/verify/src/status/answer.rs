//! What an OCSP answer says, after the checks of RFC 6960 section 3.2 and RFC 9654 section 2.1.

use hf_core::finding::Finding;
use hf_x509::crl::CertificateList;
use hf_x509::ocsp::{BasicResponse, CertStatus, OcspRequest, OcspResponse, ResponseStatus, SingleResponse};

use super::responder::{self, Responder};
use super::{Basis, Opinion, Question, Says};
use crate::codes;
use crate::crl::reason_word;

/// Seconds by which the clock of a responder may be ahead of ours.
const SKEW: i64 = 300;

impl Question {
    /// What the answer to `request` says of the certificate. `lists` are asked whether a delegate is revoked.
    pub fn by_response(
        &self,
        request: &OcspRequest,
        response: &OcspResponse,
        lists: &[CertificateList],
    ) -> Opinion {
        let about = format!("OCSP answer for {}", self.issuer.label());
        let Some(basic) = &response.basic else { return Opinion::nothing(refused(&about, response.status)) };
        match self.checked(request, basic, lists, &about) {
            Ok(opinion) => opinion,
            Err(finding) => Opinion::nothing(*finding),
        }
    }

    fn checked(
        &self,
        request: &OcspRequest,
        basic: &BasicResponse,
        lists: &[CertificateList],
        about: &str,
    ) -> Result<Opinion, Box<Finding>> {
        let signed_by = responder::find(self, basic, lists, about)?;
        let single = self.single(basic, about)?;
        let (fresh, notice) = nonce(request, basic, about)?;
        self.times(single, fresh, about)?;
        let grounds = Basis {
            this_update: single.this_update,
            next_update: single.next_update,
            crl_number: None,
            delegate: match signed_by {
                Responder::Issuer => None,
                Responder::Delegate(certificate) => Some(certificate.subject().to_string()),
            },
        };
        let says = match single.status {
            CertStatus::Good => Says::Good,
            CertStatus::Revoked { at, reason } => Says::Revoked { at, reason: reason_word(reason) },
            CertStatus::Unknown => Says::Unknown,
        };
        Ok(Opinion { says, basis: Some(grounds), findings: notice.into_iter().collect() })
    }

    /// The answer about our certificate; of several the one that revokes it.
    fn single<'a>(&self, basic: &'a BasicResponse, about: &str) -> Result<&'a SingleResponse, Box<Finding>> {
        let (own, issuer) = (&self.certificate.certificate, self.issuer());
        let ours = || {
            basic.responses.iter().filter(|single| {
                single.certificate.is_issued_by(issuer.subject(), issuer.public_key())
                    && single.certificate.serial_octets() == own.serial_octets()
            })
        };
        let revoked = ours().find(|single| matches!(single.status, CertStatus::Revoked { .. }));
        revoked.or_else(|| ours().next()).ok_or_else(|| {
            let found = basic.responses.first().map(|single| hex(single.certificate.serial_octets()));
            Box::new(
                Finding::error(codes::OCSP_OTHER, about, "the answer is about another certificate")
                    .expected_found(
                        format!("serial number {} of {}", hex(own.serial_octets()), self.issuer.label()),
                        format!("serial number {}", found.unwrap_or_default()),
                    )
                    .rfc("RFC 6960 section 3.2"),
            )
        })
    }

    /// `fresh`: the answer was made for this request.
    fn times(&self, single: &SingleResponse, fresh: bool, about: &str) -> Result<(), Box<Finding>> {
        let (time, this_update) = (self.time, single.this_update);
        if this_update.seconds_since(time) > SKEW {
            return Err(Box::new(
                Finding::error(codes::OCSP_EARLY, about, "the answer is from the future")
                    .expected_found(format!("thisUpdate at or before {time}"), this_update.to_string())
                    .rfc("RFC 6960 section 4.2.2.1"),
            ));
        }
        let found = match single.next_update {
            Some(next) if time <= next => return Ok(()),
            Some(next) => next.to_string(),
            // Newer information is always there: then an old answer may have been kept by anybody.
            None if fresh || time.seconds_since(this_update) <= SKEW => return Ok(()),
            None => format!("no nextUpdate, and thisUpdate {this_update}"),
        };
        Err(Box::new(
            Finding::error(codes::OCSP_STALE, about, "the answer is out of date")
                .expected_found(format!("nextUpdate at or after {time}"), found)
                .rfc("RFC 6960 section 4.2.2.1"),
        ))
    }
}

/// Whether the answer was made for this request; a notice when nothing says so.
fn nonce(
    request: &OcspRequest,
    basic: &BasicResponse,
    about: &str,
) -> Result<(bool, Option<Finding>), Box<Finding>> {
    let Some(sent) = &request.nonce else { return Ok((false, None)) };
    match &basic.nonce {
        Some(came) if came == sent => Ok((true, None)),
        Some(came) => {
            Err(Box::new(
                Finding::error(codes::OCSP_NONCE, about, "the answer was made for another request")
                    .expected_found(format!("nonce {}", hex(sent)), format!("nonce {}", hex(came)))
                    .rfc("RFC 9654 section 2.1"),
            ))
        }
        None => Ok((
            false,
            Some(
                Finding::notice(
                    codes::OCSP_NONCE,
                    about,
                    "the responder does not repeat the nonce, so the answer may have been kept by others until it ends",
                )
                .expected_found(format!("nonce {}", hex(sent)), "none")
                .rfc("RFC 9654 section 2.1"),
            ),
        )),
    }
}

fn refused(about: &str, status: ResponseStatus) -> Finding {
    let (word, hint) = match status {
        ResponseStatus::Successful => ("successful, without an answer", "tell whoever runs the responder"),
        ResponseStatus::MalformedRequest => {
            ("malformedRequest", "see whether the address is that of a responder")
        }
        ResponseStatus::InternalError => ("internalError", "look into the log of the responder"),
        ResponseStatus::TryLater => {
            ("tryLater", "ask again; if it stays, look whether the responder can sign: `/readyz` says so")
        }
        ResponseStatus::SigRequired => ("sigRequired", "this responder answers signed requests only"),
        ResponseStatus::Unauthorized => {
            ("unauthorized", "it does not answer for this issuer: see whether `--ocsp` names the right one")
        }
    };
    Finding::error(codes::OCSP_REFUSED, about, "the responder gives no answer")
        .expected_found("successful", word)
        .rfc("RFC 6960 section 2.3")
        .hint(hint)
}

/// At most 40 octets: a serial number has 20, a nonce may have 128.
fn hex(octets: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for octet in octets.iter().take(40) {
        let _ = write!(text, "{octet:02x}");
    }
    text
}
