//! Why a handshake did not complete, in words.

use rustls::{AlertDescription, CertificateError, Error};

/// One side of a handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The one that calls.
    Client,
    /// The one that is called.
    Server,
}

/// Why a handshake did not complete.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// Which side ended it and why, in words, lower-case.
    pub(crate) reason: String,
    /// Whether it was the other side's certificate that was not trusted: unknown issuer, wrong signature, wrong name
    /// or wrong purpose. A certificate that is merely expired will be renewed, so that is no lasting refusal.
    pub(crate) untrusted: bool,
    /// How far the connection came.
    pub(crate) stage: Stage,
}

/// How far a connection came that led to no handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nobody is there.
    Unreachable,
    /// The connection broke, or somebody spoke something else than TLS.
    Broken,
    /// One side said no in TLS.
    Tls,
}

impl Refusal {
    pub(super) fn new(side: Side, error: &Error) -> Self {
        Self { reason: reason(side, error), untrusted: is_untrusted(error), stage: Stage::Tls }
    }

    /// Something that is not TLS went wrong.
    pub(super) fn other(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), untrusted: false, stage: Stage::Broken }
    }

    /// There is no connection.
    pub(super) fn unreachable(reason: impl Into<String>) -> Self {
        Self { stage: Stage::Unreachable, ..Self::other(reason) }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what is not about trust in a certificate is not listed")]
fn is_untrusted(error: &Error) -> bool {
    match error {
        Error::InvalidCertificate(problem) => !matches!(
            problem,
            CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }
                | CertificateError::BadEncoding
        ),
        Error::AlertReceived(alert) => matches!(
            alert,
            AlertDescription::UnknownCA
                | AlertDescription::BadCertificate
                | AlertDescription::CertificateUnknown
                | AlertDescription::UnsupportedCertificate
        ),
        _ => false,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "other errors speak for themselves")]
fn reason(side: Side, error: &Error) -> String {
    let (who, whose) = match side {
        Side::Client => ("the client", "the server's certificate"),
        Side::Server => ("the server", "the client's certificate"),
    };
    match error {
        Error::InvalidCertificate(problem) => {
            format!("{who} refused {whose}: {}", certificate_reason(problem))
        }
        Error::NoCertificatesPresented => format!("{who} was shown no certificate"),
        Error::AlertReceived(alert) => format!("{who} received the alert `{}`", alert_name(*alert)),
        other => format!("{who} gave up: {other}"),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "other errors speak for themselves")]
fn certificate_reason(problem: &CertificateError) -> String {
    match problem {
        CertificateError::UnknownIssuer => String::from("it leads to no authority that is trusted here"),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => String::from("it has expired"),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            String::from("it is not valid yet")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            String::from("it does not carry the name that was called")
        }
        CertificateError::BadSignature => String::from("a signature in the chain is wrong"),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            String::from("its extended key usage does not allow this role")
        }
        CertificateError::Revoked => String::from("it is revoked"),
        other => other.to_string(),
    }
}

/// The name of an alert as RFC 8446 section 6 writes it, or its number.
#[expect(clippy::wildcard_enum_match_arm, reason = "other alerts are shown by number")]
fn alert_name(alert: AlertDescription) -> String {
    let name = match alert {
        AlertDescription::UnknownCA => "unknown_ca",
        AlertDescription::BadCertificate => "bad_certificate",
        AlertDescription::CertificateUnknown => "certificate_unknown",
        AlertDescription::CertificateExpired => "certificate_expired",
        AlertDescription::CertificateRevoked => "certificate_revoked",
        AlertDescription::CertificateRequired => "certificate_required",
        AlertDescription::UnsupportedCertificate => "unsupported_certificate",
        AlertDescription::HandshakeFailure => "handshake_failure",
        AlertDescription::ProtocolVersion => "protocol_version",
        AlertDescription::UnrecognisedName => "unrecognized_name",
        AlertDescription::DecryptError => "decrypt_error",
        AlertDescription::AccessDenied => "access_denied",
        AlertDescription::InternalError => "internal_error",
        other => return u8::from(other).to_string(),
    };
    name.to_owned()
}
