//! Failures, RFC 9457 (`application/problem+json`), each with a stable code.

use hf_core::finding::Finding;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The media type.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What `type` begins with; the code follows.
pub const TYPE_PREFIX: &str = "urn:handfast:problem:";

/// The codes. They never change their meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = ProblemCode)]
pub enum Code {
    /// The body, a parameter or a header cannot be read.
    Malformed,
    /// The body is no JSON by its media type.
    MediaType,
    /// The body is too large.
    BodyTooLarge,
    /// There is no such endpoint, or no such thing.
    NotFound,
    /// The endpoint has no such method.
    Method,
    /// Nobody known asks: a credential is needed.
    Unauthenticated,
    /// The credential is not accepted: unknown, revoked, expired, or its signature is wrong.
    BadCredential,
    /// The credential lacks the right, or is limited to something else.
    Forbidden,
    /// The signing request cannot be read, or its own signature is wrong.
    BadRequest,
    /// Policy refuses; the findings say why, all of it.
    Refused,
    /// The authority cannot sign now: no certificate, no key, expired, revoked.
    AuthorityUnavailable,
    /// The proof of the old key is wrong, too old, or was used before.
    BadProof,
    /// What was asked for contradicts what is on record.
    Conflict,
    /// The same request is being worked on.
    InProgress,
    /// Too many requests.
    TooManyRequests,
    /// The server has too much to do.
    Overloaded,
    /// The keys that would verify the token cannot be had of its issuer now.
    TokenKeysUnavailable,
    /// The body did not arrive in time.
    BodyTooSlow,
    /// The body could not be read to its end.
    BodyBroken,
    /// Path and query are too long.
    UriTooLong,
    /// The answer was not ready in time: what was asked may or may not be done.
    AnswerTooSlow,
    /// A fault of the server. The log has more, under the request id.
    Internal,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 22] = [
        Self::Malformed,
        Self::MediaType,
        Self::BodyTooLarge,
        Self::NotFound,
        Self::Method,
        Self::Unauthenticated,
        Self::BadCredential,
        Self::Forbidden,
        Self::BadRequest,
        Self::Refused,
        Self::AuthorityUnavailable,
        Self::BadProof,
        Self::Conflict,
        Self::InProgress,
        Self::TooManyRequests,
        Self::Overloaded,
        Self::TokenKeysUnavailable,
        Self::BodyTooSlow,
        Self::BodyBroken,
        Self::UriTooLong,
        Self::AnswerTooSlow,
        Self::Internal,
    ];

    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::MediaType => "media-type",
            Self::BodyTooLarge => "body-too-large",
            Self::NotFound => "not-found",
            Self::Method => "method",
            Self::Unauthenticated => "unauthenticated",
            Self::BadCredential => "bad-credential",
            Self::Forbidden => "forbidden",
            Self::BadRequest => "bad-request",
            Self::Refused => "refused",
            Self::AuthorityUnavailable => "authority-unavailable",
            Self::BadProof => "bad-proof",
            Self::Conflict => "conflict",
            Self::InProgress => "in-progress",
            Self::TooManyRequests => "too-many-requests",
            Self::Overloaded => "overloaded",
            Self::TokenKeysUnavailable => "token-keys-unavailable",
            Self::BodyTooSlow => "body-too-slow",
            Self::BodyBroken => "body-broken",
            Self::UriTooLong => "uri-too-long",
            Self::AnswerTooSlow => "answer-too-slow",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::Malformed | Self::BadRequest | Self::BodyBroken => 400,
            Self::Unauthenticated | Self::BadCredential | Self::BadProof => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Method => 405,
            Self::BodyTooSlow => 408,
            Self::Conflict | Self::InProgress => 409,
            Self::BodyTooLarge => 413,
            Self::UriTooLong => 414,
            Self::MediaType => 415,
            Self::Refused => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::AuthorityUnavailable
            | Self::Overloaded
            | Self::TokenKeysUnavailable
            | Self::AnswerTooSlow => 503,
        }
    }

    /// One sentence that is the same for every occurrence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Malformed => "the request cannot be read",
            Self::MediaType => "the body is not declared as JSON",
            Self::BodyTooLarge => "the body is too large",
            Self::NotFound => "there is no such thing",
            Self::Method => "the method does not exist here",
            Self::Unauthenticated => "a credential is needed",
            Self::BadCredential => "the credential is not accepted",
            Self::Forbidden => "the credential does not allow this",
            Self::BadRequest => "the signing request is not accepted",
            Self::Refused => "policy refuses",
            Self::AuthorityUnavailable => "the authority cannot sign now",
            Self::BadProof => "the proof of the old key is not accepted",
            Self::Conflict => "this contradicts what is on record",
            Self::InProgress => "the same request is being worked on",
            Self::TooManyRequests => "too many requests",
            Self::Overloaded => "the server has too much to do",
            Self::TokenKeysUnavailable => "the keys that verify the token cannot be had now",
            Self::BodyTooSlow => "the body did not arrive in time",
            Self::BodyBroken => "the body could not be read to its end",
            Self::UriTooLong => "path and query are too long",
            Self::AnswerTooSlow => "the answer was not ready in time",
            Self::Internal => "the server failed",
        }
    }
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:handfast:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The stable code.
    pub code: Code,
    /// One sentence, the same for every occurrence of the code.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What was expected and what was found, this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Identifies the request in the log of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Every reason for a refusal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Note>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// When to try again, in seconds; also in the header `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A failure of this kind.
    pub fn new(code: Code) -> Self {
        Self {
            kind: format!("{TYPE_PREFIX}{}", code.as_str()),
            code,
            title: code.title().to_owned(),
            status: code.status(),
            detail: None,
            request: None,
            findings: Vec::new(),
            hints: Vec::new(),
            retry_after: None,
        }
    }

    /// What was expected and what was found. Control characters are escaped.
    #[must_use]
    pub fn detail(mut self, detail: impl AsRef<str>) -> Self {
        self.detail = Some(escaped(detail.as_ref()));
        self
    }

    /// Every reason.
    #[must_use]
    pub fn findings(mut self, findings: &[Finding]) -> Self {
        self.findings.extend(findings.iter().map(Note::of));
        self
    }

    /// What to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// When to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// As JSON.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// A finding as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Finding)]
pub struct Note {
    /// A stable code, for example `HF-POLICY-NAMES`.
    pub code: String,
    /// `error`, `warning` or `notice`.
    pub severity: String,
    /// What it is about.
    pub about: String,
    /// One sentence.
    pub summary: String,
    /// Facts: what was expected, what was found, where.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Fact>,
    /// What to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<String>,
    /// The clause that says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rfc: Option<String>,
}

/// A named fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fact {
    /// What it is, for example `expected`.
    pub label: String,
    /// The fact itself.
    pub value: String,
}

impl Note {
    /// Of a finding.
    pub fn of(finding: &Finding) -> Self {
        Self {
            code: finding.code.as_str().to_owned(),
            severity: finding.severity.as_str().to_owned(),
            about: escaped(&finding.about),
            summary: escaped(&finding.summary),
            evidence: finding
                .evidence
                .iter()
                .map(|fact| Fact { label: fact.label.to_owned(), value: escaped(&fact.value) })
                .collect(),
            hints: finding.hints.clone(),
            rfc: finding.rfc.map(str::to_owned),
        }
    }
}

/// Without control characters, so that what a client sent cannot steer the terminal of who reads the answer.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_those_on_the_wire() {
        for code in Code::ALL {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{}\"", code.as_str()));
            let problem = Problem::new(code).detail("a\nb");
            let read: Problem = serde_json::from_slice(&problem.to_json()).unwrap();
            assert_eq!(read, problem);
            assert_eq!(read.detail.as_deref(), Some("a\\u{a}b"));
        }
    }
}
