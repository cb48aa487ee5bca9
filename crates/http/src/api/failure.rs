//! From the errors of the crates below to problems: the only place of this door where that happens.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hf_ca::crl::CrlError;
use hf_ca::error::{IssueError, IssuerUnavailable};
use hf_ca::renew::RenewError;
use hf_ca::revoke::RevokeError;
use hf_ca::signer::SignerError;
use hf_core::causes::with_causes;
use hf_proto::api::json::JsonError;
use hf_proto::api::problem::{Code, MEDIA_TYPE, Problem};
use hf_store::StoreError;
use hf_x509::csr::CsrError;

use crate::access::credential::CredentialError;
use crate::access::denied::Denied;
use crate::peer::RequestId;

/// A problem on its way to whoever asked.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    problem: Box<Problem>,
    /// For the log alone.
    inner: Option<String>,
}

impl Failure {
    /// A fault of ours: its text goes to the log, one neutral sentence to whoever asked.
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        Self { problem: Box::new(Problem::new(Code::Internal)), inner: Some(with_causes(error)) }
    }

    /// Something in the request that cannot be read.
    pub(crate) fn malformed(detail: impl AsRef<str>) -> Self {
        Problem::new(Code::Malformed).detail(detail).into()
    }

    /// The stable code, for metrics.
    pub(crate) fn code(&self) -> &'static str {
        self.problem.code.as_str()
    }

    /// Fill in the response, and log it.
    pub(super) fn write(mut self, response: &mut Response, id: Option<&RequestId>) {
        self.problem.request = id.map(ToString::to_string);
        if let Some(inner) = &self.inner {
            tracing::error!(code = self.code(), cause = inner.escape_debug().to_string(), "failed");
        } else {
            let detail = self.problem.detail.as_deref().unwrap_or_default();
            tracing::info!(code = self.code(), detail, "refused");
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.remove(header::CONTENT_LENGTH);
        if let Some(seconds) = self.problem.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.problem.status == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"handfast\""));
        }
        *response.body_mut() = Body::from(self.problem.to_json());
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), inner: None }
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        let mut failure = Self::from(denied.problem());
        match &denied {
            Denied::Store(error) => failure.inner = Some(with_causes(error)),
            Denied::Key { reason } => tracing::info!(reason, "an API key was not accepted"),
            Denied::NoCredential
            | Denied::Header
            | Denied::Certificate { .. }
            | Denied::Token(_)
            | Denied::Right { .. }
            | Denied::Limit { .. } => {}
        }
        failure
    }
}

impl From<JsonError> for Failure {
    fn from(error: JsonError) -> Self {
        Self::malformed(error.to_string())
    }
}

impl From<CsrError> for Failure {
    fn from(error: CsrError) -> Self {
        Problem::new(Code::BadRequest).detail(with_causes(&error)).into()
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            let problem =
                Problem::new(Code::Overloaded).detail("the store cannot record anything now").retry_after(5);
            return Self { problem: Box::new(problem), inner: Some(with_causes(&error)) };
        }
        Self::internal(&error)
    }
}

impl From<IssueError> for Failure {
    fn from(error: IssueError) -> Self {
        let later = error.retry_after().map_or(1, |after| after.as_secs());
        match error {
            IssueError::Refused { findings } => Problem::new(Code::Refused).findings(&findings).into(),
            IssueError::UnknownProfile { .. } => {
                Problem::new(Code::NotFound).detail(error.to_string()).into()
            }
            IssueError::Issuer(error) => error.into(),
            IssueError::InProgress { .. } => {
                Problem::new(Code::InProgress).detail(error.to_string()).retry_after(later).into()
            }
            IssueError::DifferentRequest { .. } => Problem::new(Code::Conflict)
                .detail("another request, with another key or other names, had this `Idempotency-Key`")
                .into(),
            IssueError::Store { source: StoreError::KeyBlocked { .. }, .. } => Problem::new(Code::Refused)
                .detail("the key is blocked: it was reported as compromised")
                .hint("make a new key")
                .into(),
            IssueError::Store { source, .. } => source.into(),
            IssueError::Overloaded(_) => {
                Problem::new(Code::Overloaded).detail(error.to_string()).retry_after(later).into()
            }
            IssueError::Sign { ref source, .. } => signer(source, &error, later),
            IssueError::Unlogged { .. } => Self {
                problem: Box::new(
                    Problem::new(Code::AuthorityUnavailable)
                        .detail("a log of certificate transparency gave no timestamp")
                        .retry_after(later),
                ),
                inner: Some(with_causes(&error)),
            },
            IssueError::Clock(_)
            | IssueError::NoLogs { .. }
            | IssueError::Lint { .. }
            | IssueError::Build(_)
            | IssueError::Random(_)
            | IssueError::Stale { .. }
            | IssueError::Broken { .. } => Self::internal(&error),
        }
    }
}

/// A signer that has too much to do is asked again later; one that fails is our fault.
fn signer(cause: &SignerError, error: &dyn std::error::Error, later: u64) -> Failure {
    match cause {
        SignerError::Key(_) => Failure::internal(error),
        SignerError::Overloaded(_)
        | SignerError::Busy { .. }
        | SignerError::Late { .. }
        | SignerError::Stopped => {
            Problem::new(Code::Overloaded).detail(cause.to_string()).retry_after(later).into()
        }
    }
}

impl From<IssuerUnavailable> for Failure {
    fn from(error: IssuerUnavailable) -> Self {
        match &error {
            IssuerUnavailable::Unknown { .. } => {
                Problem::new(Code::NotFound).detail(error.to_string()).into()
            }
            IssuerUnavailable::Unfit { findings, .. } => Problem::new(Code::AuthorityUnavailable)
                .detail(error.to_string())
                .findings(findings)
                .retry_after(60)
                .into(),
            IssuerUnavailable::Pending { .. }
            | IssuerUnavailable::Retired { .. }
            | IssuerUnavailable::KeyAway { .. }
            | IssuerUnavailable::NotValidNow { .. }
            | IssuerUnavailable::Revoked { .. } => {
                Problem::new(Code::AuthorityUnavailable).detail(error.to_string()).retry_after(60).into()
            }
        }
    }
}

impl From<RenewError> for Failure {
    fn from(error: RenewError) -> Self {
        match error {
            RenewError::Issue(error) => error.into(),
            RenewError::Store(error) => error.into(),
            RenewError::Unknown { .. } => Problem::new(Code::NotFound).detail(error.to_string()).into(),
            RenewError::Blocked { .. } => Problem::new(Code::BadProof).detail(error.to_string()).into(),
            RenewError::ByAcme { .. } => Problem::new(Code::Forbidden)
                .detail(error.to_string())
                .hint("renew it by ACME, which proves its names again, or with a credential that has the right `renew`")
                .into(),
            RenewError::State { .. }
            | RenewError::OtherNames { .. }
            | RenewError::OtherSubject { .. }
            | RenewError::SameKey => Problem::new(Code::Conflict).detail(error.to_string()).into(),
            RenewError::Unreadable(_) => Self::internal(&error),
        }
    }
}

impl From<RevokeError> for Failure {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::Store { source, .. } => source.into(),
            RevokeError::Unknown { .. } => Problem::new(Code::NotFound).detail(error.to_string()).into(),
            RevokeError::OtherCertificate { .. } | RevokeError::Reason { .. } | RevokeError::Root { .. } => {
                Problem::new(Code::Conflict).detail(error.to_string()).into()
            }
        }
    }
}

impl From<CrlError> for Failure {
    fn from(error: CrlError) -> Self {
        match error {
            CrlError::Issuer(error) => error.into(),
            CrlError::Store { source, .. } => source.into(),
            CrlError::Sign { ref source, .. } => signer(source, &error, 1),
            CrlError::UnknownShard { .. } | CrlError::OtherKey { .. } => {
                Problem::new(Code::NotFound).detail(error.to_string()).into()
            }
            CrlError::Clock(_)
            | CrlError::Build(_)
            | CrlError::Lint { .. }
            | CrlError::BadSignature { .. } => Self::internal(&error),
        }
    }
}

impl From<CredentialError> for Failure {
    fn from(error: CredentialError) -> Self {
        match error {
            CredentialError::Store(error) => error.into(),
            CredentialError::Random(error) => Self::internal(&error),
            CredentialError::Name
            | CredentialError::NoRights
            | CredentialError::TooMany
            | CredentialError::Pattern { .. }
            | CredentialError::Unknown { .. } => Self::malformed(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hf_ca::transparency::{LogError, LogFault};

    use super::*;

    #[test]
    fn which_log_gave_no_timestamp_is_for_the_operator_alone() {
        let fault = LogFault::Late { after: Duration::from_secs(10) };
        let error = IssueError::Unlogged {
            authority: "services".to_owned(),
            serial: "7f".parse().unwrap(),
            source: Box::new(LogError { log: "http://ct.shop.internal".to_owned(), fault }),
        };
        let failure = Failure::from(error);
        assert_eq!((failure.problem.status, failure.problem.retry_after), (503, Some(30)));
        assert!(!serde_json::to_string(&failure.problem).unwrap().contains("ct.shop.internal"));
        assert!(
            failure
                .inner
                .unwrap()
                .contains("log `http://ct.shop.internal`: it did not answer within 10 seconds")
        );
    }
}
