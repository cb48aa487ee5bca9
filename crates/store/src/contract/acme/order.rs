//! ACME orders and authorizations.

use hf_core::name::Identifier;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use crate::StoreFuture;
use crate::list::Cursor;
use crate::record::{
    AcmeAuthorizationRecord, AcmeOrderFilter, AcmeOrderRecord, AcmePage, AcmeSwept, OrderCreation, Swap,
};

/// Orders and authorizations: work in progress.
///
/// They have no audit events; the issuance that an order leads to has. They are changed by compare and swap (see
/// [`Swap`]), each durably before it is answered, and removed some time after they expired.
pub trait AcmeOrderStore: Send + Sync {
    /// Store an order, and authorizations that were made for it, in one transaction.
    ///
    /// Of the orders of an authority that replace one certificate at most one counts: not those that are invalid, and
    /// not those that are pending or ready and expired at [`AcmeOrderRecord::created_at`] of the new one. The second
    /// is answered [`OrderCreation::Replaced`].
    ///
    /// # Errors
    /// `AcmeExists` when an identifier is taken; `BadAcmeId`; `TooLong`.
    fn create_order(
        &self,
        order: AcmeOrderRecord,
        authorizations: Vec<AcmeAuthorizationRecord>,
    ) -> StoreFuture<'_, OrderCreation>;

    /// Change an order by compare and swap: status, times, serial number and body. Authority, account, names,
    /// `replaces` and `created_at` stay as they are.
    ///
    /// # Errors
    /// `UnknownAcme` when there is no such order; `TooLong`.
    fn update_order(&self, order: AcmeOrderRecord) -> StoreFuture<'_, Swap<AcmeOrderRecord>>;

    /// The order with this identifier.
    fn order(&self, id: &str) -> StoreFuture<'_, Option<AcmeOrderRecord>>;

    /// A page of at most `limit` orders (itself at most 1,000) that match the filter.
    fn orders(
        &self,
        filter: AcmeOrderFilter,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeOrderRecord>>;

    /// The order that led to the certificate with this serial number.
    fn order_with_serial(&self, authority: &str, serial: &Serial)
    -> StoreFuture<'_, Option<AcmeOrderRecord>>;

    /// The order that replaces this certificate (its `certID`, RFC 9773) and counts at `now`: see
    /// [`Self::create_order`].
    fn order_replacing(
        &self,
        authority: &str,
        certificate: &str,
        now: Timestamp,
    ) -> StoreFuture<'_, Option<AcmeOrderRecord>>;

    /// A page of at most `limit` orders (itself at most 1,000) that are processing and were written last before
    /// `before`: after a start, and when a worker may have ended. Those that were made first come first.
    fn processing_orders(
        &self,
        before: Timestamp,
        after: Option<Cursor>,
        limit: usize,
    ) -> StoreFuture<'_, AcmePage<AcmeOrderRecord>>;

    /// Store an authorization that belongs to no order yet (RFC 8555 section 7.4.1).
    ///
    /// # Errors
    /// `AcmeExists` when the identifier is taken; `BadAcmeId`; `TooLong`.
    fn create_authorization(&self, authorization: AcmeAuthorizationRecord) -> StoreFuture<'_, ()>;

    /// Change an authorization by compare and swap: status, times and body. Authority, account and identifier stay as
    /// they are.
    ///
    /// # Errors
    /// `UnknownAcme` when there is no such authorization; `TooLong`.
    fn update_authorization(
        &self,
        authorization: AcmeAuthorizationRecord,
    ) -> StoreFuture<'_, Swap<AcmeAuthorizationRecord>>;

    /// The authorization with this identifier.
    fn authorization(&self, id: &str) -> StoreFuture<'_, Option<AcmeAuthorizationRecord>>;

    /// Those of these authorizations that there are, in the order of `ids`, of which the first 1,000 are looked at.
    fn authorizations(&self, ids: &[String]) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>>;

    /// Authorizations of an account that are valid and not expired at `now`: for each of these identifiers, of which the
    /// first 1,000 are looked at, the one that became valid last, and apart from it the one for its wildcard.
    fn usable_authorizations(
        &self,
        account: &str,
        identifiers: &[Identifier],
        now: Timestamp,
    ) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>>;

    /// Take authorizations that are due at `now` and that nobody works on, at most `limit` (itself at most 1,000): until
    /// `until` nobody else is given them. Those that have waited longest come first, as they are stored from now on.
    ///
    /// A store that one process has at a time may end the leases of the process before when it is opened.
    ///
    /// Of calls that run at once no two are given the same one. Who comes back later than `until` finds its record
    /// [`Swap::Stale`] when somebody else was given it meanwhile.
    fn lease_due(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> StoreFuture<'_, Vec<AcmeAuthorizationRecord>>;

    /// Remove orders with [`AcmeOrderRecord::keep_until`] before `before`, unless they are processing, and
    /// authorizations that expired before it: at most `limit` of each (itself at most 10,000). To be called again until
    /// nothing is left. Certificates stay.
    fn sweep_acme(&self, before: Timestamp, limit: usize) -> StoreFuture<'_, AcmeSwept>;
}
