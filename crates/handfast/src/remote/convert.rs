//! From what a server answers to what the commands work with, so that they print the same.

use hf_ca::issuer::Issuer;
use hf_ca::request;
use hf_core::finding::{Finding, FindingCode};
use hf_core::time::Timestamp;
use hf_proto::api::authority::AuthorityView;
use hf_proto::api::issue::IssuedCertificate;
use hf_proto::api::problem::Note;
use hf_store::record::{AuthorityRecord, AuthorityState, COMPLETE, StoredCrl};
use hf_x509::certificate::Certificate;
use hf_x509::crl::CertificateList;
use hf_x509::public_key::PublicKey;

use crate::error::CommandError;

/// A certificate that was issued; it must be for the key that it was asked for.
pub(crate) fn issued(
    answer: &IssuedCertificate,
    key: &PublicKey,
) -> Result<request::IssuedCertificate, CommandError> {
    let certificate = certificate(&answer.certificate)?;
    if certificate.public_key() != key {
        return Err(CommandError::fault("the server answers with a certificate for another key"));
    }
    Ok(request::IssuedCertificate {
        certificate,
        chain: answer.chain.iter().map(|pem| self::certificate(pem)).collect::<Result<_, _>>()?,
        authority: answer.authority.clone(),
        profile: answer.profile.clone(),
        notices: answer.notices.iter().filter_map(finding).collect(),
        existed: answer.existed,
    })
}

fn certificate(pem: &str) -> Result<Certificate, CommandError> {
    Certificate::from_pem(pem)
        .map_err(|error| CommandError::fault("the server answers with what is no certificate").because(error))
}

/// A finding. `None` where its code is none: a server must not be able to make up what is printed as one.
///
/// Codes and labels live as long as the program, because they are written into it everywhere else; here they are kept for
/// the few moments until the command ends.
pub(crate) fn finding(note: &Note) -> Option<Finding> {
    let is_code = |text: &str| {
        let legal = |octet: u8| octet.is_ascii_uppercase() || octet.is_ascii_digit() || octet == b'-';
        text.len() <= 64 && text.len() > 3 && text.starts_with("HF-") && text.bytes().all(legal)
    };
    if !is_code(&note.code) {
        return None;
    }
    let code = FindingCode::new(note.code.clone().leak());
    let make = match note.severity.as_str() {
        "error" => Finding::error,
        "warning" => Finding::warning,
        _ => Finding::notice,
    };
    let mut finding = make(code, note.about.clone(), note.summary.clone());
    for fact in &note.evidence {
        finding = finding.evidence(fact.label.clone().leak(), fact.value.clone());
    }
    for hint in &note.hints {
        finding = finding.hint(hint.clone());
    }
    Some(match &note.rfc {
        Some(clause) => finding.rfc(clause.clone().leak()),
        None => finding,
    })
}

/// The record of an authority. That a certificate in its chain is revoked is in the record of another.
pub(crate) fn authority_record(view: &AuthorityView) -> Result<AuthorityRecord, CommandError> {
    let chain = view.chain.iter().map(|pem| certificate(pem).map(|found| found.der().to_vec()));
    let state = match view.state.as_str() {
        Issuer::REVOKED => Some(AuthorityState::Active),
        state => AuthorityState::ALL.into_iter().find(|known| known.as_str() == state),
    };
    Ok(AuthorityRecord {
        name: view.name.clone(),
        parent: view.parent.clone(),
        chain: chain.collect::<Result<_, _>>()?,
        key: view.key.clone(),
        state: state
            .ok_or_else(|| CommandError::fault("the server knows states of authorities that we do not"))?,
        added_at: Timestamp::from_unix_seconds(0),
    })
}

/// A CRL.
pub(crate) fn crl(authority: &str, der: Vec<u8>) -> Result<StoredCrl, CommandError> {
    let unreadable = || CommandError::fault("the server answers with what is no CRL");
    let list = CertificateList::from_der(der.clone()).map_err(|error| unreadable().because(error))?;
    let number = list.crl_number().ok().flatten().ok_or_else(unreadable)?;
    Ok(StoredCrl {
        authority: authority.to_owned(),
        shard: COMPLETE,
        number: number.to_u64().ok_or_else(unreadable)?,
        this_update: list.this_update(),
        next_update: list.next_update().ok_or_else(unreadable)?,
        up_to: 0,
        entries: list.entry_count() as u64,
        der,
    })
}
