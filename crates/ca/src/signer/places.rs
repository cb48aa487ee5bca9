//! Places in the signer's queue: how many there are, and who may hold how many.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hf_core::principal::Principal;

/// For whom a signature is made: those of one lane wait behind each other, lanes take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lane(u64);

impl Lane {
    /// The lane of a requester. Two that fall on one lane share its turns, which harms nobody else.
    pub fn of(principal: &Principal) -> Self {
        let mut hasher = DefaultHasher::new();
        principal.hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// What a place is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Queueing {
    /// Before everything else.
    Status,
    /// In turn with other lanes.
    Certificate(Lane),
}

/// A place in the queue, given back when the signature was made or is not wanted any more.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    queueing: Queueing,
}

impl Place {
    pub(super) fn queueing(&self) -> Queueing {
        self.queueing
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.give_back(self.queueing);
    }
}

/// All places.
#[derive(Debug)]
pub(super) struct Places {
    capacity: usize,
    /// The most that one lane may hold, so that nobody can take all.
    share: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    status: usize,
    certificates: usize,
    /// Lanes that hold a place; never more than there are places.
    by_lane: HashMap<Lane, usize>,
}

impl Places {
    /// `capacity` for certificates and as many for status.
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, share: capacity.div_ceil(2), held: Mutex::default() }
    }

    /// A place, unless there is none, or none for this lane.
    pub(super) fn take(self: &Arc<Self>, queueing: Queueing) -> Option<Place> {
        let mut held = self.lock();
        match queueing {
            Queueing::Status => {
                if held.status >= self.capacity {
                    return None;
                }
                held.status += 1;
            }
            Queueing::Certificate(lane) => {
                let of_lane = held.by_lane.get(&lane).copied().unwrap_or(0);
                if held.certificates >= self.capacity || of_lane >= self.share {
                    return None;
                }
                held.certificates += 1;
                held.by_lane.insert(lane, of_lane + 1);
            }
        }
        drop(held);
        Some(Place { places: Arc::clone(self), queueing })
    }

    /// How many are held.
    pub(super) fn held(&self) -> usize {
        let held = self.lock();
        held.status + held.certificates
    }

    fn give_back(&self, queueing: Queueing) {
        let mut held = self.lock();
        match queueing {
            Queueing::Status => held.status = held.status.saturating_sub(1),
            Queueing::Certificate(lane) => {
                held.certificates = held.certificates.saturating_sub(1);
                if let Some(of_lane) = held.by_lane.get_mut(&lane) {
                    *of_lane = of_lane.saturating_sub(1);
                    if *of_lane == 0 {
                        held.by_lane.remove(&lane);
                    }
                }
            }
        }
    }

    /// Counts stay right whatever a panicking thread was doing: each change is complete before the lock is let go.
    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(user: &str) -> Lane {
        Lane::of(&Principal::Operator { user: user.to_owned() })
    }

    #[test]
    fn nobody_takes_more_than_half() {
        let places = Arc::new(Places::new(4));
        let mut of_one: Vec<_> = (0..4).map(|_| places.take(Queueing::Certificate(lane("a")))).collect();
        assert_eq!(of_one.iter().filter(|place| place.is_some()).count(), 2);
        let other = places.take(Queueing::Certificate(lane("b")));
        assert!(other.is_some() && places.take(Queueing::Certificate(lane("c"))).is_some());
        of_one.clear();
        assert!(places.take(Queueing::Certificate(lane("a"))).is_some(), "places come back");
        drop(other);
        assert_eq!(places.held(), 0);
        assert!(places.lock().by_lane.is_empty(), "no lane is remembered");
    }

    #[test]
    fn the_whole_is_bounded_and_status_has_places_of_its_own() {
        let places = Arc::new(Places::new(3));
        let all: Vec<_> =
            (0..9).filter_map(|user| places.take(Queueing::Certificate(lane(&user.to_string())))).collect();
        assert_eq!(all.len(), 3);
        let status: Vec<_> = (0..9).filter_map(|_| places.take(Queueing::Status)).collect();
        assert_eq!(status.len(), 3);
    }
}
