//! Who signed an answer, and whether that one may answer for the issuer: RFC 6960 section 4.2.2.2.

use hf_core::finding::Finding;
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::ext::KeyUsage;
use hf_x509::ocsp::BasicResponse;
use hf_x509::oids;

use super::{Question, Says};
use crate::codes;
use crate::facts::label;

/// Who may say so.
pub(super) enum Responder {
    /// The issuer.
    Issuer,
    /// Whoever the issuer certified for this.
    Delegate(Certificate),
}

/// Whoever signed the answer, if that one may answer for the issuer. `lists` are asked about a delegate that does not
/// say `id-pkix-ocsp-nocheck`.
pub(super) fn find(
    question: &Question,
    basic: &BasicResponse,
    lists: &[CertificateList],
    about: &str,
) -> Result<Responder, Box<Finding>> {
    let issuer = question.issuer();
    if basic.verify_signed_by(issuer.public_key()).is_ok() {
        return Ok(Responder::Issuer);
    }
    let signed =
        |one: &&Certificate| basic.responder.is(one) && basic.verify_signed_by(one.public_key()).is_ok();
    let Some(delegate) = basic.certificates.iter().find(signed) else {
        return Err(Box::new(nobody(question, basic, about)));
    };
    match objection(question, delegate, lists) {
        None => Ok(Responder::Delegate(delegate.clone())),
        Some((expected, found)) => {
            let summary = format!("the answer is signed by {}, who may not answer", label(delegate));
            Err(Box::new(
                Finding::error(codes::OCSP_RESPONDER, about, summary)
                    .expected_found(expected, found)
                    .rfc("RFC 6960 section 4.2.2.2"),
            ))
        }
    }
}

fn nobody(question: &Question, basic: &BasicResponse, about: &str) -> Finding {
    let found = match basic.certificates.as_slice() {
        [] => "another signature, and no certificate along with it".to_owned(),
        [first, ..] => format!("another signature, along with the certificate {}", label(first)),
    };
    Finding::error(codes::OCSP_SIGNATURE, about, "the signature of the answer is nobody's who is known here")
        .expected_found(format!("the signature of {}, or of its delegate", question.issuer.label()), found)
        .rfc("RFC 6960 section 3.2")
}

/// What a delegate must be and is not: expected, found.
fn objection(
    question: &Question,
    delegate: &Certificate,
    lists: &[CertificateList],
) -> Option<(String, String)> {
    let issuer = question.issuer();
    let by = question.issuer.label();
    if delegate.issuer() != issuer.subject() || delegate.verify_signed_by(issuer.public_key()).is_err() {
        return Some((
            format!("a delegate that {by} certified"),
            format!("issued by `{}`", delegate.issuer()),
        ));
    }
    let purposes = delegate.extended_key_usage().ok().flatten();
    if !purposes.is_some_and(|purposes| purposes.contains(&oids::OCSP_SIGNING)) {
        return Some((
            "the purpose id-kp-OCSPSigning".to_owned(),
            "a certificate for something else".to_owned(),
        ));
    }
    if !delegate.key_usage().is_ok_and(|usage| usage.is_none_or(may_sign)) {
        return Some(("keyUsage with digitalSignature".to_owned(), "a key for something else".to_owned()));
    }
    if !delegate.is_valid_at(question.time) {
        let (from, to) = (delegate.not_before(), delegate.not_after());
        return Some((format!("a certificate valid at {}", question.time), format!("valid {from} to {to}")));
    }
    revoked(question, delegate, lists)
}

fn may_sign(usage: KeyUsage) -> bool {
    usage.contains(KeyUsage::DIGITAL_SIGNATURE)
}

/// RFC 6960 section 4.2.2.2.1: nobody need ask about one that says so; another one may be on a list.
fn revoked(
    question: &Question,
    delegate: &Certificate,
    lists: &[CertificateList],
) -> Option<(String, String)> {
    if delegate.extension(&oids::OCSP_NO_CHECK).is_some() {
        return None;
    }
    let about = Question::new(delegate, std::slice::from_ref(question.issuer()), question.time).ok()?;
    lists.iter().find_map(|list| match about.by_list(list).says {
        Says::Revoked { at, reason } => Some((
            "a responder that the issuer still vouches for".to_owned(),
            format!("revoked at {at}, {reason}"),
        )),
        Says::Good | Says::Unknown | Says::Nothing => None,
    })
}
