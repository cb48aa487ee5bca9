//! From the errors of the crates below to problem documents: the only place of this door where that happens.

use axum::response::Response;
use hf_ca::registration::RegistrationError;
use hf_core::causes::with_causes;
use hf_proto::acme::problem::{Problem, ProblemType};
use http::{HeaderValue, StatusCode, header};
use tokio::task::JoinError;

use super::endpoint::Endpoint;
use super::reply;

/// A problem on its way to whoever asked.
#[derive(Debug)]
pub(super) struct Failure {
    problem: Box<Problem>,
    /// For the log alone.
    inner: Option<String>,
}

impl Failure {
    /// A fault of ours: its text goes to the log, one neutral sentence to whoever asked.
    pub(super) fn internal(error: &dyn std::error::Error) -> Self {
        Self { problem: Box::new(Problem::internal()), inner: Some(with_causes(error)) }
    }

    /// The word of its type, for metrics.
    pub(super) fn word(&self) -> &'static str {
        self.problem.kind.as_str()
    }

    /// As it goes out, after the log has it.
    pub(super) fn into_response(self, endpoint: Endpoint) -> Response {
        let Self { problem, inner } = self;
        if let Some(inner) = inner {
            let cause = inner.escape_debug().to_string();
            tracing::error!(?endpoint, kind = problem.kind.as_str(), cause, "failed");
        } else {
            tracing::info!(?endpoint, kind = problem.kind.as_str(), detail = problem.detail, "refused");
        }
        let mut response = reply::problem(&problem);
        if response.status() == StatusCode::METHOD_NOT_ALLOWED {
            let methods = HeaderValue::from_static(endpoint.row().opening.methods());
            response.headers_mut().insert(header::ALLOW, methods);
        }
        match (problem.kind, &problem.instance) {
            (ProblemType::UserActionRequired, Some(terms)) => {
                reply::add_link(response.headers_mut(), terms, "terms-of-service");
            }
            (ProblemType::RateLimited, _) => {
                let help = "https://www.rfc-editor.org/rfc/rfc8555#section-6.6";
                reply::add_link(response.headers_mut(), help, "help");
            }
            _ => {}
        }
        response
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), inner: None }
    }
}

impl From<RegistrationError> for Failure {
    fn from(error: RegistrationError) -> Self {
        let inner = error.is_fault().then(|| with_causes(&error));
        Self { problem: Box::new(error.problem()), inner }
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        Self::internal(&error)
    }
}
