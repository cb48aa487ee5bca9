//! Orders.

use hf_core::name::SanSet;
use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::named_states;

/// `status` of an order as it was written last, RFC 8555 section 7.1.6. What time and authorizations make of it is
/// computed when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcmeOrderStatus {
    /// Waits for its authorizations.
    Pending,
    /// Waits to be finalized.
    Ready,
    /// The certificate is being issued.
    Processing,
    /// The certificate is there.
    Valid,
    /// It came to nothing.
    Invalid,
}

named_states!(AcmeOrderStatus {
    Pending => "pending",
    Ready => "ready",
    Processing => "processing",
    Valid => "valid",
    Invalid => "invalid",
});

/// An order as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcmeOrderRecord {
    /// Identifier, unique.
    pub id: String,
    /// Name of the authority.
    pub authority: String,
    /// Identifier of the account.
    pub account: String,
    /// As written last.
    pub status: AcmeOrderStatus,
    /// When it was made, UTC.
    pub created_at: Timestamp,
    /// When it was written last, UTC: since when it is processing, for one that is.
    pub updated_at: Timestamp,
    /// The last second at which it can be fulfilled, UTC.
    pub expires: Timestamp,
    /// The last second at which somebody may ask for it, UTC: `expires`, or with a certificate the certificate's last
    /// second. A sweep removes orders some time after it.
    pub keep_until: Timestamp,
    /// Names that were ordered.
    pub names: SanSet,
    /// The `certID` (RFC 9773) of the certificate that this one replaces.
    pub replaces: Option<String>,
    /// Serial number of the certificate.
    pub serial: Option<Serial>,
    /// How often it was stored: 1 at first.
    pub revision: u64,
    /// JSON: whatever else the protocol keeps.
    pub body: String,
}

/// What came of making an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderCreation {
    /// It is stored, with its new authorizations.
    Created,
    /// Another order replaces the same certificate; nothing was stored.
    Replaced {
        /// Identifier of that order.
        by: String,
    },
}

/// Which orders to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcmeOrderFilter {
    /// Of this authority.
    pub authority: Option<String>,
    /// Of this account.
    pub account: Option<String>,
    /// With this status, as written last.
    pub status: Option<AcmeOrderStatus>,
    /// Newest first instead of oldest first.
    pub newest_first: bool,
}
