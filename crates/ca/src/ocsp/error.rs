//! Why there is no answer.

use std::time::Duration;

use hf_store::StoreError;
use hf_x509::error::X509Error;
use hf_x509::ocsp::ResponseStatus;
use hf_x509::signature::SignatureError;

use super::answer::OcspAnswer;
use crate::error::IssuerUnavailable;
use crate::signer::SignerError;
use crate::signing_clock::ClockJumpedBack;

/// Why there is no answer, for the log; the client gets a status.
#[derive(Debug, thiserror::Error)]
pub enum OcspError {
    /// The request cannot be read.
    #[error("the OCSP request is refused")]
    Request(#[source] X509Error),
    /// Another authority issued what is asked about, or some of it.
    #[error("the OCSP request is about certificates that `{authority}` did not issue")]
    OtherIssuer {
        /// Who was asked.
        authority: String,
    },
    /// The authority cannot sign.
    #[error("the authority cannot sign an OCSP response")]
    Issuer(#[from] IssuerUnavailable),
    /// A delegate is to answer, and there is none.
    #[error("`{authority}` has no OCSP responder certificate")]
    NoDelegate {
        /// For whom it would answer.
        authority: String,
    },
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
    /// The store did not answer in time.
    #[error("the store did not answer within {} seconds", patience.as_secs())]
    StoreLate {
        /// How long it was waited for.
        patience: Duration,
    },
    /// As many answers are being made as may be.
    #[error("{most} OCSP responses are being made already")]
    Busy {
        /// How many that are.
        most: usize,
    },
    /// There is no signature.
    #[error("the OCSP response was not signed")]
    Sign(#[from] SignerError),
    /// The signature is wrong. The response was thrown away.
    #[error("the signature of the OCSP response does not verify")]
    BadSignature(#[source] SignatureError),
    /// The response could not be built.
    #[error("the OCSP response could not be built")]
    Build(#[source] X509Error),
    /// What was to make the answer ended without one.
    #[error("the OCSP response was given up")]
    GivenUp,
}

impl OcspError {
    /// What the client is told.
    pub fn status(&self) -> ResponseStatus {
        match self {
            Self::Request(_) => ResponseStatus::MalformedRequest,
            // RFC 5019 section 2.2.3: the server is not capable of answering, now and later.
            Self::OtherIssuer { .. } | Self::Issuer(IssuerUnavailable::KeyAway { .. }) => {
                ResponseStatus::Unauthorized
            }
            Self::Sign(SignerError::Overloaded(_) | SignerError::Busy { .. } | SignerError::Late { .. })
            | Self::Store(_)
            | Self::StoreLate { .. }
            | Self::Busy { .. }
            | Self::GivenUp
            | Self::NoDelegate { .. } => ResponseStatus::TryLater,
            Self::Issuer(_)
            | Self::Delegate { .. }
            | Self::Clock(_)
            | Self::Sign(SignerError::Key(_) | SignerError::Stopped)
            | Self::BadSignature(_)
            | Self::Build(_) => ResponseStatus::InternalError,
        }
    }

    /// Whether it is the fault of whoever asked.
    pub fn is_of_the_client(&self) -> bool {
        matches!(self, Self::Request(_) | Self::OtherIssuer { .. })
    }

    /// The refusal for the client.
    pub fn answer(&self) -> OcspAnswer {
        OcspAnswer::refusal(self.status())
    }
}
