//! Why a registration did not do what it was asked.

use hf_core::random::RandomUnavailable;
use hf_proto::acme::problem::{Problem, ProblemType};
use hf_store::StoreError;

/// Why nothing came of a request.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The client can mend it, or has to accept it.
    #[error(transparent)]
    Problem(Box<Problem>),
    /// The store failed.
    #[error("the store failed to {step}")]
    Store {
        /// What was to be read or recorded.
        step: &'static str,
        /// What the store said.
        #[source]
        source: StoreError,
    },
    /// What the store has cannot be read.
    #[error("the record of ACME {kind} `{id}` cannot be read")]
    Record {
        /// What kind of record.
        kind: &'static str,
        /// Its identifier.
        id: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// Somebody else changed the record again and again.
    #[error("ACME {kind} `{id}` was changed by others at the same time, again and again")]
    Contended {
        /// What kind of record.
        kind: &'static str,
        /// Its identifier.
        id: String,
    },
    /// The record of a certificate cannot be read.
    #[error("a certificate on record cannot be read")]
    Certificate(#[source] hf_x509::error::X509Error),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] RandomUnavailable),
}

impl RegistrationError {
    /// What the client is told. The cause of a fault of ours stays here.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => problem.as_ref().clone(),
            Self::Store { source, .. } if source.is_passing() => {
                Problem::new(ProblemType::ServerInternal, "the server cannot record anything now")
                    .status(503)
                    .retry_after(5)
            }
            Self::Contended { .. } => {
                Problem::new(ProblemType::ServerInternal, "the resource is being changed by another request")
                    .status(503)
                    .retry_after(1)
            }
            Self::Store { .. } | Self::Record { .. } | Self::Certificate(_) | Self::Random(_) => {
                Problem::internal()
            }
        }
    }

    /// Whether it is a fault of ours, which belongs into the log.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::Problem(_))
    }
}

impl From<Problem> for RegistrationError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// A failure of the store while it was to do `step`.
pub(super) fn failed(step: &'static str) -> impl Fn(StoreError) -> RegistrationError {
    move |source| RegistrationError::Store { step, source }
}
