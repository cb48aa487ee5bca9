//! Listing: what to look for, and pages of what was found.

use std::fmt;
use std::str::FromStr;

use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::record::{CertificateState, StoredCertificate};

/// Which records to list. Every condition given must hold; none given means all.
///
/// Pages are in the order of expiry when `name` and `key` are absent and `expires_before`, or the state valid or expired, is asked
/// for; else in the order of recording.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFilter {
    /// One of the names has this value (without its kind, in any case), or the subject has it and there are no names.
    pub name: Option<String>,
    /// The state at a point in time.
    pub state: Option<(CertificateState, Timestamp)>,
    /// The last second of the validity lies before this time.
    pub expires_before: Option<Timestamp>,
    /// SHA-256 of the `SubjectPublicKeyInfo`.
    #[serde(default)]
    pub key: Option<[u8; 32]>,
    /// Name of the issuing authority.
    pub authority: Option<String>,
    /// Name of the profile.
    pub profile: Option<String>,
    /// The latest first.
    pub newest_first: bool,
}

/// Where a page ended. Stays valid while records are added; belongs to the filter it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    pub(crate) first: i64,
    pub(crate) id: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.first, self.id)
    }
}

/// Text that is no cursor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a place in a list: expected what the page before ended with, for example `0.1000`")]
pub struct CursorError {
    /// What was found.
    pub found: String,
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || CursorError { found: text.chars().take(40).collect() };
        let (first, id) = text.split_once('.').ok_or_else(fault)?;
        let number = |part: &str| part.parse().map_err(|_| fault());
        Ok(Self { first: number(first)?, id: number(id)? })
    }
}

/// A page of a list. Where many records do not match, it may be shorter than asked for, even empty, and not the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The records.
    pub items: Vec<StoredCertificate>,
    /// Where the next page begins; absent when this was the last.
    pub next: Option<Cursor>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text() {
        let cursor = Cursor { first: -5, id: 77 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "1", "1.", ".1", "a.b", "1.2.3"] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }
}
