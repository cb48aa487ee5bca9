//! What a server answers, as what the user is told.

use std::error::Error;
use std::io;

use hf_client::api::ApiError;
use hf_client::http::HttpError;
use hf_proto::api::problem::{Code, Problem};

use super::finding;
use crate::error::CommandError;

/// `what` was not done; why.
pub(crate) fn refusal(what: &str, error: ApiError) -> CommandError {
    match error {
        ApiError::Problem { problem } => of_problem(what, &problem),
        ApiError::Http { server, source } => of_http(what, server, source),
        // So says a proxy in front of a server that is not there.
        error @ ApiError::Answer { status: 429 | 502..=504, .. } => {
            CommandError::unavailable(what).because(error)
        }
        error @ ApiError::Answer { .. } => CommandError::fault(what).because(error),
        error @ (ApiError::NoTls { .. } | ApiError::InTheClear { .. } | ApiError::Unsendable { .. }) => {
            CommandError::refused(what).because(error)
        }
    }
}

/// There is no answer: one may come later, unless something is wrong with what was asked for.
fn of_http(what: &str, server: String, source: HttpError) -> CommandError {
    let error = match (tls_fault(&source), &source) {
        // The second when an authority of the same name, with another key, is trusted.
        (
            Some(rustls::Error::InvalidCertificate(
                rustls::CertificateError::UnknownIssuer | rustls::CertificateError::BadSignature,
            )),
            _,
        ) => CommandError::refused(what)
            .hint("name the roots under which the server is trusted: `--roots FILE`"),
        (Some(_), _) | (None, HttpError::Host) => CommandError::refused(what),
        (None, HttpError::Connect { .. } | HttpError::ConnectTimeout { .. }) => {
            CommandError::unavailable(what).hint("is the server running, and is the address right?")
        }
        (None, HttpError::Exchange(error)) if error.is_parse() => {
            CommandError::refused(what).hint("what answers there speaks no HTTP: is the address right?")
        }
        (
            None,
            HttpError::Tls { .. } | HttpError::Timeout { .. } | HttpError::Exchange(_) | HttpError::Broken(_),
        ) => CommandError::unavailable(what),
        (None, HttpError::Body { .. }) => CommandError::fault(what),
    };
    error.because(ApiError::Http { server, source })
}

/// What TLS found wrong with one side, wherever in the chain of causes: it is wrong the next time as well.
fn tls_fault<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // An error of the system keeps what it was made of to itself when it is asked for its cause.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// The server's own words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(String);

fn of_problem(what: &str, problem: &Problem) -> CommandError {
    let mut error = match problem.status {
        // Too many requests, and no time or no disk: what the server answers while it may do it later.
        429 | 503 => CommandError::unavailable(what),
        500.. => CommandError::fault(what),
        _ => CommandError::refused(what),
    };
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
