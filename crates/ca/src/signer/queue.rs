//! The queue between async callers and the threads that sign.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use hf_keys::signing_key::{SignError, SigningKey};
use hf_x509::signature::Signature;
use hf_x509::tbs::ToBeSigned;
use tokio::sync::oneshot;

use super::places::{Lane, Place, Queueing};

/// One signature to be made.
pub(super) struct Job {
    key: Arc<dyn SigningKey>,
    bytes: Arc<ToBeSigned>,
    state: AtomicU8,
    /// Given back when nobody holds the job any more, so that callers who leave do not make room for more.
    place: Place,
}

/// Nobody has taken it up.
const WAITING: u8 = 0;
/// A thread has called the key.
const TAKEN: u8 = 1;
/// The caller has given up; no thread may take it up any more.
const CANCELLED: u8 = 2;

impl Job {
    pub(super) fn new(key: Arc<dyn SigningKey>, bytes: Arc<ToBeSigned>, place: Place) -> Self {
        Self { key, bytes, state: AtomicU8::new(WAITING), place }
    }

    /// Give the job up; whether that was in time, so that it will never be signed.
    pub(super) fn cancel(&self) -> bool {
        self.advance(CANCELLED)
    }

    fn advance(&self, to: u8) -> bool {
        self.state.compare_exchange(WAITING, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").finish_non_exhaustive()
    }
}

type Answer = oneshot::Sender<Result<Signature, SignError>>;

/// What waits: status first, then one certificate of each lane in turn.
#[derive(Debug, Default)]
struct Waiting {
    status: VecDeque<(Arc<Job>, Answer)>,
    /// Lanes in which something waits, in the order of their turns.
    turns: VecDeque<Lane>,
    certificates: HashMap<Lane, VecDeque<(Arc<Job>, Answer)>>,
    stopped: bool,
}

impl Waiting {
    fn push(&mut self, job: Arc<Job>, answer: Answer) {
        match job.place.queueing() {
            Queueing::Status => self.status.push_back((job, answer)),
            Queueing::Certificate(lane) => {
                let waiting = self.certificates.entry(lane).or_default();
                if waiting.is_empty() {
                    self.turns.push_back(lane);
                }
                waiting.push_back((job, answer));
            }
        }
    }

    fn pop(&mut self) -> Option<(Arc<Job>, Answer)> {
        if let Some(next) = self.status.pop_front() {
            return Some(next);
        }
        let lane = self.turns.pop_front()?;
        let waiting = self.certificates.get_mut(&lane)?;
        let next = waiting.pop_front();
        if waiting.is_empty() {
            self.certificates.remove(&lane);
        } else {
            self.turns.push_back(lane);
        }
        next
    }
}

/// Its length is bounded by the places.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

impl Queue {
    pub(super) fn push(&self, job: Arc<Job>, answer: Answer) {
        self.lock().push(job, answer);
        self.changed.notify_one();
    }

    /// Let the threads end and the waiting jobs fall.
    pub(super) fn stop(&self) {
        let mut waiting = self.lock();
        *waiting = Waiting { stopped: true, ..Waiting::default() };
        drop(waiting);
        self.changed.notify_all();
    }

    /// What each thread does until the queue is stopped.
    pub(super) fn work(&self) {
        while let Some((job, answer)) = self.next() {
            if !job.advance(TAKEN) {
                continue;
            }
            let result = job.key.sign(&job.bytes);
            // Let go of the bytes first: whoever waits for the signature may want to be their only owner.
            drop(job);
            // The caller may have given up; then nobody wants the signature.
            let _ = answer.send(result);
        }
    }

    fn next(&self) -> Option<(Arc<Job>, Answer)> {
        let mut waiting = self.lock();
        loop {
            if waiting.stopped {
                return None;
            }
            if let Some(next) = waiting.pop() {
                return Some(next);
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The queue stays consistent whatever a panicking thread was doing: nothing in a change calls foreign code.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
