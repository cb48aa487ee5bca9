//! Work that keeps a processor busy, aside from the threads that answer: making keys.

use hf_proto::cfssl::envelope::Failure;

use super::door::Door;
use super::reply::Refusal;

/// Do it on a thread of its own, when there is one free.
pub(super) async fn aside<T: Send + 'static>(
    door: &Door,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let place = door.workers.clone().try_acquire_owned().map_err(|_| {
        let text = "too many keys are being made: ask again in a second";
        Refusal::later("overloaded", Failure::with_status(503, text), 1)
    })?;
    #[expect(clippy::disallowed_methods, reason = "making an RSA key takes seconds; the places are counted")]
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        work()
    });
    done.await.map_err(|_| Refusal::new("fault", Failure::other("the key could not be made")))
}
