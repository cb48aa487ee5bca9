//! Nonces, RFC 8555 section 6.5: each is good once, and what that costs does not grow with how many were given out.
//!
//! A nonce is a number under authenticated encryption: whoever was not given it cannot make it, and it does not tell
//! how many were given out before. Of the numbers, one bit each is kept for the newest [`WINDOW`]; older ones are too
//! old. The key lives as long as the process, so the nonces of a former one are refused; clients take a new one then.

use std::sync::{Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use hf_core::secret::Secret;

use super::base64url;

/// How many of the newest nonces can be redeemed: 256 KiB. At 5,000 requests a second that is seven minutes, and at any
/// rate more than all clients that wait at once.
pub const WINDOW: usize = 1 << 21;

/// Every number is sealed once and never another under the same key, which is what AES-GCM-SIV (RFC 8452) needs when the
/// nonce of the encryption stays the same.
const SEALED_WITH: [u8; 12] = *b"acme-nonce-1";

/// What came of a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redemption {
    /// It was good, and is not any more.
    Redeemed,
    /// It was never given out by this process, is used, or is too old.
    Refused,
}

/// The key is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cipher for nonces does not take its key, or does not seal")]
pub struct NonceError;

/// Gives nonces out and takes them back.
pub struct NoncePool {
    key: LessSafeKey,
    window: Mutex<Window>,
    refuse: Option<Refuse>,
}

impl NoncePool {
    /// A pool with this key, which must be random and of this process alone.
    ///
    /// # Errors
    /// When the cipher does not take the key.
    pub fn new(key: &Secret<[u8; 32]>) -> Result<Self, NonceError> {
        Self::with_window(key, WINDOW)
    }

    /// The same, that refuses so many of 100 good nonces, as Pebble does: to test that clients ask again.
    #[must_use]
    pub fn refusing(mut self, percent: u8) -> Self {
        self.refuse = Some(Refuse { percent: u64::from(percent.min(100)) });
        self
    }

    fn with_window(key: &Secret<[u8; 32]>, size: usize) -> Result<Self, NonceError> {
        let key = UnboundKey::new(&AES_256_GCM_SIV, key.expose()).map_err(|_| NonceError)?;
        Ok(Self { key: LessSafeKey::new(key), window: Mutex::new(Window::new(size)), refuse: None })
    }

    /// A new one, in base64url.
    ///
    /// # Errors
    /// When the cipher fails.
    pub fn give(&self) -> Result<String, NonceError> {
        let number = self.window.lock().unwrap_or_else(PoisonError::into_inner).give();
        let mut sealed = number.to_be_bytes().to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(SEALED_WITH), Aad::empty(), &mut sealed)
            .map_err(|_| NonceError)?;
        Ok(base64url::encode(&sealed))
    }

    /// Take one back.
    pub fn redeem(&self, nonce: &str) -> Redemption {
        let Some(number) = self.open(nonce) else { return Redemption::Refused };
        let taken = self.window.lock().unwrap_or_else(PoisonError::into_inner).take(number);
        let spoilt = self.refuse.is_some_and(|refuse| refuse.hits(number));
        if taken && !spoilt { Redemption::Redeemed } else { Redemption::Refused }
    }

    fn open(&self, nonce: &str) -> Option<u64> {
        let mut sealed = base64url::decode(nonce)?;
        let nonce = Nonce::assume_unique_for_key(SEALED_WITH);
        let opened = self.key.open_in_place(nonce, Aad::empty(), &mut sealed).ok()?;
        Some(u64::from_be_bytes(opened.try_into().ok()?))
    }
}

/// Which of the newest numbers were taken back: a ring of bits.
struct Window {
    /// The next number to give out.
    next: u64,
    size: u64,
    taken: Vec<u64>,
}

impl Window {
    fn new(size: usize) -> Self {
        let words = size.div_ceil(64).max(1);
        Self { next: 0, size: u64::try_from(words).unwrap_or(1).saturating_mul(64), taken: vec![0; words] }
    }

    fn give(&mut self) -> u64 {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        // The bit belonged to the number that is too old from now on.
        if let Some((word, bit)) = self.place(number) {
            *word &= !bit;
        }
        number
    }

    /// Whether the number was given out, is not too old, and was not taken before.
    fn take(&mut self, number: u64) -> bool {
        if number >= self.next || number < self.next.saturating_sub(self.size) {
            return false;
        }
        let Some((word, bit)) = self.place(number) else { return false };
        let fresh = *word & bit == 0;
        *word |= bit;
        fresh
    }

    fn place(&mut self, number: u64) -> Option<(&mut u64, u64)> {
        let slot = number % self.size;
        let index = usize::try_from(slot / 64).ok()?;
        Some((self.taken.get_mut(index)?, 1 << (slot % 64)))
    }
}

/// Refuses some.
#[derive(Clone, Copy)]
struct Refuse {
    percent: u64,
}

impl Refuse {
    /// Spread over the numbers without a pattern that a client could fall in step with (`SplitMix64`).
    fn hits(self, number: u64) -> bool {
        let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 100 < self.percent
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn pool(seed: u8, window: usize) -> NoncePool {
        NoncePool::with_window(&Secret::new([seed; 32]), window).unwrap()
    }

    #[test]
    fn a_nonce_is_good_once() {
        let pool = pool(1, 128);
        let nonces: Vec<String> = (0..100).map(|_| pool.give().unwrap()).collect();
        assert_eq!(nonces.iter().collect::<HashSet<_>>().len(), 100);
        for nonce in nonces.iter().rev() {
            assert_eq!(pool.redeem(nonce), Redemption::Redeemed);
        }
        for nonce in &nonces {
            assert_eq!(pool.redeem(nonce), Redemption::Refused);
        }
    }

    #[test]
    fn a_nonce_becomes_too_old() {
        let pool = pool(1, 128);
        let old = pool.give().unwrap();
        let kept = pool.give().unwrap();
        for _ in 0..127 {
            pool.give().unwrap();
        }
        assert_eq!(pool.redeem(&old), Redemption::Refused);
        assert_eq!(pool.redeem(&kept), Redemption::Redeemed);
        pool.give().unwrap();
        assert_eq!(pool.redeem(&kept), Redemption::Refused, "its bit belongs to a newer one now");
    }

    #[test]
    fn a_used_bit_does_not_refuse_the_number_that_inherits_it() {
        let pool = pool(1, 64);
        let first: Vec<String> = (0..64).map(|_| pool.give().unwrap()).collect();
        assert!(first.iter().all(|nonce| pool.redeem(nonce) == Redemption::Redeemed));
        let second: Vec<String> = (0..64).map(|_| pool.give().unwrap()).collect();
        assert!(second.iter().all(|nonce| pool.redeem(nonce) == Redemption::Redeemed));
    }

    #[test]
    fn nobody_makes_one_and_none_outlives_its_process() {
        let (mine, former) = (pool(1, 128), pool(2, 128));
        let nonce = former.give().unwrap();
        assert_eq!(mine.redeem(&nonce), Redemption::Refused);
        let mine_now = mine.give().unwrap();
        for at in 0..mine_now.len() {
            let mut changed = mine_now.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(mine.redeem(std::str::from_utf8(&changed).unwrap()), Redemption::Refused, "{at}");
        }
        for bad in ["", "AAAA", "====", "a b", &"A".repeat(32), &"A".repeat(100_000)] {
            assert_eq!(mine.redeem(bad), Redemption::Refused);
        }
        assert_eq!(mine.redeem(&mine_now), Redemption::Redeemed, "what others tried does not use it up");
    }

    #[test]
    fn of_many_at_once_one_redeems() {
        let pool = pool(1, 1 << 14);
        let nonces: Vec<String> = (0..200).map(|_| pool.give().unwrap()).collect();
        let redeemed: usize = std::thread::scope(|scope| {
            let count = || {
                pool.give().unwrap();
                nonces.iter().filter(|nonce| pool.redeem(nonce) == Redemption::Redeemed).count()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(redeemed, nonces.len());
    }

    #[test]
    fn given_to_many_at_once_each_is_another() {
        let pool = pool(1, 1 << 14);
        let all: Vec<String> = std::thread::scope(|scope| {
            let give = || (0..500).map(|_| pool.give().unwrap()).collect::<Vec<_>>();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(give)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 4_000);
    }

    #[test]
    fn memory_stays_what_it_is() {
        let pool = NoncePool::new(&Secret::new([1; 32])).unwrap();
        for _ in 0..10_000 {
            let nonce = pool.give().unwrap();
            assert_eq!(pool.redeem(&nonce), Redemption::Redeemed);
        }
        let window = pool.window.lock().unwrap();
        assert_eq!(window.taken.len() * 8, 256 * 1024);
        assert_eq!(window.taken.capacity() * 8, 256 * 1024);
    }

    #[test]
    fn a_share_is_refused_where_clients_are_tested() {
        let pool = pool(1, 1 << 14).refusing(5);
        let refused =
            (0..10_000).filter(|_| pool.redeem(&pool.give().unwrap()) == Redemption::Refused).count();
        assert!((400..600).contains(&refused), "{refused}");
        let never = NoncePool::with_window(&Secret::new([1; 32]), 64).unwrap().refusing(100);
        assert_eq!(never.redeem(&never.give().unwrap()), Redemption::Refused);
    }
}
