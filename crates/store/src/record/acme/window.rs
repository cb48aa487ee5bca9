//! Times in which certificates are to be renewed, RFC 9773.

use std::fmt;

use hf_core::serial::Serial;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Which certificates of an authority a window is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RenewalScope {
    /// All of them.
    All,
    /// Those issued under the profile of this name.
    Profile(String),
    /// The one with this serial number.
    Certificate(Serial),
}

impl fmt::Display for RenewalScope {
    /// As it stands in the audit log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Profile(name) => write!(f, "profile {name}"),
            Self::Certificate(serial) => write!(f, "certificate {serial}"),
        }
    }
}

/// A window that the operator set in the place of the one that follows from the validity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalWindowRecord {
    /// Name of the authority.
    pub authority: String,
    /// Which of its certificates. One window each.
    pub scope: RenewalScope,
    /// Only certificates that were asked for before this time, UTC: those that replace them are not meant.
    pub issued_before: Timestamp,
    /// First second of the window, UTC.
    pub start: Timestamp,
    /// Last second of the window, UTC.
    pub end: Timestamp,
    /// `explanationURL`.
    pub explanation_url: Option<String>,
    /// When it was set, UTC.
    pub set_at: Timestamp,
}
