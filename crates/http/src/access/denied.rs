//! Why somebody may not: the one place where refusals of access become answers.

use hf_core::right::Right;
use hf_proto::api::problem::{Code, Problem};
use hf_store::StoreError;

use super::token::TokenError;

/// Why somebody may not.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// Nobody known asks.
    #[error("nobody known asks")]
    NoCredential,
    /// The header cannot be read.
    #[error("the header `Authorization` cannot be read: expected `Bearer` and one API key or token")]
    Header,
    /// The API key is not accepted. Why is said in the log alone: whoever tries keys learns nothing.
    #[error("the API key is not accepted: {reason}")]
    Key {
        /// Why, for the log.
        reason: &'static str,
    },
    /// The client certificate is not accepted.
    #[error("the client certificate is not accepted: {reason}")]
    Certificate {
        /// Why.
        reason: &'static str,
    },
    /// The token is not accepted.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The credential lacks a right.
    #[error("the credential lacks the right `{right}`")]
    Right {
        /// The right.
        right: Right,
    },
    /// The credential is limited to something else.
    #[error("the credential is limited: {what}")]
    Limit {
        /// To what.
        what: String,
    },
    /// The store failed.
    #[error("the store failed to find the credential")]
    Store(#[source] StoreError),
}

impl Denied {
    /// The answer.
    pub fn problem(&self) -> Problem {
        match self {
            Self::NoCredential => Problem::new(Code::Unauthenticated).hint(
                "send `Authorization: Bearer KEY`, or connect with a client certificate of this trust domain",
            ),
            Self::Header => Problem::new(Code::BadCredential).detail(self.to_string()),
            Self::Key { .. } => Problem::new(Code::BadCredential)
                .detail("the API key is unknown, revoked or expired")
                .hint("make another with `handfast credential create`"),
            Self::Token(TokenError::KeysUnavailable) => Problem::new(Code::TokenKeysUnavailable)
                .detail(self.to_string())
                .hint("the log of the server says why: the provider does not answer, or `[access.NAME]` names another place")
                .retry_after(30),
            Self::Certificate { .. } | Self::Token(_) => {
                Problem::new(Code::BadCredential).detail(self.to_string())
            }
            Self::Right { right } => Problem::new(Code::Forbidden).detail(self.to_string()).hint(format!(
                "an administrator gives `{right}` with `handfast credential create` or in `[access.NAME]`"
            )),
            Self::Limit { .. } => Problem::new(Code::Forbidden).detail(self.to_string()),
            Self::Store(_) => Problem::new(Code::Internal),
        }
    }
}
