//! Keys of identity providers (JWK sets, RFC 7517), kept and fetched anew in measure.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hf_core::time::{Lifetime, Timestamp};
use hf_proto::api::json;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

use super::fetch::{KeyFetcher, is_allowed_url};
use super::jws::{IssuerKey, Jws};
use super::{TokenError, TokenRule};

/// For how long keys are used without asking again.
const FRESH: Lifetime = Lifetime::from_seconds(600);

/// For how long keys are used when the issuer does not answer.
const STALE: Lifetime = Lifetime::from_hours(24);

/// The shortest time between two questions to one issuer, whatever tokens come.
const FLOOR: Lifetime = Lifetime::from_seconds(30);

/// The longest document that is read, in octets.
const MAX_DOCUMENT: usize = 256 * 1024;

/// The most keys of one issuer that are looked at.
const MAX_KEYS: usize = 100;

/// The keys of all issuers.
pub struct TokenKeys {
    fetcher: Option<Arc<dyn KeyFetcher>>,
    issuers: Mutex<HashMap<String, Arc<IssuerKeys>>>,
}

/// The keys of one issuer.
#[derive(Default)]
struct IssuerKeys {
    known: Mutex<Known>,
    /// Held while keys are fetched: one question at a time.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Arc<Vec<NamedKey>>,
    fetched: Option<Timestamp>,
    asked: Option<Timestamp>,
}

struct NamedKey {
    id: Option<String>,
    key: IssuerKey,
}

impl TokenKeys {
    /// None yet. Without a fetcher none will come.
    pub fn new(fetcher: Option<Arc<dyn KeyFetcher>>) -> Self {
        Self { fetcher, issuers: Mutex::default() }
    }

    /// The key of the rule's issuer for this token.
    pub(super) async fn key(
        &self,
        rule: &TokenRule,
        jws: &Jws<'_>,
        now: Timestamp,
    ) -> Result<IssuerKey, TokenError> {
        let issuer = self.issuer(rule);
        let known = issuer.look();
        if let Some(key) = known.find(jws).filter(|_| known.is_within(now, FRESH)) {
            return Ok(key);
        }
        let known = self.refresh(&issuer, rule, now).await;
        if known.fetched.is_none() || !known.is_within(now, STALE) {
            return Err(TokenError::KeysUnavailable);
        }
        known.find(jws).ok_or(TokenError::UnknownKey)
    }

    fn issuer(&self, rule: &TokenRule) -> Arc<IssuerKeys> {
        let place = rule.jwks_url.as_ref().unwrap_or(&rule.issuer);
        let mut issuers = self.issuers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(issuers.entry(place.clone()).or_default())
    }

    /// What is known after asking again, if it is time to.
    async fn refresh(&self, issuer: &IssuerKeys, rule: &TokenRule, now: Timestamp) -> Known {
        let _one = issuer.fetching.lock().await;
        let known = issuer.look();
        if known.asked.is_some_and(|asked| now.seconds_since(asked).abs() < FLOOR.seconds()) {
            return known;
        }
        issuer.change(|known| known.asked = Some(now));
        match self.fetch(rule).await {
            Ok(keys) => issuer.change(|known| {
                known.keys = Arc::new(keys);
                known.fetched = Some(now);
            }),
            Err(reason) => {
                tracing::warn!(issuer = %rule.issuer, rule = %rule.name, reason, "no keys of the issuer");
                issuer.look()
            }
        }
    }

    async fn fetch(&self, rule: &TokenRule) -> Result<Vec<NamedKey>, String> {
        let url = match &rule.jwks_url {
            Some(url) => url.clone(),
            None => self.discover(&rule.issuer).await?,
        };
        let document = self.document(&url).await?;
        read_set(&document).ok_or_else(|| format!("`{url}` is no set of keys"))
    }

    /// `OpenID` Connect Discovery 1.0 section 4: where the keys are.
    async fn discover(&self, issuer: &str) -> Result<String, String> {
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let document = self.document(&url).await?;
        if document.get("issuer").and_then(Value::as_str) != Some(issuer) {
            return Err(format!("`{url}` is of another issuer"));
        }
        let found = document.get("jwks_uri").and_then(Value::as_str);
        found.map(str::to_owned).ok_or_else(|| format!("`{url}` names no `jwks_uri`"))
    }

    async fn document(&self, url: &str) -> Result<Value, String> {
        if !is_allowed_url(url) {
            return Err(format!("`{url}` is neither https nor on this machine"));
        }
        let fetcher = self.fetcher.as_ref().ok_or("this process fetches no keys")?;
        let octets = fetcher.fetch(url, MAX_DOCUMENT).await.map_err(|error| error.to_string())?;
        json::value(&octets).map_err(|error| format!("`{url}`: {error}"))
    }
}

impl IssuerKeys {
    fn look(&self) -> Known {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Known)) -> Known {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut known);
        known.clone()
    }
}

impl Known {
    fn is_within(&self, now: Timestamp, span: Lifetime) -> bool {
        self.fetched.is_some_and(|fetched| now.seconds_since(fetched).abs() <= span.seconds())
    }

    /// The key that the token names; where it names none, the only one for its algorithm.
    fn find(&self, jws: &Jws<'_>) -> Option<IssuerKey> {
        let fits = |named: &&NamedKey| {
            named.key.algorithm == jws.algorithm && (jws.key_id.is_none() || named.id == jws.key_id)
        };
        let mut found = self.keys.iter().filter(fits);
        let first = found.next()?;
        found.next().is_none().then(|| first.key.clone())
    }
}

/// The signature keys of a set that are strong enough. Others are passed over: a set may hold keys for other uses.
fn read_set(document: &Value) -> Option<Vec<NamedKey>> {
    let list = document.get("keys")?.as_array()?;
    Some(list.iter().take(MAX_KEYS).filter_map(read_key).collect())
}

fn read_key(jwk: &Value) -> Option<NamedKey> {
    let text = |member: &str| jwk.get(member).and_then(Value::as_str);
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let (word, algorithm, key) = match (text("kty")?, text("crv")) {
        ("RSA", _) => ("RS256", Algorithm::RS256, rsa(text("n")?, text("e")?)?),
        ("EC", Some("P-256")) => {
            ("ES256", Algorithm::ES256, DecodingKey::from_ec_components(text("x")?, text("y")?).ok()?)
        }
        ("OKP", Some("Ed25519")) => {
            ("EdDSA", Algorithm::EdDSA, DecodingKey::from_ed_components(text("x")?).ok()?)
        }
        _ => return None,
    };
    if text("alg").is_some_and(|stated| stated != word) {
        return None;
    }
    Some(NamedKey { id: text("kid").map(str::to_owned), key: IssuerKey { algorithm, key } })
}

/// An RSA key of 2048 to 8192 bits with an odd exponent greater than 1.
fn rsa(modulus: &str, exponent: &str) -> Option<DecodingKey> {
    let octets = URL_SAFE_NO_PAD.decode(modulus).ok()?;
    let significant = octets.iter().skip_while(|octet| **octet == 0).count();
    let e = URL_SAFE_NO_PAD.decode(exponent).ok()?;
    let strong = (256..=1024).contains(&significant)
        && e.len() <= 4
        && e.last().is_some_and(|last| last % 2 == 1)
        && e != [1];
    strong.then(|| DecodingKey::from_rsa_components(modulus, exponent).ok()).flatten()
}
