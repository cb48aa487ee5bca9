//! The claims of a token, RFC 7519 section 4.1.

use std::collections::BTreeMap;

use hf_core::time::Timestamp;
use serde_json::{Map, Value};

use super::TokenError;
use super::jws::{Jws, malformed};

/// How far clocks may differ, in seconds.
const LEEWAY: i64 = 30;

/// The longest time a token may be valid, in seconds: one that is good for longer is a stored secret.
const LONGEST: i64 = 24 * 3600;

/// The claims that every token must have, and the others.
pub(super) struct Claims {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) audience: Vec<String>,
    expires: i64,
    not_before: Option<i64>,
    issued: Option<i64>,
    all: Map<String, Value>,
}

impl Claims {
    /// Read them.
    pub(super) fn read(jws: &Jws<'_>) -> Result<Self, TokenError> {
        let all = jws.payload.clone();
        Ok(Self {
            issuer: text(&all, "iss").ok_or(malformed("`iss` is missing"))?,
            subject: text(&all, "sub").ok_or(malformed("`sub` is missing"))?,
            audience: audience(all.get("aud"))?,
            expires: time(&all, "exp")?.ok_or(malformed("`exp` is missing"))?,
            not_before: time(&all, "nbf")?,
            issued: time(&all, "iat")?,
            all,
        })
    }

    /// Its last second.
    pub(super) fn expires(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.expires)
    }

    /// Whether `now` is inside the time of the token.
    pub(super) fn check_time(&self, now: Timestamp) -> Result<(), TokenError> {
        let seconds = now.unix_seconds();
        let fault = |problem: String| Err(TokenError::Time { now, problem });
        let shown = |seconds: i64| Timestamp::from_unix_seconds(seconds);
        if seconds > self.expires.saturating_add(LEEWAY) {
            return fault(format!("ended at {}", shown(self.expires)));
        }
        let begins = self.not_before.into_iter().chain(self.issued).max();
        if let Some(begins) = begins.filter(|begins| seconds < begins.saturating_sub(LEEWAY)) {
            return fault(format!("begins at {}", shown(begins)));
        }
        let from = self.issued.or(self.not_before).unwrap_or(seconds);
        if self.expires.saturating_sub(from) > LONGEST {
            return fault("is valid for more than 24 hours".to_owned());
        }
        Ok(())
    }

    /// Whether every claim has the wanted value.
    pub(super) fn has(&self, wanted: &BTreeMap<String, String>) -> bool {
        wanted.iter().all(|(claim, value)| self.text(claim).as_ref() == Some(value))
    }

    /// A claim as text: a string, a whole number, or a truth value.
    pub(super) fn text(&self, claim: &str) -> Option<String> {
        match self.all.get(claim)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

fn text(all: &Map<String, Value>, claim: &str) -> Option<String> {
    all.get(claim)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty() && text.len() <= 1024)
        .map(str::to_owned)
}

/// One text or a list of texts, RFC 7519 section 4.1.3.
fn audience(value: Option<&Value>) -> Result<Vec<String>, TokenError> {
    let problem = "`aud` is neither a text nor a list of texts";
    match value {
        Some(Value::String(one)) => Ok(vec![one.clone()]),
        Some(Value::Array(list)) if list.len() <= 32 => {
            list.iter().map(|one| one.as_str().map(str::to_owned).ok_or(malformed(problem))).collect()
        }
        _ => Err(malformed(problem)),
    }
}

/// `NumericDate`: seconds, possibly with a fraction, which is cut off.
fn time(all: &Map<String, Value>, claim: &str) -> Result<Option<i64>, TokenError> {
    let Some(value) = all.get(claim) else { return Ok(None) };
    let whole = value.as_i64().or_else(|| {
        let text = value.as_f64().filter(|number| number.is_finite())?.trunc();
        format!("{text:.0}").parse::<i64>().ok()
    });
    let in_range = whole.filter(|seconds| (0..=Timestamp::MAX.unix_seconds()).contains(seconds));
    in_range.map(Some).ok_or(malformed("a time among its claims is no number of seconds"))
}
