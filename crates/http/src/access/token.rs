//! Tokens of identity providers (`OpenID` Connect, RFC 7519): this is how a pipeline gets certificates without a stored
//! secret.
//!
//! Taken are RS256, ES256 and `EdDSA`, never `none` and never an algorithm with a shared secret; which of them is said by
//! the issuer's key, not by the token. Keys that a token brings or points to (`jwk`, `jku`, `x5c`, `x5u`) are not looked
//! at.

mod claims;
mod fetch;
mod jws;
mod keys;
mod template;

use hf_ca::request::RequesterLimits;
use hf_core::principal::Principal;
use hf_core::time::Timestamp;

pub use fetch::{FetchError, Fetched, KeyFetcher, is_allowed_url};
pub use keys::TokenKeys;
pub use template::{NameTemplate, TemplateError};

use super::rules::{Allowance, Rules, TokenRule};
use claims::Claims;
use jws::Jws;

/// The longest token that is read, in octets. Those of the large providers have a quarter of it.
pub const MAX_TOKEN: usize = 8 * 1024;

/// Why a token was not accepted. Says nothing that helps to forge one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token.
    #[error("the token cannot be read: {problem}")]
    Malformed {
        /// What is wrong.
        problem: &'static str,
    },
    /// Not one of the three algorithms.
    #[error("the token is signed with an algorithm that is not taken: expected RS256, ES256 or EdDSA")]
    Algorithm,
    /// No rule for this issuer and audience.
    #[error("no `[access.NAME]` takes tokens of this issuer for this audience")]
    NoRule,
    /// The issuer has no such key.
    #[error("the issuer has no key that fits the token")]
    UnknownKey,
    /// The keys of the issuer cannot be had.
    #[error("the keys of the issuer cannot be fetched now")]
    KeysUnavailable,
    /// The signature is wrong.
    #[error("the signature of the token does not match")]
    Signature,
    /// Too old or too young.
    #[error("the token is valid at another time: it is {now}, the token {problem}")]
    Time {
        /// The time now.
        now: Timestamp,
        /// What its claims say.
        problem: String,
    },
    /// A claim is not what the rules want.
    #[error("the claims of the token fit no `[access.NAME]`")]
    Claims,
}

/// A token that was accepted.
pub(super) struct Accepted {
    pub(super) principal: Principal,
    pub(super) allowance: Allowance,
    pub(super) expires: Timestamp,
}

/// Judge a token.
pub(super) async fn accept(
    text: &str,
    rules: &Rules,
    keys: &TokenKeys,
    now: Timestamp,
) -> Result<Accepted, TokenError> {
    let jws = Jws::read(text)?;
    // Until the signature is verified, the claims say only whose keys to try.
    let unproven = Claims::read(&jws)?;
    let candidates: Vec<&TokenRule> = rules
        .tokens
        .iter()
        .filter(|rule| rule.issuer == unproven.issuer && unproven.audience.contains(&rule.audience))
        .collect();
    let first = candidates.first().copied().ok_or(TokenError::NoRule)?;
    let key = keys.key(first, &jws, now).await?;
    let claims = jws.verify(&key, unproven)?;
    claims.check_time(now)?;
    for rule in candidates {
        // Rules of one issuer could name different keys: only those with the keys that verified may decide.
        if rule.jwks_url == first.jwks_url && claims.has(&rule.claims) {
            return allow(rule, &claims);
        }
    }
    Err(TokenError::Claims)
}

fn allow(rule: &TokenRule, claims: &Claims) -> Result<Accepted, TokenError> {
    let names: Option<Vec<_>> = rule.names.iter().map(|name| name.fill(|claim| claims.text(claim))).collect();
    Ok(Accepted {
        principal: Principal::Token { issuer: claims.issuer.clone(), subject: claims.subject.clone() },
        expires: claims.expires(),
        allowance: Allowance {
            rights: rule.rights.clone(),
            limits: RequesterLimits {
                names: Some(names.ok_or(TokenError::Claims)?),
                profiles: rule.profiles.clone(),
                authorities: rule.authorities.clone(),
                max_lifetime: rule.max_lifetime,
            },
        },
    })
}
