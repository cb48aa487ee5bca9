//! Why there is no new authority.

use hf_core::finding::Finding;
use hf_keys::error::KeyError;
use hf_keys::signing_key::SignError;
use hf_store::StoreError;
use hf_x509::csr::CsrError;
use hf_x509::error::X509Error;

use crate::error::IssueError;
use crate::key_directory::KeyDirectoryError;

/// Why an authority was not created, imported or changed.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The name cannot be used.
    #[error("`{found}` cannot name an authority: expected 1 to 64 lower-case letters, digits and hyphens")]
    Name {
        /// The name.
        found: String,
    },
    /// The name is taken.
    #[error("there is an authority `{name}` already")]
    Exists {
        /// The name.
        name: String,
    },
    /// There is none of this name.
    #[error("there is no authority `{name}`")]
    Unknown {
        /// The name.
        name: String,
    },
    /// Its key is that of another authority.
    #[error("its key is that of authority `{name}`")]
    Known {
        /// The other one.
        name: String,
    },
    /// The authority does not wait for a certificate.
    #[error("authority `{name}` does not wait for a certificate: it is {state}")]
    NotPending {
        /// The name.
        name: String,
        /// Its state.
        state: &'static str,
    },
    /// No key could be made.
    #[error("no private key could be made")]
    Key(#[source] KeyError),
    /// The key could not be kept or read.
    #[error(transparent)]
    KeyDirectory(#[from] KeyDirectoryError),
    /// The signing request could not be built.
    #[error("the signing request could not be built")]
    Request(#[source] X509Error),
    /// The key did not sign its own request.
    #[error("the key did not sign its own request")]
    Sign(#[source] SignError),
    /// The request that was made is not accepted.
    #[error("the signing request just made is not accepted")]
    OwnRequest(#[source] CsrError),
    /// The certificate was not issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// Certificate, chain and key do not fit together.
    #[error("certificate, chain and key of authority `{name}` do not fit together")]
    Unfit {
        /// The name.
        name: String,
        /// What does not fit.
        findings: Vec<Finding>,
    },
    /// The store failed.
    #[error("the store failed to {step}")]
    Store {
        /// What was to be read or recorded.
        step: &'static str,
        /// What the store said.
        #[source]
        source: StoreError,
    },
}

impl CreateError {
    /// A failure of the store while it was to do `step`.
    pub(crate) fn store(step: &'static str, source: StoreError) -> Self {
        Self::Store { step, source }
    }

    /// The findings behind the error; empty where there are none.
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Issue(error) => error.findings(),
            Self::Unfit { findings, .. } => findings,
            Self::Name { .. }
            | Self::Exists { .. }
            | Self::Unknown { .. }
            | Self::Known { .. }
            | Self::NotPending { .. }
            | Self::Key(_)
            | Self::KeyDirectory(_)
            | Self::Request(_)
            | Self::Sign(_)
            | Self::OwnRequest(_)
            | Self::Store { .. } => &[],
        }
    }
}
