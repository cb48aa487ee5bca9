//! Certificates: what may have been signed and what has been.

use hf_core::audit::AuditEvent;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;

use crate::StoreFuture;
use crate::audit::Origin;
use crate::list::{Cursor, ListFilter, Page};
use crate::record::{Begun, ForeignCertificate, Imported, Intent, OpenIntent, StoredCertificate};

/// Records of issuance. The life of a record: intent → issued, or intent → possibly signed.
pub trait IssuanceStore: Send + Sync {
    /// Put on record that these bytes are about to be signed under this serial number.
    ///
    /// `event` is `IssuanceBegun` for the same authority and serial number. Only after [`Begun::Recorded`] may the
    /// signature be asked for. With the other outcomes nothing was recorded, no event written, and nothing may be
    /// signed:
    ///
    /// * [`Begun::Existing`]: `dedup_key` already led to this certificate of the same authority.
    /// * [`Begun::InProgress`]: `dedup_key` belongs to an intent that is still open.
    ///
    /// Of calls that run at once with one `dedup_key` exactly one is answered [`Begun::Recorded`].
    ///
    /// # Errors
    /// `SerialTaken` when the authority has used this serial number before, whatever became of it; `KeyBlocked` when
    /// the key is on the block list; `TooLong` when the record exceeds its limits.
    fn begin_issuance(&self, intent: Intent, event: AuditEvent) -> StoreFuture<'_, Begun>;

    /// Put the signed certificate (DER) in the place of its intent. `event` is `IssuanceFinished`.
    ///
    /// # Errors
    /// `UnknownIntent` when there is no open intent of this authority with this serial number: it was never begun,
    /// is finished already, or was closed.
    fn finish_issuance(
        &self,
        authority: &str,
        serial: &Serial,
        certificate: Vec<u8>,
        event: AuditEvent,
    ) -> StoreFuture<'_, ()>;

    /// Close an open intent as *possibly signed*: listed, revocable, never signed again. Its `dedup_key` becomes free.
    /// `event` is `IssuanceAbandoned`. For a signature that was asked for and did not come.
    ///
    /// # Errors
    /// `UnknownIntent` as in [`Self::finish_issuance`].
    fn close_intent(&self, authority: &str, serial: &Serial, event: AuditEvent) -> StoreFuture<'_, ()>;

    /// Close every open intent as *possibly signed*, one `IssuanceAbandoned` event each from `origin`; returns how many.
    ///
    /// To be called once at the start, before anything is issued: what is open then was left by a process that ended
    /// between the intent and the certificate. Safe to repeat.
    fn close_open_intents(&self, origin: Origin) -> StoreFuture<'_, u64>;

    /// Take in a certificate that another program issued with the same authority, and its revocation if it was revoked.
    ///
    /// `event` is `CertificateImported`. When it is new it is written; when the certificate is revoked by this call a
    /// `Revoked` event of the same origin follows, and with reason `keyCompromise` the key joins the block list as in
    /// [`crate::RevocationStore::revoke`]. One that is on record with the same bytes writes no `CertificateImported`.
    /// A key on the block list is no hindrance: the certificate exists.
    ///
    /// # Errors
    /// `SerialTaken` when the authority has used this serial number for something else; `TooLong` when the record
    /// exceeds its limits.
    fn import_certificate(
        &self,
        certificate: ForeignCertificate,
        event: AuditEvent,
    ) -> StoreFuture<'_, Imported>;

    /// Intents that are neither finished nor closed, oldest first, at most `limit`.
    fn open_intents(&self, limit: usize) -> StoreFuture<'_, Vec<OpenIntent>>;

    /// The certificate, or possibly signed record, with this serial number. Open intents are not found.
    fn find_by_serial(&self, authority: &str, serial: &Serial) -> StoreFuture<'_, Option<StoredCertificate>>;

    /// The issued certificate that this request led to.
    fn find_by_dedup_key(
        &self,
        authority: &str,
        dedup_key: &str,
    ) -> StoreFuture<'_, Option<StoredCertificate>>;

    /// Records with this serial number of whichever authority, at most 16: for a user who types only the number.
    fn find_serial_anywhere(&self, serial: &Serial) -> StoreFuture<'_, Vec<StoredCertificate>>;

    /// Certificates that carry this public key (SHA-256 of the `SubjectPublicKeyInfo`, DER), oldest first, at most
    /// `limit`.
    fn find_by_key(&self, spki_sha256: [u8; 32], limit: usize) -> StoreFuture<'_, Vec<StoredCertificate>>;

    /// A page of at most `limit` records (itself at most 1,000) that match the filter, and where the next page begins.
    /// While another program keeps the backend from writing its database, what was issued since may be missing.
    fn list(&self, filter: ListFilter, after: Option<Cursor>, limit: usize) -> StoreFuture<'_, Page>;

    /// The latest [`Intent::requested_at`], or time of a `CrlBegun` event, on record. A clock that shows much less has jumped back.
    fn last_signing_time(&self) -> StoreFuture<'_, Option<Timestamp>>;

    /// How many of the `limit` records with the smallest serial numbers from `since` on are of this authority. Serial
    /// numbers that it made begin with the second of making, so that this counts what it issued since then; time in
    /// proportion to `limit`.
    fn issued_since(&self, authority: &str, since: &Serial, limit: usize) -> StoreFuture<'_, usize>;
}
