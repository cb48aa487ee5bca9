//! The latest CRLs in memory: a download costs no more than its octets, asks nobody, and goes on when the store is down.
//!
//! What is here only grows newer. Lists are signed one at a time, each for everybody who waits: revocations that come while
//! one is signed share the next.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use hf_core::time::{Lifetime, Timestamp};
use hf_store::record::StoredCrl;
use tokio::sync::Mutex as AsyncMutex;

use crate::authority::Authority;
use crate::crl::{CrlError, CrlRequest, IssuedCrl};

/// How long the store may take for a list that is not in memory.
const PATIENCE: Duration = Duration::from_secs(2);

/// A CRL as it is sent.
#[derive(Clone, Debug)]
pub struct PublishedCrl {
    /// CRL number.
    pub number: u64,
    /// `thisUpdate`, UTC.
    pub this_update: Timestamp,
    /// `nextUpdate`, UTC.
    pub next_update: Timestamp,
    /// Everything recorded up to this mark is in it; 0 when that is not known.
    pub up_to: u64,
    /// How many entries it has.
    pub entries: u64,
    /// The list, DER.
    pub der: Bytes,
}

impl PublishedCrl {
    /// The first second at which three quarters of its life are over: by then the next should long have been there.
    pub fn stale_at(&self) -> Timestamp {
        let life = self.next_update.seconds_since(self.this_update);
        self.this_update.plus(Lifetime::from_seconds(life / 4 * 3))
    }
}

impl From<StoredCrl> for PublishedCrl {
    fn from(stored: StoredCrl) -> Self {
        Self {
            number: stored.number,
            this_update: stored.this_update,
            next_update: stored.next_update,
            up_to: stored.up_to,
            entries: stored.entries,
            der: Bytes::from(stored.der),
        }
    }
}

impl From<IssuedCrl> for PublishedCrl {
    fn from(issued: IssuedCrl) -> Self {
        Self {
            number: issued.number,
            this_update: issued.this_update,
            next_update: issued.next_update,
            up_to: issued.up_to,
            entries: issued.entries,
            der: issued.der,
        }
    }
}

/// Why a CRL cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CrlCacheError {
    /// The store failed.
    #[error("the latest CRL cannot be read")]
    List(#[source] CrlError),
    /// The store does not answer.
    #[error("the store did not answer within {} seconds", PATIENCE.as_secs())]
    Late,
}

/// What a list must be to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Everything recorded up to this mark is in it.
    Covers(u64),
    /// Its number is greater than this.
    After(u64),
}

impl Wanted {
    fn is_met_by(self, crl: &PublishedCrl) -> bool {
        match self {
            Self::Covers(mark) => crl.up_to >= mark,
            Self::After(number) => crl.number > number,
        }
    }
}

type Key = (String, u32);

/// The latest CRL of each list.
pub struct CrlCache {
    lists: RwLock<HashMap<Key, PublishedCrl>>,
    /// Held while a list is signed.
    signing: Mutex<HashMap<Key, Arc<AsyncMutex<()>>>>,
    lifetime: Mutex<Lifetime>,
}

impl Default for CrlCache {
    fn default() -> Self {
        Self {
            lists: RwLock::default(),
            signing: Mutex::default(),
            lifetime: Mutex::new(CrlRequest::LIFETIME),
        }
    }
}

impl CrlCache {
    /// From `thisUpdate` to `nextUpdate` of what is signed here.
    pub fn lifetime(&self) -> Lifetime {
        *self.lifetime.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Set it for what is signed from now on.
    pub fn set_lifetime(&self, lifetime: Lifetime) {
        *self.lifetime.lock().unwrap_or_else(PoisonError::into_inner) = lifetime;
    }

    /// What is in memory.
    pub fn known(&self, name: &str, shard: u32) -> Option<PublishedCrl> {
        let lists = self.lists.read().unwrap_or_else(PoisonError::into_inner);
        lists.get(&(name.to_owned(), shard)).cloned()
    }

    /// Every list of an authority that is in memory, by its shard.
    pub fn of(&self, name: &str) -> Vec<(u32, PublishedCrl)> {
        let lists = self.lists.read().unwrap_or_else(PoisonError::into_inner);
        let own = lists.iter().filter(|((authority, _), _)| authority == name);
        own.map(|((_, shard), crl)| (*shard, crl.clone())).collect()
    }

    /// Take this one in, unless a newer one is here.
    pub fn offer(&self, name: &str, shard: u32, crl: PublishedCrl) {
        let mut lists = self.lists.write().unwrap_or_else(PoisonError::into_inner);
        match lists.entry((name.to_owned(), shard)) {
            std::collections::hash_map::Entry::Occupied(mut known) => {
                if known.get().number < crl.number {
                    known.insert(crl);
                }
            }
            std::collections::hash_map::Entry::Vacant(place) => drop(place.insert(crl)),
        }
    }

    /// The latest CRL of an authority that exists: from memory, or from the store when it is not there yet.
    pub async fn latest(
        &self,
        authority: &Authority,
        name: &str,
        shard: u32,
    ) -> Result<Option<PublishedCrl>, CrlCacheError> {
        match self.known(name, shard) {
            Some(known) => Ok(Some(known)),
            None => self.load(authority, name, shard).await,
        }
    }

    /// Read the latest CRL from the store.
    pub async fn load(
        &self,
        authority: &Authority,
        name: &str,
        shard: u32,
    ) -> Result<Option<PublishedCrl>, CrlCacheError> {
        let reading = tokio::time::timeout(PATIENCE, authority.latest_crl_of(name, shard));
        let stored = reading.await.map_err(|_| CrlCacheError::Late)?.map_err(CrlCacheError::List)?;
        if let Some(stored) = stored {
            self.offer(name, shard, stored.into());
        }
        Ok(self.known(name, shard))
    }

    /// A list that does, signed when there is none yet. Whoever waits meanwhile is served by the one that comes after.
    pub async fn obtain(
        &self,
        authority: &Authority,
        request: CrlRequest,
        wanted: Wanted,
    ) -> Result<PublishedCrl, CrlError> {
        let (name, shard) = (request.authority.clone(), request.shard);
        let turn = {
            let mut signing = self.signing.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(signing.entry((name.clone(), shard)).or_default())
        };
        let _turn = turn.lock().await;
        if let Some(known) = self.known(&name, shard).filter(|known| wanted.is_met_by(known)) {
            return Ok(known);
        }
        let issued = PublishedCrl::from(authority.issue_crl(request).await?);
        self.offer(&name, shard, issued.clone());
        Ok(issued)
    }
}
