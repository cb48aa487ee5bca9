//! Nonces that were seen, for as long as a proof with them would be accepted, and never more than a bound.

use std::collections::{BTreeMap, HashSet};

use hf_core::time::Timestamp;

use super::WINDOW_SECONDS;

/// Nonces seen, forgotten after the window has passed twice (once into the past, once into the future).
#[derive(Debug)]
pub struct NonceCache {
    limit: usize,
    seen: HashSet<Vec<u8>>,
    by_time: BTreeMap<i64, Vec<Vec<u8>>>,
}

/// What the cache says to a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NonceVerdict {
    /// Never seen: the request is no repetition.
    Fresh,
    /// Seen before: the request is a repetition, refuse it.
    Repeated,
    /// No room to remember it: refuse it for now, since a repetition could not be told.
    Full,
}

impl NonceCache {
    /// A cache of at most `limit` nonces (each at most 64 octets).
    pub fn new(limit: usize) -> Self {
        Self { limit, seen: HashSet::new(), by_time: BTreeMap::new() }
    }

    /// Look up a nonce and remember it. Call it only after the proof was verified: others must not fill the cache.
    pub fn admit(&mut self, nonce: &[u8], now: Timestamp) -> NonceVerdict {
        self.forget_before(now.unix_seconds().saturating_sub_unsigned(2 * WINDOW_SECONDS));
        if self.seen.contains(nonce) {
            return NonceVerdict::Repeated;
        }
        if self.seen.len() >= self.limit {
            return NonceVerdict::Full;
        }
        self.seen.insert(nonce.to_vec());
        self.by_time.entry(now.unix_seconds()).or_default().push(nonce.to_vec());
        NonceVerdict::Fresh
    }

    /// How many nonces are remembered.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    fn forget_before(&mut self, oldest: i64) {
        while let Some(first) = self.by_time.first_entry() {
            if *first.key() >= oldest {
                return;
            }
            for nonce in first.remove() {
                self.seen.remove(&nonce);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn a_nonce_is_fresh_once() {
        let mut cache = NonceCache::new(10);
        assert_eq!(cache.admit(b"a", at(1_000)), NonceVerdict::Fresh);
        assert_eq!(cache.admit(b"b", at(1_000)), NonceVerdict::Fresh);
        assert_eq!(cache.admit(b"a", at(1_000 + 600)), NonceVerdict::Repeated);
        assert_eq!(cache.len(), 2);
    }

    #[test]
    fn a_full_cache_refuses_until_it_may_forget() {
        let mut cache = NonceCache::new(1);
        assert_eq!(cache.admit(b"a", at(1_000)), NonceVerdict::Fresh);
        assert_eq!(cache.admit(b"b", at(1_000 + 600)), NonceVerdict::Full);
        assert_eq!(cache.admit(b"b", at(1_000 + 601)), NonceVerdict::Fresh);
        assert_eq!(cache.len(), 1);
        assert!(!cache.is_empty());
    }
}
