//! Failures as ACME states them: RFC 8555 section 6.7, with the types of RFC 9773 and of the profiles draft.
//!
//! Members without a value are absent, never `null` and never empty: clients read `null` as a value. Texts are ASCII,
//! because shell clients print them.

use std::fmt;

use hf_core::name::Identifier;
use hf_core::time::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The media type, RFC 9457.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What `type` begins with.
pub const TYPE_PREFIX: &str = "urn:ietf:params:acme:error:";

/// The longest text of a problem, in characters: what a client sent is quoted, but not without end.
const MAX_DETAIL: usize = 1_000;

/// The kind of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProblemType {
    /// No account has this key, or there is no such account.
    AccountDoesNotExist,
    /// Another order replaces the certificate already (RFC 9773 section 7.4).
    AlreadyReplaced,
    /// The certificate is revoked already.
    AlreadyRevoked,
    /// The signing request is not accepted; the order stays ready.
    BadCsr,
    /// The nonce is unknown, used or too old. The client takes the new one and asks again.
    BadNonce,
    /// The key is weak or of a kind that is not supported.
    BadPublicKey,
    /// The reason for the revocation is not one that may be given.
    BadRevocationReason,
    /// The algorithm of the signature is not supported, or not that of the key.
    BadSignatureAlgorithm,
    /// CAA records forbid it (RFC 8659).
    Caa,
    /// More than one failure; the subproblems have them.
    Compound,
    /// The server could not connect to what it had to validate.
    Connection,
    /// A DNS query failed during validation.
    Dns,
    /// The account must be bound to an external one.
    ExternalAccountRequired,
    /// What was found is not what the challenge asks for.
    IncorrectResponse,
    /// A contact is not valid.
    InvalidContact,
    /// The profile is unknown, or not for this account or these names.
    InvalidProfile,
    /// The message cannot be read, or means nothing here.
    Malformed,
    /// The order cannot be finalized yet, or not any more.
    OrderNotReady,
    /// Too much was asked for.
    RateLimited,
    /// The server does not issue for this name.
    RejectedIdentifier,
    /// A fault of the server.
    ServerInternal,
    /// TLS failed during validation.
    Tls,
    /// Whoever asks may not.
    Unauthorized,
    /// The scheme of a contact is not supported.
    UnsupportedContact,
    /// The kind of a name is not supported.
    UnsupportedIdentifier,
    /// Somebody has to do something first, for example agree to the terms.
    UserActionRequired,
}

impl ProblemType {
    /// Every kind.
    pub const ALL: [Self; 26] = [
        Self::AccountDoesNotExist,
        Self::AlreadyReplaced,
        Self::AlreadyRevoked,
        Self::BadCsr,
        Self::BadNonce,
        Self::BadPublicKey,
        Self::BadRevocationReason,
        Self::BadSignatureAlgorithm,
        Self::Caa,
        Self::Compound,
        Self::Connection,
        Self::Dns,
        Self::ExternalAccountRequired,
        Self::IncorrectResponse,
        Self::InvalidContact,
        Self::InvalidProfile,
        Self::Malformed,
        Self::OrderNotReady,
        Self::RateLimited,
        Self::RejectedIdentifier,
        Self::ServerInternal,
        Self::Tls,
        Self::Unauthorized,
        Self::UnsupportedContact,
        Self::UnsupportedIdentifier,
        Self::UserActionRequired,
    ];

    /// The word after [`TYPE_PREFIX`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AccountDoesNotExist => "accountDoesNotExist",
            Self::AlreadyReplaced => "alreadyReplaced",
            Self::AlreadyRevoked => "alreadyRevoked",
            Self::BadCsr => "badCSR",
            Self::BadNonce => "badNonce",
            Self::BadPublicKey => "badPublicKey",
            Self::BadRevocationReason => "badRevocationReason",
            Self::BadSignatureAlgorithm => "badSignatureAlgorithm",
            Self::Caa => "caa",
            Self::Compound => "compound",
            Self::Connection => "connection",
            Self::Dns => "dns",
            Self::ExternalAccountRequired => "externalAccountRequired",
            Self::IncorrectResponse => "incorrectResponse",
            Self::InvalidContact => "invalidContact",
            Self::InvalidProfile => "invalidProfile",
            Self::Malformed => "malformed",
            Self::OrderNotReady => "orderNotReady",
            Self::RateLimited => "rateLimited",
            Self::RejectedIdentifier => "rejectedIdentifier",
            Self::ServerInternal => "serverInternal",
            Self::Tls => "tls",
            Self::Unauthorized => "unauthorized",
            Self::UnsupportedContact => "unsupportedContact",
            Self::UnsupportedIdentifier => "unsupportedIdentifier",
            Self::UserActionRequired => "userActionRequired",
        }
    }

    /// The HTTP status, unless the place says another ([`Problem::status`]).
    pub fn status(self) -> u16 {
        match self {
            Self::AccountDoesNotExist
            | Self::AlreadyRevoked
            | Self::BadCsr
            | Self::BadNonce
            | Self::BadPublicKey
            | Self::BadRevocationReason
            | Self::BadSignatureAlgorithm
            | Self::Compound
            | Self::Connection
            | Self::Dns
            | Self::InvalidContact
            | Self::InvalidProfile
            | Self::Malformed
            | Self::Tls
            | Self::UnsupportedContact
            | Self::UnsupportedIdentifier => 400,
            Self::Caa
            | Self::ExternalAccountRequired
            | Self::IncorrectResponse
            | Self::OrderNotReady
            | Self::RejectedIdentifier
            | Self::Unauthorized
            | Self::UserActionRequired => 403,
            Self::AlreadyReplaced => 409,
            Self::RateLimited => 429,
            Self::ServerInternal => 500,
        }
    }
}

impl fmt::Display for ProblemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for ProblemType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{TYPE_PREFIX}{}", self.as_str()))
    }
}

impl<'de> Deserialize<'de> for ProblemType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let word = text.strip_prefix(TYPE_PREFIX).unwrap_or_default();
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| serde::de::Error::custom("not a type of problem that is known here"))
    }
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{kind}: {detail}")]
pub struct Problem {
    /// What kind it is.
    #[serde(rename = "type")]
    pub kind: ProblemType,
    /// What was expected and what was found.
    pub detail: String,
    /// The HTTP status.
    pub status: u16,
    /// Where a person reads what to do, with [`ProblemType::UserActionRequired`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Box<str>>,
    /// The algorithms that are supported, with [`ProblemType::BadSignatureAlgorithm`].
    #[serde(default, skip_serializing_if = "<[String]>::is_empty")]
    pub algorithms: Box<[String]>,
    /// One for each name at fault (RFC 8555 section 6.7.1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subproblems: Vec<Subproblem>,
    /// When to ask again, in seconds: the header `Retry-After`, not part of the body.
    #[serde(skip)]
    pub retry_after: Option<u64>,
    /// The header `Location`, not part of the body: the account that has the key already.
    #[serde(skip)]
    pub location: Option<Box<str>>,
}

/// A failure that concerns one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subproblem {
    /// What kind it is.
    #[serde(rename = "type")]
    pub kind: ProblemType,
    /// What was expected and what was found.
    pub detail: String,
    /// The name as the client wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<NamedIdentifier>,
}

/// A name as it goes over the wire, of any type, valid or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NamedIdentifier {
    /// `dns`, `ip` or whatever the client wrote.
    #[serde(rename = "type")]
    pub kind: String,
    /// The text.
    pub value: String,
}

impl From<&Identifier> for NamedIdentifier {
    fn from(identifier: &Identifier) -> Self {
        Self { kind: identifier.kind().to_owned(), value: identifier.to_string() }
    }
}

impl Problem {
    /// A failure of this kind. Control characters and what is not ASCII are escaped; the text is cut at 1,000 characters.
    pub fn new(kind: ProblemType, detail: impl AsRef<str>) -> Self {
        Self {
            kind,
            detail: safe(detail.as_ref()),
            status: kind.status(),
            instance: None,
            algorithms: Box::default(),
            subproblems: Vec::new(),
            retry_after: None,
            location: None,
        }
    }

    /// [`ProblemType::Malformed`].
    pub fn malformed(detail: impl AsRef<str>) -> Self {
        Self::new(ProblemType::Malformed, detail)
    }

    /// [`ProblemType::Unauthorized`].
    pub fn unauthorized(detail: impl AsRef<str>) -> Self {
        Self::new(ProblemType::Unauthorized, detail)
    }

    /// [`ProblemType::BadNonce`]. acme.sh asks again when it finds exactly these words.
    pub fn bad_nonce() -> Self {
        Self::new(ProblemType::BadNonce, "JWS has an invalid anti-replay nonce")
    }

    /// [`ProblemType::ServerInternal`], without the fault itself: that is in the log.
    pub fn internal() -> Self {
        Self::new(ProblemType::ServerInternal, "the server failed; its log has more").retry_after(60)
    }

    /// There is nothing at this URL, or not for this account.
    pub fn not_found() -> Self {
        Self::malformed("there is no such resource").status(404)
    }

    /// The method does not exist here.
    pub fn method(method: &str) -> Self {
        Self::malformed(format!("the method {method} does not exist here; resources are read by POST-as-GET"))
            .status(405)
    }

    /// With another HTTP status than the usual one.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// When to ask again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// Where a person reads what to do.
    #[must_use]
    pub fn instance(mut self, url: &str) -> Self {
        self.instance = Some(url.into());
        self
    }

    /// With the header `Location`.
    #[must_use]
    pub fn location(mut self, url: &str) -> Self {
        self.location = Some(url.into());
        self
    }

    /// With the failures of single names. One of one kind gives that kind to the whole; several kinds make it
    /// [`ProblemType::Compound`].
    #[must_use]
    pub fn of_names(detail: impl AsRef<str>, subproblems: Vec<Subproblem>) -> Self {
        let mut kinds = subproblems.iter().map(|problem| problem.kind);
        let first = kinds.next().unwrap_or(ProblemType::Malformed);
        let kind = if kinds.all(|kind| kind == first) { first } else { ProblemType::Compound };
        Self { subproblems, ..Self::new(kind, detail) }
    }

    /// Too much was asked for until `until`.
    pub fn rate_limited(what: &str, now: Timestamp, until: Timestamp) -> Self {
        let seconds = u64::try_from(until.seconds_since(now)).unwrap_or(0);
        Self::new(ProblemType::RateLimited, format!("{what}; ask again after {until}")).retry_after(seconds)
    }

    /// As JSON.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl Subproblem {
    /// A failure of this kind about `identifier`.
    pub fn new(kind: ProblemType, detail: impl AsRef<str>, identifier: impl Into<NamedIdentifier>) -> Self {
        let mut identifier: NamedIdentifier = identifier.into();
        identifier.kind = safe(&identifier.kind);
        identifier.value = safe(&identifier.value);
        Self { kind, detail: safe(detail.as_ref()), identifier: Some(identifier) }
    }
}

/// Printable ASCII of bounded length.
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len().min(MAX_DETAIL));
    for character in text.chars().take(MAX_DETAIL) {
        if character.is_ascii_graphic() || character == ' ' {
            safe.push(character);
        } else {
            safe.extend(character.escape_unicode());
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_value_is_absent() {
        let problem = Problem::malformed("a\n\u{e4}").retry_after(7);
        let json = String::from_utf8(problem.to_json()).unwrap();
        assert_eq!(
            json,
            r#"{"type":"urn:ietf:params:acme:error:malformed","detail":"a\\u{a}\\u{e4}","status":400}"#
        );
    }

    #[test]
    fn every_kind_survives_its_text() {
        for kind in ProblemType::ALL {
            let problem = Problem::new(kind, "x");
            assert_eq!(serde_json::from_slice::<Problem>(&problem.to_json()).unwrap(), problem);
        }
        let unknown = br#"{"type":"urn:ietf:params:acme:error:none","detail":"","status":400}"#;
        assert!(serde_json::from_slice::<Problem>(unknown).is_err());
    }

    #[test]
    fn several_kinds_of_failure_are_compound() {
        let name = |value: &str| NamedIdentifier { kind: "dns".into(), value: value.into() };
        let malformed = Subproblem::new(ProblemType::Malformed, "x", name("a_b"));
        let rejected = Subproblem::new(ProblemType::RejectedIdentifier, "x", name("a.example"));
        let one = Problem::of_names("x", vec![rejected.clone(), rejected.clone()]);
        assert_eq!((one.kind, one.status), (ProblemType::RejectedIdentifier, 403));
        let two = Problem::of_names("x", vec![malformed, rejected]);
        assert_eq!((two.kind, two.status), (ProblemType::Compound, 400));
        let json: serde_json::Value = serde_json::from_slice(&two.to_json()).unwrap();
        assert_eq!(json["subproblems"][1]["identifier"]["value"], "a.example");
        assert!(json.get("identifier").is_none());
    }

    #[test]
    fn a_quoted_text_has_an_end() {
        assert_eq!(Problem::malformed("x".repeat(100_000)).detail.len(), MAX_DETAIL);
    }

    #[test]
    fn a_refused_nonce_is_said_in_the_words_that_acme_sh_looks_for() {
        assert!(Problem::bad_nonce().detail.contains("JWS has an invalid anti-replay nonce"));
    }
}
