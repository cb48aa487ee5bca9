//! What a server answers, as what the user is told.

use hf_client::api::ApiError;
use hf_proto::api::problem::{Code, Problem};

use super::finding;
use crate::error::CommandError;

/// `what` was not done; why.
pub(crate) fn refusal(what: &str, error: ApiError) -> CommandError {
    match error {
        ApiError::Problem { problem } => of_problem(what, &problem),
        error @ (ApiError::Http { .. } | ApiError::Answer { .. }) => CommandError::fault(what).because(error),
        error @ (ApiError::NoTls { .. } | ApiError::InTheClear { .. } | ApiError::Unsendable { .. }) => {
            CommandError::refused(what).because(error)
        }
    }
}

/// The server's own words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

fn of_problem(what: &str, problem: &Problem) -> CommandError {
    let mut error =
        if problem.status >= 500 { CommandError::fault(what) } else { CommandError::refused(what) };
    // The findings say more than the sentence that sums them up.
    if problem.findings.is_empty() {
        let detail = problem.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
        error = error.because(Said(format!("{}{detail}", problem.title)));
    }
    error = error.findings(problem.findings.iter().filter_map(finding).collect());
    for hint in &problem.hints {
        error = error.hint(hint.clone());
    }
    if let Some(seconds) = problem.retry_after {
        error = error.hint(format!("try again in {seconds} s"));
    }
    if let Some(request) = problem.request.as_ref().filter(|_| problem.code == Code::Internal) {
        error = error.hint(format!("the log of the server has more, under the request {request}"));
    }
    error
}
