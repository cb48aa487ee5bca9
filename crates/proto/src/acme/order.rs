//! Orders, RFC 8555 section 7.1.3 and 7.1.6: names, on their way to a certificate.
//!
//! ```text
//! pending --all authorized--> ready --finalize--> processing --issued--> valid
//!    |                          |  ^------refused------/ |
//!    +--authorization over, ----+                        | failed
//!       or its time over        v                        v
//!                             invalid <------------------+
//! ```
//!
//! Pending, ready, and invalid by lapse of time or by an authorization are computed from the authorizations; only what
//! a finalize changes is recorded. What the authority refuses before anything is on record leaves the order ready.

use hf_core::name::Identifier;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::ari::CertId;
use super::authorization::Authorization;
use super::base64url;
use super::id::Id;
use super::problem::{Problem, ProblemType, Subproblem};
use super::status::{AuthorizationStatus, OrderStatus};
use super::validation::sha256;

/// What an order is for; fixed when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTerms {
    /// Its place in the URL.
    pub id: Id,
    /// Whose it is.
    pub account: Id,
    /// The names, each once, in order, with `*.` where a wildcard was asked for.
    pub identifiers: Vec<Identifier>,
    /// The authorizations, one for each name.
    pub authorizations: Vec<Id>,
    /// The profile that was chosen, when profiles are offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The first second that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The last second that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// The certificate that the new one replaces (RFC 9773 section 5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<CertId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last second in which it can be finalized.
    pub expires: Timestamp,
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What it is for.
    #[serde(flatten)]
    pub terms: OrderTerms,
    state: OrderState,
}

/// What is recorded of the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "lowercase")]
enum OrderState {
    Open,
    Processing { csr: CsrDer, since: Timestamp },
    Valid { csr_sha256: String, serial: Serial },
    Invalid { error: Problem },
}

/// A signing request as bytes, written in base64url.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsrDer(Vec<u8>);

impl CsrDer {
    /// Of these octets.
    pub fn new(der: Vec<u8>) -> Self {
        Self(der)
    }

    /// The octets.
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    fn hash(&self) -> String {
        base64url::encode(&sha256(&self.0))
    }
}

impl Serialize for CsrDer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for CsrDer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        base64url::decode(&text).map(Self).ok_or_else(|| serde::de::Error::custom("no base64url"))
    }
}

/// What came of a finalize.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "one value for each finalize; it is taken apart at once")]
pub enum Finalize {
    /// The certificate is to be made: record this, then issue.
    Begun(Order),
    /// The same request was accepted before: the order as it stands is the answer.
    Repeated,
}

/// A transition that the order's state does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an order that is not processing cannot be {wanted}")]
pub struct NotProcessing {
    /// What it was to become.
    pub wanted: OrderStatus,
}

impl Order {
    /// A new one.
    pub fn new(terms: OrderTerms) -> Self {
        Self { terms, state: OrderState::Open }
    }

    /// Where it stands, given its authorizations (all of them; one that is missing counts as invalid).
    pub fn status_at(&self, now: Timestamp, authorizations: &[Authorization]) -> OrderStatus {
        match self.state {
            OrderState::Open => match self.open_at(now, authorizations) {
                Open::Ready => OrderStatus::Ready,
                Open::Pending => OrderStatus::Pending,
                Open::Expired | Open::Unauthorized => OrderStatus::Invalid,
            },
            OrderState::Processing { .. } => OrderStatus::Processing,
            OrderState::Valid { .. } => OrderStatus::Valid,
            OrderState::Invalid { .. } => OrderStatus::Invalid,
        }
    }

    /// The state as recorded, for searching: [`OrderStatus::Pending`] stands for everything before a finalize.
    pub fn recorded_status(&self) -> OrderStatus {
        match self.state {
            OrderState::Open => OrderStatus::Pending,
            OrderState::Processing { .. } => OrderStatus::Processing,
            OrderState::Valid { .. } => OrderStatus::Valid,
            OrderState::Invalid { .. } => OrderStatus::Invalid,
        }
    }

    /// Why nothing will come of it, for an invalid one.
    pub fn error_at(&self, now: Timestamp, authorizations: &[Authorization]) -> Option<Problem> {
        match &self.state {
            OrderState::Open => match self.open_at(now, authorizations) {
                Open::Ready | Open::Pending => None,
                Open::Expired => {
                    Some(Problem::malformed(format!("the order expired at {}", self.terms.expires)))
                }
                Open::Unauthorized => Some(unauthorized(now, authorizations)),
            },
            OrderState::Processing { .. } | OrderState::Valid { .. } => None,
            OrderState::Invalid { error } => Some(error.clone()),
        }
    }

    /// The serial number of the certificate, of a valid one.
    pub fn serial(&self) -> Option<&Serial> {
        match &self.state {
            OrderState::Valid { serial, .. } => Some(serial),
            OrderState::Open | OrderState::Processing { .. } | OrderState::Invalid { .. } => None,
        }
    }

    /// The signing request and since when, of a processing one: what recovery goes on with.
    pub fn in_progress(&self) -> Option<(&CsrDer, Timestamp)> {
        match &self.state {
            OrderState::Processing { csr, since } => Some((csr, *since)),
            OrderState::Open | OrderState::Valid { .. } | OrderState::Invalid { .. } => None,
        }
    }

    /// Accept a signing request that was judged to be good.
    ///
    /// # Errors
    /// `orderNotReady`, unless the same request was accepted before.
    pub fn finalize(
        &self,
        csr: CsrDer,
        now: Timestamp,
        authorizations: &[Authorization],
    ) -> Result<Finalize, Problem> {
        let not_ready = |why: &str| Err(Problem::new(ProblemType::OrderNotReady, why));
        match &self.state {
            OrderState::Processing { csr: accepted, .. } if *accepted == csr => Ok(Finalize::Repeated),
            OrderState::Valid { csr_sha256, .. } if *csr_sha256 == csr.hash() => Ok(Finalize::Repeated),
            OrderState::Processing { .. } => not_ready("the order is processing another signing request"),
            OrderState::Valid { .. } => {
                not_ready("the order has its certificate, for another signing request")
            }
            OrderState::Invalid { .. } => not_ready("the order is invalid"),
            OrderState::Open => match self.open_at(now, authorizations) {
                Open::Ready => {
                    let state = OrderState::Processing { csr, since: now };
                    Ok(Finalize::Begun(Self { state, ..self.clone() }))
                }
                Open::Pending => not_ready("the order is pending: an authorization is missing"),
                Open::Expired => not_ready("the order has expired"),
                Open::Unauthorized => not_ready("the order is invalid: an authorization is over"),
            },
        }
    }

    /// The certificate is on record.
    ///
    /// # Errors
    /// When the order is not processing.
    pub fn issued(&self, serial: Serial) -> Result<Self, NotProcessing> {
        let OrderState::Processing { csr, .. } = &self.state else {
            return Err(NotProcessing { wanted: OrderStatus::Valid });
        };
        Ok(Self { state: OrderState::Valid { csr_sha256: csr.hash(), serial }, ..self.clone() })
    }

    /// No certificate will come.
    ///
    /// # Errors
    /// When the order is not processing.
    pub fn failed(&self, error: Problem) -> Result<Self, NotProcessing> {
        let OrderState::Processing { .. } = &self.state else {
            return Err(NotProcessing { wanted: OrderStatus::Invalid });
        };
        Ok(Self { state: OrderState::Invalid { error }, ..self.clone() })
    }

    /// The signing request was refused before anything was on record: another one may come (RFC 8555 section 7.4).
    ///
    /// # Errors
    /// When the order is not processing.
    pub fn refused(&self) -> Result<Self, NotProcessing> {
        let OrderState::Processing { .. } = &self.state else {
            return Err(NotProcessing { wanted: OrderStatus::Ready });
        };
        Ok(Self { state: OrderState::Open, ..self.clone() })
    }

    /// With its end on record, when it is over but nothing says so yet: the lapse of time or of an authorization.
    pub fn lapsed_at(&self, now: Timestamp, authorizations: &[Authorization]) -> Option<Self> {
        let OrderState::Open = self.state else { return None };
        let error = self.error_at(now, authorizations)?;
        Some(Self { state: OrderState::Invalid { error }, ..self.clone() })
    }

    /// Nothing will come of it, because its account is over. `None` unless it was before a finalize.
    pub fn cancel(&self) -> Option<Self> {
        let OrderState::Open = self.state else { return None };
        let error = Problem::unauthorized("the account is not valid any more");
        Some(Self { state: OrderState::Invalid { error }, ..self.clone() })
    }

    /// Where an order stands before a finalize.
    fn open_at(&self, now: Timestamp, authorizations: &[Authorization]) -> Open {
        if self.terms.expires < now {
            return Open::Expired;
        }
        let mut open = Open::Ready;
        for id in &self.terms.authorizations {
            let found = authorizations.iter().find(|authorization| authorization.id == *id);
            match found.map(|authorization| authorization.status_at(now)) {
                Some(AuthorizationStatus::Valid) => {}
                Some(AuthorizationStatus::Pending) => open = Open::Pending,
                Some(
                    AuthorizationStatus::Invalid
                    | AuthorizationStatus::Deactivated
                    | AuthorizationStatus::Expired
                    | AuthorizationStatus::Revoked,
                )
                | None => return Open::Unauthorized,
            }
        }
        open
    }
}

/// Before a finalize.
enum Open {
    Ready,
    Pending,
    Expired,
    Unauthorized,
}

/// Which names are not authorized, and why.
fn unauthorized(now: Timestamp, authorizations: &[Authorization]) -> Problem {
    let fault = |authorization: &Authorization| {
        let status = authorization.status_at(now);
        match status {
            AuthorizationStatus::Pending | AuthorizationStatus::Valid => None,
            AuthorizationStatus::Invalid
            | AuthorizationStatus::Deactivated
            | AuthorizationStatus::Expired
            | AuthorizationStatus::Revoked => Some(match authorization.error() {
                Some(error) => Subproblem::new(error.kind, &error.detail, &authorization.identifier),
                None => Subproblem::new(
                    ProblemType::Unauthorized,
                    format!("the authorization is {status}"),
                    &authorization.identifier,
                ),
            }),
        }
    };
    let faults: Vec<_> = authorizations.iter().filter_map(fault).collect();
    if faults.is_empty() {
        return Problem::unauthorized("an authorization of the order is not there any more");
    }
    Problem::of_names("names of the order are not authorized", faults)
}

#[cfg(test)]
mod tests;
