//! What the listener turns away before an endpoint sees it, as ACME states problems.

use std::sync::Arc;

use hf_proto::acme::problem::{Problem, ProblemType};

use super::PATH;
use super::door::Door;
use crate::limits::RetryAfter;
use crate::server::{Refusal, Wording};

/// The [`Wording`] of a listener with this door: its own words for its paths, those of `others` for the rest.
pub fn wording(door: Arc<Door>, others: Wording) -> Wording {
    Arc::new(move |turned_away| {
        let below = turned_away.path.strip_prefix(PATH);
        if below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
            return door.refuse(&problem(turned_away.refusal));
        }
        others(turned_away)
    })
}

fn problem(refusal: &Refusal) -> Problem {
    let kind = match refusal {
        Refusal::TooMany { .. } => ProblemType::RateLimited,
        Refusal::Overloaded { .. } | Refusal::AnswerTooSlow { .. } | Refusal::Fault => {
            ProblemType::ServerInternal
        }
        Refusal::Host
        | Refusal::UriTooLong { .. }
        | Refusal::BodyTooLarge { .. }
        | Refusal::BodyTooSlow { .. }
        | Refusal::BodyBroken => ProblemType::Malformed,
    };
    let problem = Problem::new(kind, refusal.sentence()).status(refusal.status().as_u16());
    match refusal.retry().map(RetryAfter::seconds) {
        Some(seconds) => problem.retry_after(seconds),
        None => problem,
    }
}
