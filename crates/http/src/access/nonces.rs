//! Nonces that were seen: each is accepted once, in bounded memory.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use hf_core::time::Timestamp;

/// The most nonces that are remembered. Renewals come rarely; whoever fills this only keeps signed renewals out for a
/// window.
const MOST: usize = 100_000;

/// What became of a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new, and will not be accepted again.
    New,
    /// It was seen before.
    Seen,
    /// Too many are remembered: it is not accepted now.
    Full,
}

/// The nonces of a window.
#[derive(Default)]
pub struct Nonces {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    seen: HashSet<[u8; 32]>,
    order: VecDeque<(Timestamp, [u8; 32])>,
}

impl Nonces {
    /// Take the nonce with this hash. It is remembered until `until`, after which the time in the request refuses it.
    pub fn take(&self, nonce: [u8; 32], now: Timestamp, until: Timestamp) -> Taken {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        while inner.order.front().is_some_and(|(ends, _)| *ends < now) {
            if let Some((_, old)) = inner.order.pop_front() {
                inner.seen.remove(&old);
            }
        }
        if inner.seen.contains(&nonce) {
            return Taken::Seen;
        }
        if inner.seen.len() >= MOST {
            return Taken::Full;
        }
        inner.seen.insert(nonce);
        inner.order.push_back((until, nonce));
        Taken::New
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_taken_once_and_forgotten_when_its_time_is_over() {
        let time = Timestamp::from_unix_seconds;
        let nonces = Nonces::default();
        assert_eq!(nonces.take([1; 32], time(0), time(10)), Taken::New);
        assert_eq!(nonces.take([1; 32], time(10), time(20)), Taken::Seen);
        assert_eq!(nonces.take([2; 32], time(10), time(20)), Taken::New);
        assert_eq!(nonces.take([1; 32], time(11), time(21)), Taken::New);
    }

    #[test]
    fn of_many_at_once_one_is_new() {
        let nonces = Nonces::default();
        let time = Timestamp::from_unix_seconds;
        let new = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| nonces.take([7; 32], time(0), time(10)))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(new.iter().filter(|taken| **taken == Taken::New).count(), 1);
    }

    #[test]
    fn memory_is_bounded() {
        let nonces = Nonces::default();
        let time = Timestamp::from_unix_seconds;
        let hash = |number: u32| {
            let mut hash = [0; 32];
            hash[..4].copy_from_slice(&number.to_be_bytes());
            hash
        };
        for number in 0..u32::try_from(MOST).unwrap() {
            assert_eq!(nonces.take(hash(number), time(0), time(10)), Taken::New);
        }
        assert_eq!(nonces.take(hash(u32::MAX), time(0), time(10)), Taken::Full);
        assert_eq!(nonces.take(hash(u32::MAX), time(11), time(21)), Taken::New);
    }
}
