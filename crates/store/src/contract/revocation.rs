//! Revocation and CRLs.

use hf_core::audit::AuditEvent;
use hf_core::serial::Serial;

use crate::StoreFuture;
use crate::record::{
    CrlList, CrlPosition, NewCrl, NewRevocation, NewShard, RevocationRecord, RevokeOutcome, RevokedEntry,
    StoredCrl,
};

/// What is revoked, and the CRLs that say so.
///
/// Revocation is monotone: what is revoked stays revoked, its date never moves, and its reason changes at most once,
/// to `keyCompromise`.
///
/// An authority has one complete list, number [`COMPLETE`](crate::record::COMPLETE), and one for each *shard*: a set of its
/// certificates that name the address of the shard. What belongs to a shard is on both lists. Numbers, marks and entries
/// are each list's own.
pub trait RevocationStore: Send + Sync {
    /// Revoke a certificate, or a possibly signed record. `event` is `Revoked`.
    ///
    /// With reason `keyCompromise` its public key joins the block list in the same transaction, with a `KeyBlocked`
    /// event of the same origin. [`RevokeOutcome::AlreadyRevoked`] changes nothing and writes no event.
    ///
    /// # Errors
    /// `UnknownCertificate` when the authority has no such record (an open intent is none: close it first).
    fn revoke(&self, revocation: NewRevocation, event: AuditEvent) -> StoreFuture<'_, RevokeOutcome>;

    /// When and why this certificate was revoked, if it was.
    fn revocation(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<RevocationRecord>>;

    /// Open a shard. `event` is `CrlShardOpened` with the same number.
    ///
    /// # Errors
    /// `ShardTaken` when the number does not follow that of the shard before; `TooLong`.
    fn open_shard(&self, shard: NewShard, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// Number of the shard of this authority with this address.
    fn shard_at(&self, authority: &str, url: &str) -> StoreFuture<'_, Option<u32>>;

    /// Every list of every authority that has issued or signed anything, in no particular order.
    fn crl_lists(&self) -> StoreFuture<'_, Vec<CrlList>>;

    /// The last CRL number taken, and a mark of all revocations recorded so far.
    fn crl_position(&self, authority: &str, shard: u32) -> StoreFuture<'_, CrlPosition>;

    /// Entries for a CRL, in the order of their serial numbers' octets, from behind `after` on, at most `limit`.
    ///
    /// Only those up to the mark of [`CrlPosition::up_to`], so that pages read one after the other are one consistent
    /// set. Entries of certificates that expired and have been on a CRL whose `thisUpdate` lies after the expiry are
    /// left out (RFC 5280 section 3.3); for what belongs to a shard, on one of the shard.
    fn revoked_entries(
        &self,
        authority: &str,
        shard: u32,
        up_to: u64,
        after: Option<&Serial>,
        limit: usize,
    ) -> StoreFuture<'_, Vec<RevokedEntry>>;

    /// Take a CRL number, durably, before the CRL is signed. `event` is `CrlBegun` with the same number.
    ///
    /// # Errors
    /// `CrlNumberTaken` when `number` is not greater than every number taken before for this list; `UnknownShard`.
    fn begin_crl(&self, authority: &str, shard: u32, number: u64, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// Store a signed CRL. `event` is `CrlIssued`. Entries up to its mark whose certificates had expired at its
    /// `thisUpdate` have now been on a CRL after their expiry and leave the following ones.
    ///
    /// The latest two CRLs of a list are kept. Other operations are carried out while a large one is written.
    ///
    /// # Errors
    /// `CrlNumberTaken` when `number` was not taken with [`Self::begin_crl`], or a CRL with this or a greater number, or
    /// one up to a later mark, is stored already: an older CRL never replaces a newer one.
    fn finish_crl(&self, crl: NewCrl, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// The CRL with the greatest number.
    fn latest_crl(&self, authority: &str, shard: u32) -> StoreFuture<'_, Option<StoredCrl>>;
}
