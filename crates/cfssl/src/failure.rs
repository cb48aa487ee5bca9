//! Errors of the crates below as CFSSL tells them: a code, and a text that says what was expected and what was found.

use std::error::Error;
use std::fmt::Write as _;

use hf_ca::create::CreateError;
use hf_ca::error::IssueError;
use hf_core::finding::{Finding, Severity};
use hf_keys::error::KeyError;
use hf_proto::cfssl::code::{CfsslError, ErrorKind};
use hf_store::StoreError;
use hf_x509::csr::CsrError;
use hf_x509::error::X509Error;
use hf_x509::pem::PemError;

/// The text of an error with those behind it, each once.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        behind = error.source();
    }
    text
}

/// With the text of the error behind the canonical message.
pub(crate) fn because(kind: ErrorKind, error: &dyn Error) -> CfsslError {
    CfsslError::wrap(kind, format!("{}: {}", kind.message(), chain(error)))
}

/// With a text of ours behind the canonical message.
pub(crate) fn saying(kind: ErrorKind, text: impl std::fmt::Display) -> CfsslError {
    CfsslError::wrap(kind, format!("{}: {text}", kind.message()))
}

/// A certificate that cannot be read.
pub(crate) fn certificate(error: &X509Error) -> CfsslError {
    match error {
        X509Error::Pem(PemError::NotOne { .. }) => {
            CfsslError::wrap(ErrorKind::CertificateParse, "the PEM file should contain only one object")
        }
        X509Error::Pem(_) => because(ErrorKind::CertificateDecode, error),
        X509Error::Syntax { .. }
        | X509Error::Extension { .. }
        | X509Error::DuplicateExtension { .. }
        | X509Error::Name { .. }
        | X509Error::Serial(_)
        | X509Error::Validity(_)
        | X509Error::Build(_) => because(ErrorKind::CertificateParse, error),
    }
}

/// A request that cannot be read, or whose own signature is wrong.
pub(crate) fn csr(error: &CsrError) -> CfsslError {
    match error {
        CsrError::Pem(_) => because(ErrorKind::CsrDecode, error),
        CsrError::Syntax(_) => because(ErrorKind::CsrParse, error),
        CsrError::Signature(_) | CsrError::TooManyNames { .. } | CsrError::Extension(_) => {
            because(ErrorKind::CsrBadRequest, error)
        }
    }
}

/// A private key that cannot be read, with the command that mends it if there is one.
pub(crate) fn key(error: &KeyError) -> CfsslError {
    let mut told = key_alone(error);
    if let Some(hint) = error.hint() {
        told.message.push_str("; ");
        told.message.push_str(&hint);
    }
    told
}

fn key_alone(error: &KeyError) -> CfsslError {
    match error {
        KeyError::PassphraseMissing | KeyError::LegacyEncryption { .. } => {
            because(ErrorKind::KeyEncrypted, error)
        }
        KeyError::Pem(_) | KeyError::NoPrivateKey { .. } | KeyError::SeveralPrivateKeys { .. } => {
            because(ErrorKind::KeyDecode, error)
        }
        KeyError::UnsupportedAlgorithm { .. } => because(ErrorKind::KeyAlgorithm, error),
        KeyError::Unavailable { .. } => because(ErrorKind::KeyGeneration, error),
        KeyError::TooLarge { .. }
        | KeyError::Der(_)
        | KeyError::UnknownForm
        | KeyError::PassphraseEmpty
        | KeyError::PassphraseWrong
        | KeyError::UnsupportedEncryption { .. }
        | KeyError::DerivationTooCostly { .. }
        | KeyError::Inconsistent { .. }
        | KeyError::PublicKeyMismatch => because(ErrorKind::KeyParse, error),
    }
}

/// The store of the authority failed.
pub(crate) fn store(error: &StoreError) -> CfsslError {
    because(ErrorKind::StoreUnknown, error)
}

/// No certificate was issued.
pub(crate) fn issue(error: &IssueError) -> CfsslError {
    match error {
        IssueError::Refused { findings } | IssueError::Lint { findings } => refused(findings),
        IssueError::UnknownProfile { .. } => because(ErrorKind::PolicyUnknownProfile, error),
        IssueError::Issuer(_)
        | IssueError::Clock(_)
        | IssueError::Overloaded(_)
        | IssueError::Sign { .. }
        | IssueError::Broken { .. } => because(ErrorKind::KeyUnavailable, error),
        IssueError::Unlogged { .. } => because(ErrorKind::CtSubmission, error),
        IssueError::NoLogs { .. } => because(ErrorKind::CtClient, error),
        IssueError::Build(_) => because(ErrorKind::CertificateBadRequest, error),
        IssueError::Store { .. } => because(ErrorKind::StoreInsertion, error),
        IssueError::Random(_)
        | IssueError::Stale { .. }
        | IssueError::InProgress { .. }
        | IssueError::DifferentRequest { .. } => because(ErrorKind::CertificateUnknown, error),
    }
}

/// No authority was made.
pub(crate) fn create(error: &CreateError) -> CfsslError {
    match error {
        CreateError::Issue(inner) => issue(inner),
        CreateError::Unfit { findings, .. } => {
            let mismatch = findings.iter().any(|finding| finding.code.as_str() == "HF-ISSUER-OTHER-KEY");
            let kind =
                if mismatch { ErrorKind::KeyMismatch } else { ErrorKind::CertificateNotAuthorizedToSign };
            saying(kind, list(findings))
        }
        CreateError::Key(inner) => key(inner),
        CreateError::Store { .. } => because(ErrorKind::StoreUnknown, error),
        CreateError::Name { .. }
        | CreateError::Exists { .. }
        | CreateError::Unknown { .. }
        | CreateError::Known { .. }
        | CreateError::NotPending { .. }
        | CreateError::KeyDirectory(_)
        | CreateError::Request(_)
        | CreateError::Sign(_)
        | CreateError::OwnRequest(_) => because(ErrorKind::CertificateUnknown, error),
    }
}

/// What policy refuses: the code of the first refusal that CFSSL has one for.
fn refused(findings: &[Finding]) -> CfsslError {
    let kind = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .find_map(|finding| match finding.code.as_str() {
            "HF-POLICY-NAME-REGEX" => Some(ErrorKind::PolicyWhitelist),
            code if code.starts_with("HF-POLICY-EXTENSION") => Some(ErrorKind::CertificateBadRequest),
            "HF-POLICY-SERIAL-MISSING" => Some(ErrorKind::CertificateMissingSerial),
            _ => None,
        })
        .unwrap_or(ErrorKind::PolicyInvalidRequest);
    saying(kind, list(findings))
}

/// The errors among the findings in one sentence; all of them where a profile stops at milder ones.
fn list(findings: &[Finding]) -> String {
    let is_error = |finding: &&Finding| finding.severity == Severity::Error;
    let milder = !findings.iter().any(|finding| is_error(&finding));
    let told = findings.iter().filter(|finding| milder || is_error(finding));
    told.map(sentence).collect::<Vec<_>>().join("; ")
}

/// A finding, with what was expected and what was found.
pub(crate) fn sentence(finding: &Finding) -> String {
    let mut text = format!("{} (`{}`, {})", finding.summary, finding.about, finding.code);
    let fact = |label| finding.evidence.iter().find(|fact| fact.label == label);
    if let (Some(expected), Some(found)) = (fact("expected"), fact("found")) {
        let _ = write!(text, ": expected {}, found {}", expected.value, found.value);
    }
    text
}

/// Settings that cannot be used.
pub(crate) fn invalid(kind: ErrorKind, findings: &[Finding]) -> CfsslError {
    saying(kind, list(findings))
}
