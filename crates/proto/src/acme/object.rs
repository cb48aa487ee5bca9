//! Resources as they go over the wire, RFC 8555 section 7.1. Members without a value are absent.

use hf_core::name::Identifier;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::account::Account;
use super::ari::CertId;
use super::authorization::Authorization;
use super::challenge::{Challenge, ChallengeKind};
use super::id::{Id, Token};
use super::new_account::Contact;
use super::order::Order;
use super::problem::{NamedIdentifier, Problem};
use super::status::{AccountStatus, AuthorizationStatus, ChallengeStatus, OrderStatus};
use super::urls::Urls;

/// An account, section 7.1.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountObject {
    /// Where it stands.
    pub status: AccountStatus,
    /// Where its owner can be reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contact: Vec<Contact>,
    /// Whether its owner agreed to the terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_of_service_agreed: Option<bool>,
    /// The binding to an external account, as the client sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_account_binding: Option<Value>,
    /// Where its orders are listed.
    pub orders: String,
}

impl AccountObject {
    /// Of an account.
    pub fn of(account: &Account, urls: &Urls) -> Self {
        Self {
            status: account.status(),
            contact: account.contact.clone(),
            terms_of_service_agreed: account.terms_agreed_at.map(|_| true),
            external_account_binding: account.external_account_binding.clone(),
            orders: urls.orders(&account.id),
        }
    }
}

/// The orders of an account, section 7.1.2.1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrdersObject {
    /// Their URLs.
    pub orders: Vec<String>,
}

impl OrdersObject {
    /// Of orders.
    pub fn of<'a>(orders: impl IntoIterator<Item = &'a Id>, urls: &Urls) -> Self {
        Self { orders: orders.into_iter().map(|id| urls.order(id)).collect() }
    }
}

/// An order, section 7.1.3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderObject {
    /// Where it stands.
    pub status: OrderStatus,
    /// The last second in which it can be finalized.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// The names.
    pub identifiers: Vec<NamedIdentifier>,
    /// The first second that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The last second that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// Why nothing will come of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
    /// The URLs of its authorizations.
    pub authorizations: Vec<String>,
    /// Where the signing request goes.
    pub finalize: String,
    /// Where the certificate is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// The certificate that the new one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<CertId>,
    /// The profile that was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

impl OrderObject {
    /// Of an order and its authorizations.
    pub fn of(order: &Order, authorizations: &[Authorization], urls: &Urls, now: Timestamp) -> Self {
        let terms = &order.terms;
        Self {
            status: order.status_at(now, authorizations),
            expires: Some(terms.expires),
            identifiers: terms.identifiers.iter().map(NamedIdentifier::from).collect(),
            not_before: terms.not_before,
            not_after: terms.not_after,
            error: order.error_at(now, authorizations),
            authorizations: terms.authorizations.iter().map(|id| urls.authorization(id)).collect(),
            finalize: urls.finalize(&terms.id),
            certificate: order.serial().map(|_| urls.certificate(&terms.id)),
            replaces: terms.replaces.clone(),
            profile: terms.profile.clone(),
        }
    }
}

/// An authorization, section 7.1.4.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationObject {
    /// The name, without `*.`.
    pub identifier: Identifier,
    /// Where it stands.
    pub status: AuthorizationStatus,
    /// The last second in which it can be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
    /// What can show control, or what did.
    pub challenges: Vec<ChallengeObject>,
    /// `true` when it covers the wildcard, else absent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wildcard: bool,
}

impl AuthorizationObject {
    /// Of an authorization.
    pub fn of(authorization: &Authorization, urls: &Urls, now: Timestamp) -> Self {
        let challenge = |one| ChallengeObject::of(one, &authorization.id, urls);
        Self {
            identifier: authorization.identifier.clone(),
            status: authorization.status_at(now),
            expires: Some(authorization.expires),
            challenges: authorization.challenges.iter().map(challenge).collect(),
            wildcard: authorization.wildcard,
        }
    }
}

/// A challenge, section 8. Flat but for the error, because shell clients read it with regular expressions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeObject {
    /// How control is shown.
    #[serde(rename = "type")]
    pub kind: ChallengeKind,
    /// Where it is, and where the client says that it is ready.
    pub url: String,
    /// Where it stands.
    pub status: ChallengeStatus,
    /// What the client answers with.
    pub token: Token,
    /// When it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validated: Option<Timestamp>,
    /// What the last look found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Problem>,
}

impl ChallengeObject {
    /// Of a challenge.
    pub fn of(challenge: &Challenge, authorization: &Id, urls: &Urls) -> Self {
        Self {
            kind: challenge.kind,
            url: urls.challenge(authorization, &challenge.id),
            status: challenge.status(),
            token: challenge.token.clone(),
            validated: challenge.validated(),
            error: challenge.error().cloned(),
        }
    }
}

/// Renewal information, RFC 9773 section 4.2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenewalInfoObject {
    /// When to renew.
    pub suggested_window: WindowObject,
    /// Where a person reads why.
    #[serde(rename = "explanationURL", default, skip_serializing_if = "Option::is_none")]
    pub explanation_url: Option<String>,
}

/// A span of time of at least a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowObject {
    /// From when on.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}
