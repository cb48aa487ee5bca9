//! What has expired long enough ago leaves, a bounded piece at a time.

use hf_core::time::Timestamp;

use super::{Transaction, authorization, order};
use crate::StoreError;
use crate::record::AcmeSwept;

/// Rows of each kind that one sweep removes at most: others wait meanwhile.
const MAX_SWEPT: usize = 10_000;

/// Remove expired orders and authorizations.
pub(in crate::sqlite) fn sweep(
    transaction: Transaction<'_>,
    before: Timestamp,
    limit: usize,
) -> Result<AcmeSwept, StoreError> {
    let limit = limit.min(MAX_SWEPT);
    Ok(AcmeSwept {
        orders: order::sweep(transaction, before, limit)?,
        authorizations: authorization::sweep(transaction, before, limit)?,
    })
}
