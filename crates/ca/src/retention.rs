//! What expired long ago leaves the record, so that it does not grow for ever.
//!
//! What may leave is judged by the store: nothing that was revoked before it has been on a CRL after its end (RFC 5280
//! section 3.3).

use hf_core::time::Timestamp;
use hf_store::audit::Origin;
use hf_store::{Store, StoreError};

/// Certificates of one step.
const STEP: usize = 500;

/// Steps of one round: the next goes on.
const STEPS: usize = 200;

/// Remove certificates whose last second lies before `before`, some at a time; how many left.
pub async fn run_once(store: &dyn Store, before: Timestamp, origin: &Origin) -> Result<u64, StoreError> {
    let mut removed = 0;
    let mut after = None;
    for _ in 0..STEPS {
        let page = store.remove_expired(before, after, STEP, origin.clone()).await?;
        removed += page.removed;
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(removed)
}
