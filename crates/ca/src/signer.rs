//! The async entrance to signing keys, which are sync and may block.
//!
//! Threads of its own, a bounded queue and a deadline: a slow hardware module holds up those who wait for it and
//! nobody else. Signatures for revocation status go before those for certificates, and requesters take turns, so that one
//! who asks for thousands does not hold up another who asks for one. A key that signs at once is called where the caller
//! is: its signature costs less than the way to another thread and back, and leaves no queue in which to wait (decision
//! record 0017).

mod latency;
mod places;
mod queue;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hf_keys::signing_key::{SignError, SigningKey};
use hf_x509::signature::Signature;
use hf_x509::tbs::ToBeSigned;
use tokio::sync::oneshot;
use tokio::time::Instant;

use latency::Latency;
pub use latency::SignerLatency;
pub use places::{Lane, Place};
use places::{Places, Queueing};
use queue::{Job, Queue};

/// The most octets that are signed where the caller is: digesting them takes some 40 microseconds. Every certificate is
/// smaller; long CRLs are not.
const AT_ONCE: usize = 64 * 1024;

/// How much may be under way at once, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct SignerSettings {
    /// Threads that call the keys.
    pub threads: NonZeroUsize,
    /// Certificates that may wait or be under way, of which one requester may have half, and as many signatures of status;
    /// more are turned away.
    pub queue: NonZeroUsize,
    /// From the call to the signature.
    pub deadline: Duration,
}

impl SignerSettings {
    /// `threads` threads, 1024 places, ten seconds.
    pub fn with_threads(threads: NonZeroUsize) -> Self {
        Self {
            threads,
            queue: NonZeroUsize::new(1024).unwrap_or(NonZeroUsize::MIN),
            deadline: Duration::from_secs(10),
        }
    }
}

/// Every place in the queue is taken, or those that one requester may have. Nothing was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signer is overloaded: try again in {} seconds", retry_after.as_secs())]
pub struct Overloaded {
    /// When there should be a place, in whole seconds.
    pub retry_after: Duration,
}

/// Why there is no signature.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// No thread was free before the deadline. Nothing was signed, and nothing will be.
    #[error("the signer is busy: no thread was free within {} seconds", deadline.as_secs_f64())]
    Busy {
        /// How long the caller waited.
        deadline: Duration,
    },
    /// The key did not answer before the deadline. It may sign yet; the signature will be thrown away.
    #[error("the key did not answer within {} seconds", deadline.as_secs_f64())]
    Late {
        /// How long the caller waited.
        deadline: Duration,
    },
    /// There was no place in the queue.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
    /// The key refused or failed.
    #[error("the key did not sign")]
    Key(#[source] SignError),
    /// The threads could not be started, or have ended.
    #[error("the signer is not running")]
    Stopped,
}

impl SignerError {
    /// Whether it is certain that no signature was made.
    pub fn is_definite(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Overloaded(_) | Self::Stopped)
    }
}

/// Counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignerCounts {
    /// Signatures handed out.
    pub signed: u64,
    /// Refusals and failures of keys.
    pub failed: u64,
    /// Deadlines that passed, before or after a thread took up the work.
    pub late: u64,
    /// Requests for a place that were turned away.
    pub overloaded: u64,
    /// Places held now.
    pub held: usize,
}

/// Threads that sign. Dropping it ends them after what they are doing.
#[derive(Debug)]
pub struct Signer {
    queue: Arc<Queue>,
    places: Arc<Places>,
    threads: NonZeroUsize,
    deadline: Duration,
    counts: Counters,
    latency: Latency,
}

#[derive(Debug, Default)]
struct Counters {
    signed: AtomicU64,
    failed: AtomicU64,
    late: AtomicU64,
    overloaded: AtomicU64,
}

impl Signer {
    /// Start the threads.
    ///
    /// # Errors
    /// [`SignerError::Stopped`] when the system starts no thread.
    pub fn start(settings: SignerSettings) -> Result<Self, SignerError> {
        let queue = Arc::new(Queue::default());
        for number in 0..settings.threads.get() {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new()
                .name(format!("sign-{number}"))
                .spawn(move || queue.work())
                .map_err(|_| SignerError::Stopped)?;
        }
        Ok(Self {
            queue,
            places: Arc::new(Places::new(settings.queue.get())),
            threads: settings.threads,
            deadline: settings.deadline,
            counts: Counters::default(),
            latency: Latency::default(),
        })
    }

    /// A place for a certificate of this requester. Taken before anything is put on record, so that overload leaves no
    /// trace.
    pub fn place_for(&self, lane: Lane) -> Result<Place, Overloaded> {
        self.place(Queueing::Certificate(lane))
    }

    /// A place for a CRL or another statement of revocation status.
    pub fn place_for_status(&self) -> Result<Place, Overloaded> {
        self.place(Queueing::Status)
    }

    fn place(&self, queueing: Queueing) -> Result<Place, Overloaded> {
        self.places.take(queueing).ok_or_else(|| {
            self.counts.overloaded.fetch_add(1, Ordering::Relaxed);
            Overloaded { retry_after: self.retry_after() }
        })
    }

    /// How long what waits now will take, from one second to the deadline.
    fn retry_after(&self) -> Duration {
        let each = self.latency.mean().unwrap_or(Duration::from_millis(1));
        let waiting = u32::try_from(self.places.held() / self.threads).unwrap_or(u32::MAX);
        let seconds = each.saturating_mul(waiting).as_secs() + 1;
        Duration::from_secs(seconds.min(self.deadline.as_secs().max(1)))
    }

    /// Sign exactly these bytes with this key.
    pub async fn sign(
        &self,
        key: Arc<dyn SigningKey>,
        bytes: Arc<ToBeSigned>,
        place: Place,
    ) -> Result<Signature, SignerError> {
        let began = Instant::now();
        let result = if key.signs_at_once() && bytes.bytes().len() <= AT_ONCE {
            let result = key.sign(&bytes).map_err(SignerError::Key);
            drop(place);
            result
        } else {
            self.queued(key, bytes, place).await
        };
        self.latency.note(began.elapsed());
        self.count(&result);
        result
    }

    /// Have a thread sign, in its turn.
    async fn queued(
        &self,
        key: Arc<dyn SigningKey>,
        bytes: Arc<ToBeSigned>,
        place: Place,
    ) -> Result<Signature, SignerError> {
        let (answer, received) = oneshot::channel();
        let job = Arc::new(Job::new(key, bytes, place));
        self.queue.push(Arc::clone(&job), answer);
        let waiting = async { received.await.map_err(|_| SignerError::Stopped)?.map_err(SignerError::Key) };
        match tokio::time::timeout(self.deadline, waiting).await {
            Ok(result) => result,
            Err(_) if job.cancel() => Err(SignerError::Busy { deadline: self.deadline }),
            Err(_) => Err(SignerError::Late { deadline: self.deadline }),
        }
    }

    /// How long signatures took since the start.
    pub fn latency(&self) -> SignerLatency {
        self.latency.read()
    }

    /// Counts since the start.
    pub fn counts(&self) -> SignerCounts {
        SignerCounts {
            signed: self.counts.signed.load(Ordering::Relaxed),
            failed: self.counts.failed.load(Ordering::Relaxed),
            late: self.counts.late.load(Ordering::Relaxed),
            overloaded: self.counts.overloaded.load(Ordering::Relaxed),
            held: self.places.held(),
        }
    }

    fn count(&self, result: &Result<Signature, SignerError>) {
        let counter = match result {
            Ok(_) => &self.counts.signed,
            Err(SignerError::Key(_) | SignerError::Stopped) => &self.counts.failed,
            Err(SignerError::Busy { .. } | SignerError::Late { .. }) => &self.counts.late,
            Err(SignerError::Overloaded(_)) => &self.counts.overloaded,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        self.queue.stop();
    }
}

#[cfg(test)]
mod tests;
