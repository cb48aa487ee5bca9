//! Work that keeps a processor busy, aside from the threads that answer: making keys.

use hf_proto::cfssl::envelope::Failure;
use tokio::sync::OwnedSemaphorePermit;

use super::door::Door;
use super::reply::Refusal;

/// A place among those who do such work, when there is one free.
pub(super) fn place(door: &Door) -> Result<OwnedSemaphorePermit, Refusal> {
    door.workers.clone().try_acquire_owned().map_err(|_| {
        let text = "too many keys are being made or hosts examined: ask again in a second";
        Refusal::later("overloaded", Failure::with_status(503, text), 1)
    })
}

/// Do it on a thread of its own, when there is one free.
pub(super) async fn aside<T: Send + 'static>(
    door: &Door,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Refusal> {
    let place = place(door)?;
    #[expect(clippy::disallowed_methods, reason = "making an RSA key takes seconds; the places are counted")]
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        work()
    });
    done.await.map_err(|_| Refusal::new("fault", Failure::other("the key could not be made")))
}
