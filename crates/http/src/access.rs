//! Who asks, and what it may do.
//!
//! One caller, established in one way: an API key or a token in `Authorization`, else a client certificate, else the
//! owner of the process on a UNIX socket. What is sent and not accepted is refused; nothing falls back to something else.

mod api_key;
mod certificate;
pub mod credential;
pub mod denied;
pub mod nonces;
pub mod rules;
pub(crate) mod standing;
pub mod table;
pub mod token;

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use axum::http::{HeaderMap, header};
use hf_ca::request::RequesterLimits;
use hf_core::name::{Identifier, SanSet};
use hf_core::principal::Principal;
use hf_core::right::Right;
use hf_core::time::Timestamp;
use hf_proto::api::key;
use hf_store::Store;
use hf_store::record::StoredCertificate;

use crate::peer::Peer;
pub(crate) use api_key::limits as limits_of;
use denied::Denied;
use nonces::Nonces;
use rules::Rules;
use table::Need;
use token::{KeyFetcher, TokenKeys};

/// The most certificates with one key that are looked at.
pub(crate) const MOST_WITH_ONE_KEY: usize = 1_000;

/// Whoever asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub principal: Principal,
    /// What it may do.
    pub rights: BTreeSet<Right>,
    /// Within which limits.
    pub limits: RequesterLimits,
    /// The last second of its credential; `None`: it has no end.
    pub expires: Option<Timestamp>,
    /// The certificate that it showed, in force now.
    pub certificate: Option<Box<StoredCertificate>>,
}

impl Caller {
    /// Whether it has what is needed. Whether it has the old key is for the endpoint to judge.
    pub fn check(&self, need: Need) -> Result<(), Denied> {
        match need {
            Need::Public | Need::OwnKeyOr(_) => Ok(()),
            Need::Right(right) => self.check_right(right),
        }
    }

    /// Whether it has this right.
    pub fn check_right(&self, right: Right) -> Result<(), Denied> {
        if self.rights.contains(&right) {
            return Ok(());
        }
        match self.principal {
            Principal::Anonymous { .. } => Err(Denied::NoCredential),
            Principal::Operator { .. }
            | Principal::Topology { .. }
            | Principal::Server
            | Principal::Certificate { .. }
            | Principal::ApiKey { .. }
            | Principal::Token { .. }
            | Principal::AuthKey { .. }
            | Principal::AcmeAccount { .. } => Err(Denied::Right { right }),
        }
    }

    /// Whether its limits let it act upon this record: its authority, its profile, all of its names.
    pub fn check_record(&self, record: &StoredCertificate) -> Result<(), Denied> {
        self.check_authority(&record.authority)?;
        let listed =
            |list: &Option<Vec<String>>, word: &String| list.as_ref().is_none_or(|list| list.contains(word));
        if !listed(&self.limits.profiles, &record.profile) {
            return Err(Denied::Limit { what: format!("not to profile `{}`", record.profile) });
        }
        self.check_names(&record.names)
    }

    /// Whether its limits let it act upon a certificate with these names.
    pub fn check_names(&self, names: &SanSet) -> Result<(), Denied> {
        let Some(patterns) = &self.limits.names else { return Ok(()) };
        let covered = |name: &Identifier| patterns.iter().any(|pattern| pattern.covers(name));
        if names.is_empty() || !names.iter().all(covered) {
            return Err(Denied::Limit { what: "not to all names of this certificate".to_owned() });
        }
        Ok(())
    }

    /// Whether it is limited to none of the certificates of an authority: what it does concerns all of them.
    pub fn check_whole_authority(&self) -> Result<(), Denied> {
        if self.limits.names.is_none() && self.limits.profiles.is_none() {
            return Ok(());
        }
        Err(Denied::Limit { what: "not to what concerns all certificates of an authority".to_owned() })
    }

    /// Whether its limits let it say that the key of this record is compromised. That blocks the key, so no certificate in
    /// force that has it may lie beyond them: whoever has a certificate for another's key would shut the other out.
    pub(crate) async fn check_compromise(
        &self,
        record: &StoredCertificate,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let same = store.find_by_key(record.spki_sha256, MOST_WITH_ONE_KEY).await.map_err(Denied::Store)?;
        self.check_same_key(&same, now)
    }

    /// The same, with what has the key, at most [`MOST_WITH_ONE_KEY`].
    pub(crate) fn check_same_key(&self, same: &[StoredCertificate], now: Timestamp) -> Result<(), Denied> {
        let RequesterLimits { names, profiles, authorities, max_lifetime: _ } = &self.limits;
        if names.is_none() && profiles.is_none() && authorities.is_none() {
            return Ok(());
        }
        let in_force = |one: &&StoredCertificate| one.revocation.is_none() && one.validity.not_after() >= now;
        let all_its_own = same.iter().filter(in_force).all(|one| self.check_record(one).is_ok());
        if all_its_own && same.len() < MOST_WITH_ONE_KEY {
            return Ok(());
        }
        let what = "not to every certificate that has this key, and `keyCompromise` blocks the key: revoke for another \
                    reason, and have whoever may revoke them all report the key";
        Err(Denied::Limit { what: what.to_owned() })
    }

    /// Whether its limits let it ask this authority.
    pub fn check_authority(&self, authority: &str) -> Result<(), Denied> {
        let allowed = self.limits.authorities.as_ref();
        if allowed.is_none_or(|list| list.iter().any(|one| one == authority)) {
            return Ok(());
        }
        Err(Denied::Limit { what: format!("not to authority `{authority}`") })
    }
}

/// What decides who may do what. Shared by all doors; the rules can be exchanged while requests are answered.
pub struct Access {
    rules: RwLock<Arc<Rules>>,
    keys: Arc<TokenKeys>,
    nonces: Nonces,
    owner: Option<Owner>,
}

/// Whoever started the process: on a UNIX socket it may do everything, as it may with the files.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Its user id.
    pub uid: u32,
    /// Who it is in the audit log.
    pub principal: Principal,
}

impl Default for Access {
    fn default() -> Self {
        Self::new(Rules::default(), None, None)
    }
}

impl Access {
    /// With these rules; tokens are accepted where a fetcher can get the keys of their issuers.
    pub fn new(rules: Rules, owner: Option<Owner>, fetcher: Option<Arc<dyn KeyFetcher>>) -> Self {
        Self {
            rules: RwLock::new(Arc::new(rules)),
            keys: Arc::new(TokenKeys::new(fetcher)),
            nonces: Nonces::default(),
            owner,
        }
    }

    /// Exchange the rules: the next request is judged by the new ones.
    pub fn replace(&self, rules: Rules) {
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }

    /// The rules now.
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Nonces of signed requests.
    pub fn nonces(&self) -> &Nonces {
        &self.nonces
    }

    /// Who asks.
    pub async fn identify(
        &self,
        headers: &HeaderMap,
        peer: &Peer,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<Caller, Denied> {
        let rules = self.rules();
        if let Some(bearer) = bearer(headers)? {
            if bearer.starts_with(key::PREFIX) {
                return api_key::identify(bearer, store, now).await;
            }
            let accepted = token::accept(bearer, &rules, &self.keys, now).await?;
            return Ok(Caller {
                principal: accepted.principal,
                rights: accepted.allowance.rights,
                limits: accepted.allowance.limits,
                expires: Some(accepted.expires),
                certificate: None,
            });
        }
        if let Some(leaf) = peer.tls.as_ref().and_then(|chain| chain.first()) {
            return certificate::identify(leaf, &rules, store, now).await;
        }
        Ok(self.local(peer))
    }

    /// The owner of the process on a UNIX socket; else nobody.
    fn local(&self, peer: &Peer) -> Caller {
        let owner = self.owner.as_ref().filter(|owner| peer.unix == Some(owner.uid));
        match owner {
            Some(owner) => Caller {
                principal: owner.principal.clone(),
                rights: Right::ALL.into_iter().collect(),
                limits: RequesterLimits::default(),
                expires: None,
                certificate: None,
            },
            None => Caller {
                principal: Principal::Anonymous { address: peer.address.to_string() },
                rights: BTreeSet::new(),
                limits: RequesterLimits::default(),
                expires: None,
                certificate: None,
            },
        }
    }
}

/// The credential in `Authorization` (RFC 6750 section 2.1). More than one is refused: which one was meant?
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Denied> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(Denied::Header);
    }
    let text = value.to_str().map_err(|_| Denied::Header)?;
    let (scheme, credential) = text.split_once(' ').ok_or(Denied::Header)?;
    let good = scheme.eq_ignore_ascii_case("bearer")
        && !credential.is_empty()
        && credential.bytes().all(|octet| octet.is_ascii_graphic() && octet != b',');
    if good { Ok(Some(credential)) } else { Err(Denied::Header) }
}
