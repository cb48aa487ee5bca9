//! What is left behind goes after a while.

use hf_core::time::{Lifetime, Timestamp};
use hf_store::record::AcmeSwept;
use hf_store::{Store, StoreError};

/// For how long an order or an authorization that is over can still be read.
const KEPT: Lifetime = Lifetime::from_days(7);

/// Records of one step.
const STEP: usize = 1_000;

/// Steps of one sweep: the next goes on.
const STEPS: usize = 100;

/// Remove orders and authorizations that have been over for a week, some at a time.
pub async fn sweep(store: &dyn Store, now: Timestamp) -> Result<AcmeSwept, StoreError> {
    let mut all = AcmeSwept::default();
    for _ in 0..STEPS {
        let swept = store.sweep_acme(now.minus(KEPT), STEP).await?;
        if swept.is_empty() {
            break;
        }
        all.orders += swept.orders;
        all.authorizations += swept.authorizations;
    }
    Ok(all)
}
