//! What is known of the status of certificates, and the answers that say so, in memory that is bounded.
//!
//! Kept by serial number: whoever changes a status makes everything about the serial number be forgotten, whatever the
//! authority and however clients encode their questions. What was read from the store before a change must not be kept
//! after it; the mark of [`StatusCache::mark`] sees to that. What is full gives way in the order in which it came,
//! except that what was asked for since gets another round.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use hf_x509::ocsp::{CertId, CertStatus, SingleResponse};
use tokio::sync::watch;

use super::answer::{self, Age, OcspAnswer};
use super::error::OcspError;
use super::standing::Delegates;

/// What came of making an answer, for all who wait for it.
pub(super) type Outcome = Result<OcspAnswer, Arc<OcspError>>;

/// An answer that is being made.
pub(super) type Flight = watch::Receiver<Option<Outcome>>;

/// Parts with a lock of their own, a power of two.
const PARTS: usize = 16;

/// Octets in all when nobody says otherwise: some 40,000 answers that are signed with P-256.
const OCTETS: usize = 32 * 1024 * 1024;

/// Octets that an entry takes beyond its answer: keys, times, tables.
const OVERHEAD: usize = 400;

/// Questions about one certificate that are kept: one for each digest that clients use.
const ENCODINGS: usize = 4;

/// What is kept about certificates.
pub(crate) struct StatusCache {
    parts: [Mutex<Part>; PARTS],
    octets: AtomicUsize,
    evicted: AtomicU64,
    /// Those whose answers are kept.
    pub(super) delegates: Delegates,
}

/// What a part had forgotten when the store was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark(u64);

#[derive(Default)]
struct Part {
    by_serial: HashMap<Arc<[u8]>, Slot>,
    order: VecDeque<Arc<[u8]>>,
    octets: usize,
    /// How many times something here was forgotten.
    forgotten: u64,
    flights: HashMap<Arc<[u8]>, Vec<UnderWay>>,
}

/// An answer that is being made: of this authority, to this question.
struct UnderWay {
    authority: Arc<str>,
    id: CertId,
    flight: Flight,
}

#[derive(Default)]
struct Slot {
    entries: Vec<Entry>,
    /// Asked for since it last stood at the end of the queue.
    asked: bool,
}

struct Entry {
    authority: Arc<str>,
    single: SingleResponse,
    answer: Option<OcspAnswer>,
    /// How often the answer was asked for.
    asked: u32,
}

impl Default for StatusCache {
    fn default() -> Self {
        Self {
            parts: Default::default(),
            octets: AtomicUsize::new(OCTETS),
            evicted: AtomicU64::new(0),
            delegates: Delegates::default(),
        }
    }
}

impl StatusCache {
    /// Take at most so many octets from now on.
    pub(super) fn limit(&self, octets: usize) {
        self.octets.store(octets, Ordering::Relaxed);
    }

    /// The signed answer of this authority to this question.
    pub(super) fn answer(&self, authority: &str, id: &CertId) -> Option<OcspAnswer> {
        let mut part = self.part(id.serial_octets());
        let slot = part.by_serial.get_mut(id.serial_octets())?;
        let entry = slot.entries.iter_mut().find(|entry| entry.is(authority, id))?;
        let answer = entry.answer.clone()?;
        entry.asked = entry.asked.saturating_add(1);
        slot.asked = true;
        Some(answer)
    }

    /// What is known of the certificate, signed or not.
    pub(super) fn single(&self, authority: &str, id: &CertId) -> Option<SingleResponse> {
        let mut part = self.part(id.serial_octets());
        let slot = part.by_serial.get_mut(id.serial_octets())?;
        slot.asked = true;
        slot.entries.iter().find(|entry| entry.is(authority, id)).map(|entry| entry.single.clone())
    }

    /// To be taken before the store is asked about a certificate.
    pub(super) fn mark(&self, id: &CertId) -> Mark {
        Mark(self.part(id.serial_octets()).forgotten)
    }

    /// Keep what the store said after the mark was taken; false when something was forgotten since, so that it may be
    /// out of date. What is not on record is never kept: it may be on record a moment later.
    pub(super) fn keep(
        &self,
        mark: Mark,
        authority: &Arc<str>,
        single: SingleResponse,
        answer: Option<OcspAnswer>,
    ) -> bool {
        let mut part = self.part(single.certificate.serial_octets());
        if part.forgotten != mark.0 {
            return false;
        }
        if single.status != CertStatus::Unknown {
            part.put(Entry { authority: Arc::clone(authority), single, answer, asked: 0 });
            let evicted = part.shrink(self.octets.load(Ordering::Relaxed) / PARTS);
            self.evicted.fetch_add(evicted, Ordering::Relaxed);
        }
        true
    }

    /// Forget everything about a serial number, also what is being made. When it is that of a delegate, what that signed
    /// goes as well.
    pub(crate) fn forget(&self, serial: &Serial) {
        let revoked = self.delegates.revoke(serial);
        let serial = serial.to_der_content();
        {
            let mut part = self.part(&serial);
            part.forgotten += 1;
            part.flights.remove(serial.as_slice());
            part.remove(&serial);
        }
        for authority in revoked {
            self.parts.iter().for_each(|part| lock(part).forget_answers(&authority));
        }
    }

    /// Forget everything about every certificate, also what is being made.
    pub(super) fn forget_all(&self) {
        self.parts.iter().for_each(|part| lock(part).forget_everything());
    }

    /// The answer of this authority to this question that is being made; where there is none, `begin` begins it. Two
    /// authorities with one name and key are asked the same question and know different certificates.
    pub(super) fn flight(&self, authority: &str, id: &CertId, begin: impl FnOnce() -> Flight) -> Flight {
        let mut part = self.part(id.serial_octets());
        let flights = part.flights.get(id.serial_octets()).into_iter().flatten();
        let mut same = flights.filter(|one| {
            *one.authority == *authority && one.id.der() == id.der() && one.flight.has_changed().is_ok()
        });
        if let Some(one) = same.next_back() {
            return one.flight.clone();
        }
        let flight = begin();
        let one = UnderWay { authority: authority.into(), id: id.clone(), flight: flight.clone() };
        part.flights.entry(id.serial_octets().into()).or_default().push(one);
        flight
    }

    /// A flight has ended: those whose end nobody holds any more go.
    pub(super) fn landed(&self, id: &CertId) {
        let mut part = self.part(id.serial_octets());
        if let Some(flights) = part.flights.get_mut(id.serial_octets()) {
            flights.retain(|one| one.flight.has_changed().is_ok() && one.flight.borrow().is_none());
            if flights.is_empty() {
                part.flights.remove(id.serial_octets());
            }
        }
    }

    /// Questions that were asked at least twice since their answers were signed, whose answers have lived three eighths of
    /// their lives at `now`: at most `most`.
    pub(super) fn due(&self, now: Timestamp, most: usize) -> Vec<(Arc<str>, CertId)> {
        let mut due = Vec::new();
        for part in &self.parts {
            let part = lock(part);
            let entries = part.by_serial.values().flat_map(|slot| &slot.entries);
            let wanted = entries.filter(|entry| entry.is_due(now));
            let left = most.saturating_sub(due.len());
            due.extend(
                wanted
                    .take(left)
                    .map(|entry| (Arc::clone(&entry.authority), entry.single.certificate.clone())),
            );
        }
        due
    }

    /// How many entries there are, how many octets they take, and how many gave way.
    pub(super) fn size(&self) -> (usize, usize, u64) {
        let parts = self.parts.iter().map(|part| {
            let part = lock(part);
            (part.by_serial.values().map(|slot| slot.entries.len()).sum::<usize>(), part.octets)
        });
        let (entries, octets) = parts.fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        (entries, octets, self.evicted.load(Ordering::Relaxed))
    }

    /// Serial numbers are random at their ends.
    fn part(&self, serial: &[u8]) -> MutexGuard<'_, Part> {
        let place = usize::from(serial.last().copied().unwrap_or(0)) % PARTS;
        let [first, ..] = &self.parts;
        lock(self.parts.get(place).unwrap_or(first))
    }
}

impl Part {
    fn put(&mut self, entry: Entry) {
        let serial = entry.single.certificate.serial_octets();
        if !self.by_serial.contains_key(serial) {
            let serial: Arc<[u8]> = serial.into();
            self.order.push_back(Arc::clone(&serial));
            self.by_serial.insert(serial, Slot::default());
        }
        let Some(slot) = self.by_serial.get_mut(serial) else { return };
        let same = slot.entries.iter().position(|old| old.is(&entry.authority, &entry.single.certificate));
        let goes = same.or((slot.entries.len() >= ENCODINGS).then_some(0));
        self.octets += entry.octets();
        if let Some(goes) = goes {
            self.octets -= slot.entries.remove(goes).octets();
        }
        slot.entries.push(entry);
    }

    fn remove(&mut self, serial: &[u8]) {
        if let Some(slot) = self.by_serial.remove(serial) {
            self.octets -= slot.octets();
            self.order.retain(|other| **other != *serial);
        }
    }

    fn forget_everything(&mut self) {
        *self = Self { forgotten: self.forgotten + 1, ..Self::default() };
    }

    /// Forget every signed answer of an authority, also what is being made, but not what is known of its certificates.
    fn forget_answers(&mut self, authority: &str) {
        self.forgotten += 1;
        for flights in self.flights.values_mut() {
            flights.retain(|one| *one.authority != *authority);
        }
        self.flights.retain(|_, flights| !flights.is_empty());
        let entries = self.by_serial.values_mut().flat_map(|slot| &mut slot.entries);
        for entry in entries.filter(|entry| *entry.authority == *authority) {
            self.octets -= entry.octets();
            entry.answer = None;
            self.octets += entry.octets();
        }
    }

    /// Let go what came first until the rest fits; what was asked for since it last stood at the end goes on living once.
    fn shrink(&mut self, octets: usize) -> u64 {
        let mut evicted = 0;
        // Twice around: after the first time nothing counts as asked for.
        for _ in 0..self.order.len().saturating_mul(2) {
            if self.octets <= octets {
                break;
            }
            let Some(serial) = self.order.pop_front() else { break };
            let Some(slot) = self.by_serial.get_mut(&serial) else { continue };
            if std::mem::take(&mut slot.asked) {
                self.order.push_back(serial);
                continue;
            }
            evicted += u64::try_from(slot.entries.len()).unwrap_or(0);
            self.octets -= slot.octets();
            self.by_serial.remove(&serial);
        }
        evicted
    }
}

impl Slot {
    fn octets(&self) -> usize {
        self.entries.iter().map(Entry::octets).sum()
    }
}

impl Entry {
    fn is(&self, authority: &str, id: &CertId) -> bool {
        self.single.certificate.der() == id.der() && *self.authority == *authority
    }

    fn octets(&self) -> usize {
        OVERHEAD + self.answer.as_ref().map_or(0, |answer| answer.der.len())
    }

    fn is_due(&self, now: Timestamp) -> bool {
        let Some(kept) = self.answer.as_ref().and_then(|answer| answer.kept.as_ref()) else { return false };
        let life = kept.next_update.seconds_since(kept.this_update);
        let age = now.seconds_since(kept.this_update);
        self.asked >= 2 && (age.saturating_mul(8) >= life.saturating_mul(3) || kept.age(now) == Age::Over)
    }
}

/// Whether what is known of a certificate is in the first half of its life.
pub(super) fn is_young(single: &SingleResponse, now: Timestamp) -> bool {
    age(single, now) == Age::Young
}

/// Whether what is known of a certificate may be told.
pub(super) fn holds(single: &SingleResponse, now: Timestamp) -> bool {
    age(single, now) != Age::Over
}

fn age(single: &SingleResponse, now: Timestamp) -> Age {
    single.next_update.map_or(Age::Over, |next_update| answer::age(single.this_update, next_update, now))
}

/// Each change is complete before the lock is let go, whatever a panicking thread was doing.
fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
