//! The async entrance to signing keys, which are sync and may block.
//!
//! Threads of its own, a bounded queue and a deadline: a slow hardware module holds up those who wait for it and
//! nobody else. Signatures for revocation status go before those for certificates.

mod queue;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hf_keys::signing_key::{SignError, SigningKey};
use hf_x509::signature::Signature;
use hf_x509::tbs::ToBeSigned;
use tokio::sync::{Semaphore, oneshot};

use queue::{Job, Queue};

/// How much may be under way at once, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct SignerSettings {
    /// Threads that call the keys.
    pub threads: NonZeroUsize,
    /// Signatures that may wait or be under way; more callers wait for a place until their deadline.
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

/// What goes first when there is a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A certificate.
    Certificate,
    /// A CRL or another statement of revocation status.
    Status,
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
        matches!(self, Self::Busy { .. } | Self::Stopped)
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
}

/// Threads that sign. Dropping it ends them after what they are doing.
#[derive(Debug)]
pub struct Signer {
    queue: Arc<Queue>,
    places: Semaphore,
    deadline: Duration,
    counts: Counters,
}

#[derive(Debug, Default)]
struct Counters {
    signed: AtomicU64,
    failed: AtomicU64,
    late: AtomicU64,
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
        let places = Semaphore::new(settings.queue.get());
        Ok(Self { queue, places, deadline: settings.deadline, counts: Counters::default() })
    }

    /// Sign exactly these bytes with this key.
    pub async fn sign(
        &self,
        key: Arc<dyn SigningKey>,
        bytes: Arc<ToBeSigned>,
        urgency: Urgency,
    ) -> Result<Signature, SignerError> {
        let (answer, received) = oneshot::channel();
        let job = Arc::new(Job::new(key, bytes));
        let waiting = async {
            let _place = self.places.acquire().await.map_err(|_| SignerError::Stopped)?;
            self.queue.push(Arc::clone(&job), answer, urgency);
            received.await.map_err(|_| SignerError::Stopped)?.map_err(SignerError::Key)
        };
        let result = match tokio::time::timeout(self.deadline, waiting).await {
            Ok(result) => result,
            Err(_) if job.cancel() => Err(SignerError::Busy { deadline: self.deadline }),
            Err(_) => Err(SignerError::Late { deadline: self.deadline }),
        };
        self.count(&result);
        result
    }

    /// Counts since the start.
    pub fn counts(&self) -> SignerCounts {
        SignerCounts {
            signed: self.counts.signed.load(Ordering::Relaxed),
            failed: self.counts.failed.load(Ordering::Relaxed),
            late: self.counts.late.load(Ordering::Relaxed),
        }
    }

    fn count(&self, result: &Result<Signature, SignerError>) {
        let counter = match result {
            Ok(_) => &self.counts.signed,
            Err(SignerError::Key(_) | SignerError::Stopped) => &self.counts.failed,
            Err(SignerError::Busy { .. } | SignerError::Late { .. }) => &self.counts.late,
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
