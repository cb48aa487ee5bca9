//! What somebody may be allowed to do through a door of the server.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A right. A credential has a set of them; every endpoint demands at most one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// Have certificates issued, within the limits of the credential.
    Issue,
    /// Renew certificates of others; one's own needs no right, only the old key.
    Renew,
    /// Revoke certificates and have revocation lists signed.
    Revoke,
    /// Read certificates, authorities and profiles.
    Read,
    /// Read the audit log.
    Audit,
    /// Make, list and revoke credentials.
    Administer,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 6] =
        [Self::Issue, Self::Renew, Self::Revoke, Self::Read, Self::Audit, Self::Administer];

    /// The name used in files and records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Renew => "renew",
            Self::Revoke => "revoke",
            Self::Read => "read",
            Self::Audit => "audit",
            Self::Administer => "administer",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Text that names no right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no right: expected issue, renew, revoke, read, audit or administer")]
pub struct RightError {
    /// What was found.
    pub found: String,
}

impl FromStr for Right {
    type Err = RightError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|right| right.as_str() == text);
        found.ok_or_else(|| RightError { found: text.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_right_survives_its_text() {
        for right in Right::ALL {
            assert_eq!(right.to_string().parse(), Ok(right));
        }
        assert!("sign".parse::<Right>().is_err());
    }
}
