//! What leaves the record.

use hf_core::time::Timestamp;

use crate::StoreFuture;
use crate::audit::Origin;
use crate::list::Cursor;
use crate::record::RemovedPage;

/// Removal of what expired long ago.
pub trait RetentionStore: Send + Sync {
    /// Look at the next `limit` certificates (itself at most 1,000) whose last second lies before `before`, and remove
    /// them, with one `CertificatesRemoved` event of `origin` when there were any. To be called again with
    /// [`RemovedPage::next`] until there is none.
    ///
    /// Two kinds stay, however old they are: what was revoked and has not been on a CRL since its last second (RFC 5280
    /// section 3.3), and what was still valid when the authority signed last, so that a clock that runs ahead removes
    /// nothing by itself. What was possibly signed goes as certificates do; open intents stay. Their serial numbers are
    /// not known to be used any more: those that are made begin with the time, so they do not come again.
    fn remove_expired(
        &self,
        before: Timestamp,
        after: Option<Cursor>,
        limit: usize,
        origin: Origin,
    ) -> StoreFuture<'_, RemovedPage>;
}
