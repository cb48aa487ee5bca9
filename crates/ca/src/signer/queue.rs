//! The queue between async callers and the threads that sign.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use hf_keys::signing_key::{SignError, SigningKey};
use hf_x509::signature::Signature;
use hf_x509::tbs::ToBeSigned;
use tokio::sync::oneshot;

use super::Urgency;

/// One signature to be made.
pub(super) struct Job {
    key: Arc<dyn SigningKey>,
    bytes: Arc<ToBeSigned>,
    state: AtomicU8,
}

/// Nobody has taken it up.
const WAITING: u8 = 0;
/// A thread has called the key.
const TAKEN: u8 = 1;
/// The caller has given up; no thread may take it up any more.
const CANCELLED: u8 = 2;

impl Job {
    pub(super) fn new(key: Arc<dyn SigningKey>, bytes: Arc<ToBeSigned>) -> Self {
        Self { key, bytes, state: AtomicU8::new(WAITING) }
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

#[derive(Debug, Default)]
struct Lanes {
    status: VecDeque<(Arc<Job>, Answer)>,
    certificates: VecDeque<(Arc<Job>, Answer)>,
    stopped: bool,
}

/// Two lanes: status before certificates. Its length is bounded by whoever pushes.
#[derive(Debug, Default)]
pub(super) struct Queue {
    lanes: Mutex<Lanes>,
    changed: Condvar,
}

impl Queue {
    pub(super) fn push(&self, job: Arc<Job>, answer: Answer, urgency: Urgency) {
        let mut lanes = self.lock();
        match urgency {
            Urgency::Status => lanes.status.push_back((job, answer)),
            Urgency::Certificate => lanes.certificates.push_back((job, answer)),
        }
        drop(lanes);
        self.changed.notify_one();
    }

    /// Let the threads end and the waiting jobs fall.
    pub(super) fn stop(&self) {
        let mut lanes = self.lock();
        lanes.stopped = true;
        lanes.status.clear();
        lanes.certificates.clear();
        drop(lanes);
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
        let mut lanes = self.lock();
        loop {
            if lanes.stopped {
                return None;
            }
            let first = lanes.status.pop_front();
            if let Some(next) = first.or_else(|| lanes.certificates.pop_front()) {
                return Some(next);
            }
            lanes = self.changed.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The lanes stay consistent whatever a panicking thread was doing: each change is one push or pop.
    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
