//! Listing: what to look for, and pages of what was found.

use std::fmt;
use std::str::FromStr;

use hf_core::time::Timestamp;

use crate::record::{CertificateState, StoredCertificate};

/// Which records to list. Every condition given must hold; none given means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// One of the names has this value (without its kind, in any case), or the subject has it and there are no names.
    pub name: Option<String>,
    /// The state at a point in time.
    pub state: Option<(CertificateState, Timestamp)>,
    /// The last second of the validity lies before this time.
    pub expires_before: Option<Timestamp>,
    /// Name of the issuing authority.
    pub authority: Option<String>,
    /// Name of the profile.
    pub profile: Option<String>,
    /// Latest recorded first, instead of the order of recording.
    pub newest_first: bool,
}

/// Where a page ended. Stays valid while records are added; belongs to the filter and order it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(pub(crate) i64);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Text that is no cursor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a place in a list: expected the number that the page before ended with")]
pub struct CursorError {
    /// What was found.
    pub found: String,
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| CursorError { found: text.chars().take(40).collect() })
    }
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The records.
    pub items: Vec<StoredCertificate>,
    /// Where the next page begins; absent when this was the last.
    pub next: Option<Cursor>,
}
