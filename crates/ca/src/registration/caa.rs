//! CAA, RFC 8659: whether the records of a name allow this authority to certify it. They are asked for when the name is proven,
//! and again before its certificate when that was long ago.

use hf_core::name::Identifier;
use hf_core::time::Timestamp;
use hf_proto::acme::authorization::Authorization;
use hf_proto::acme::caa::{self, CaaIssuer, CaaQuestion};
use hf_proto::acme::identifier::Target;
use hf_proto::acme::problem::Problem;
use hf_proto::acme::validation::{ValidationOutcome, ValidationTask};

use super::error::RegistrationError;
use super::orders::{PlacedOrder, bare};
use super::{Registration, Setup};

/// One look at the world: at the challenge, and when it is met at the records of its name.
pub(super) async fn attempt(setup: &Setup, task: &ValidationTask) -> ValidationOutcome {
    let outcome = setup.validator.validate(task).await;
    if outcome != ValidationOutcome::Valid {
        return outcome;
    }
    let target = Target { identifier: task.identifier.clone(), wildcard: task.wildcard };
    let questions: Vec<CaaQuestion> = CaaQuestion::of(&target, Some(task.kind)).into_iter().collect();
    // Shell clients read the error of a challenge with regular expressions: it says all in one sentence.
    let flat = |problem: Problem| Problem { subproblems: Vec::new(), ..problem };
    match ask(setup, &questions, &task.account_url).await {
        ValidationOutcome::Valid => ValidationOutcome::Valid,
        ValidationOutcome::Failed(problem) => ValidationOutcome::Failed(flat(problem)),
        ValidationOutcome::Retry(problem) => ValidationOutcome::Retry(flat(problem)),
    }
}

/// What the records say, where the authority asks for them. That they are not known may pass; what they say stays.
async fn ask(setup: &Setup, questions: &[CaaQuestion], account_url: &str) -> ValidationOutcome {
    let identities = &setup.settings.caa;
    if identities.is_empty() || questions.is_empty() {
        return ValidationOutcome::Valid;
    }
    let answers = setup.validator.caa(&caa::names(questions)).await;
    match caa::judge_all(questions, &answers, CaaIssuer { identities, account_url }) {
        Ok(()) => ValidationOutcome::Valid,
        Err(problem) if answers.values().any(Result::is_err) => ValidationOutcome::Retry(problem),
        Err(problem) => ValidationOutcome::Failed(problem),
    }
}

impl Registration {
    /// That CAA records still allow the names of an order: those are asked for again whose answer is too old.
    ///
    /// A refusal counts as a failed proof of the name, so that nobody has the same question asked again and again.
    pub(super) async fn check_caa(&self, placed: &PlacedOrder) -> Result<(), RegistrationError> {
        let (now, setup) = (self.now(), self.setup());
        if setup.settings.caa.is_empty() {
            return Ok(());
        }
        let terms = &placed.order.terms;
        let questions: Vec<CaaQuestion> =
            terms.identifiers.iter().filter_map(|name| question(placed, name, now)).collect();
        if questions.is_empty() {
            return Ok(());
        }
        let account = terms.account.to_string();
        self.limits().check_failures(&account, &bare(&terms.identifiers), now)?;
        match ask(&setup, &questions, &setup.urls.account(&terms.account)).await {
            ValidationOutcome::Valid => Ok(()),
            ValidationOutcome::Failed(problem) | ValidationOutcome::Retry(problem) => {
                for question in &questions {
                    self.limits().failed(&account, &Identifier::Dns(question.name.clone()), self.now());
                }
                Err(problem.into())
            }
        }
    }
}

/// What has to be asked about a name of an order.
fn question(placed: &PlacedOrder, name: &Identifier, now: Timestamp) -> Option<CaaQuestion> {
    let target = Target::of(name);
    let authorization = placed.authorizations.iter().find(|one| one.target() == target);
    let fresh = authorization.is_some_and(|one| caa::is_fresh(one.caa_checked_at, now));
    if fresh { None } else { CaaQuestion::of(&target, authorization.and_then(Authorization::method)) }
}
