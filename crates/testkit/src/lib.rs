//! Manual clock, seeded randomness, a small name server and a log of certificate transparency for tests. A dev-dependency
//! only.

pub mod dns;
pub mod log;

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use hf_core::random::{Random, RandomUnavailable};
use hf_core::time::{Clock, Lifetime, Timestamp};

/// A clock that stands still until it is turned by hand, forward or back.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// 2027-01-01T00:00:00Z, where tests begin.
    pub const START: i64 = 1_798_761_600;

    /// A clock that stands at `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.unix_seconds()))
    }

    /// Go forward.
    pub fn advance(&self, by: Lifetime) {
        self.0.fetch_add(by.seconds(), Ordering::SeqCst);
    }

    /// Jump anywhere, also back.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.unix_seconds(), Ordering::SeqCst);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self(AtomicI64::new(Self::START))
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.0.load(Ordering::SeqCst))
    }
}

/// The same octets for the same seed (`SplitMix64`). Never for anything but tests.
#[derive(Debug)]
pub struct SeededRandom(Mutex<u64>);

impl SeededRandom {
    /// A generator that begins at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Random for SeededRandom {
    fn fill(&self, octets: &mut [u8]) -> Result<(), RandomUnavailable> {
        let mut state = self.0.lock().map_err(|_| RandomUnavailable)?;
        for chunk in octets.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            chunk.copy_from_slice(mixed.to_le_bytes().get(..chunk.len()).unwrap_or_default());
        }
        Ok(())
    }
}

/// A generator that never delivers.
#[derive(Debug)]
pub struct BrokenRandom;

impl Random for BrokenRandom {
    fn fill(&self, _octets: &mut [u8]) -> Result<(), RandomUnavailable> {
        Err(RandomUnavailable)
    }
}
