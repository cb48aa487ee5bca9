//! What `check` reports, counted per pair of instances and direction.

use hf_core::finding::Finding;
use serde::Serialize;

use crate::expect::{Expectation, Pair};

/// The outcome of `check`.
///
/// As JSON: `{"links":{"declared","proven","failed"},"refusals":{"expected","refused","leaked"},"details":[…]}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Declared links.
    pub links: LinkCounts,
    /// Refusals that the trust model promises.
    pub refusals: RefusalCounts,
    /// Every pair that was looked at, in the order of the file.
    pub details: Vec<Detail>,
}

/// Declared links by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LinkCounts {
    /// All of them.
    pub declared: usize,
    /// Those that work.
    pub proven: usize,
    /// Those that do not.
    pub failed: usize,
}

/// Promised refusals by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RefusalCounts {
    /// All of them.
    pub expected: usize,
    /// Those that were refused.
    pub refused: usize,
    /// Those that were not: somebody trusts too much.
    pub leaked: usize,
}

/// One pair of instances, one direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// The instance that opens the connection.
    pub client: String,
    /// The instance that accepts it.
    pub server: String,
    /// What the file promises.
    pub expected: Expectation,
    /// What happened.
    pub outcome: Outcome,
    /// How it was looked at.
    pub method: Method,
    /// What was noticed: why a link failed, why a refusal leaked, how to separate two that are not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// What happened to a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// A declared link works.
    Proven,
    /// A declared link does not work.
    Failed,
    /// A promised refusal happened.
    Refused,
    /// A promised refusal did not happen.
    Leaked,
    /// Not declared, and the trust model does not forbid it.
    NotSeparated,
}

/// How a pair was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A whole mutual TLS handshake in memory, with the files as written.
    Handshake,
    /// Path validation of each side's chain with the other side's anchors: where a key is not ours to use.
    PathValidation,
    /// A connection to the address in the file.
    Live,
    /// By the declaration alone.
    Declaration,
}

/// What an attempt gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Both sides accepted each other.
    Accepted,
    /// At least one side refused the other's certificate, for these reasons.
    Refused(Vec<Finding>),
    /// It could not be tried, or ended for another reason than a certificate: proves neither link nor refusal.
    Broken(Vec<Finding>),
}

impl CheckReport {
    /// Count a pair and what an attempt at it gave. A broken attempt counts as a failed link, and as a leak where a refusal
    /// was expected, because nothing was proven.
    pub fn record(&mut self, pair: &Pair<'_>, method: Method, attempt: Attempt) {
        let (outcome, findings) = match (&pair.expectation, attempt) {
            (Expectation::Link, Attempt::Accepted) => (Outcome::Proven, Vec::new()),
            (Expectation::Link, Attempt::Refused(why) | Attempt::Broken(why)) => (Outcome::Failed, why),
            (Expectation::Refusal { .. }, Attempt::Refused(_)) => (Outcome::Refused, Vec::new()),
            (Expectation::Refusal { .. }, Attempt::Accepted) => (Outcome::Leaked, vec![pair.leak()]),
            (Expectation::Refusal { .. }, Attempt::Broken(why)) => (Outcome::Leaked, why),
            (Expectation::NotSeparated, _) => (Outcome::NotSeparated, vec![pair.not_separated()]),
        };
        self.count(outcome);
        self.details.push(Detail {
            client: pair.client.instance.name.clone(),
            server: pair.server.instance.name.clone(),
            expected: pair.expectation.clone(),
            outcome,
            method,
            findings,
        });
    }

    /// Whether every declared link works and every promised refusal happened.
    pub fn is_good(&self) -> bool {
        self.links.failed == 0 && self.refusals.leaked == 0
    }

    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Proven => {
                self.links.declared += 1;
                self.links.proven += 1;
            }
            Outcome::Failed => {
                self.links.declared += 1;
                self.links.failed += 1;
            }
            Outcome::Refused => {
                self.refusals.expected += 1;
                self.refusals.refused += 1;
            }
            Outcome::Leaked => {
                self.refusals.expected += 1;
                self.refusals.leaked += 1;
            }
            Outcome::NotSeparated => {}
        }
    }
}
