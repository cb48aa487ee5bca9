//! Why a certificate was revoked, RFC 5280 section 5.3.1.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `CRLReason`. `certificateHold` and `removeFromCRL` are absent on purpose: what is revoked stays revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RevocationReason {
    /// (0) No reason given. Left out of CRL entries, as the RFC asks.
    #[default]
    Unspecified,
    /// (1) The private key is or may be known to others.
    KeyCompromise,
    /// (3) Names or other facts in the certificate changed.
    AffiliationChanged,
    /// (4) Another certificate took its place.
    Superseded,
    /// (5) The service is gone.
    CessationOfOperation,
    /// (9) A right that the certificate states was withdrawn.
    PrivilegeWithdrawn,
    /// (2) The private key of the authority itself is or may be known to others.
    #[serde(rename = "cACompromise")]
    CaCompromise,
}

impl RevocationReason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Unspecified,
        Self::KeyCompromise,
        Self::CaCompromise,
        Self::AffiliationChanged,
        Self::Superseded,
        Self::CessationOfOperation,
        Self::PrivilegeWithdrawn,
    ];

    /// The number of the ASN.1 enumeration.
    pub fn code(self) -> u8 {
        match self {
            Self::Unspecified => 0,
            Self::KeyCompromise => 1,
            Self::CaCompromise => 2,
            Self::AffiliationChanged => 3,
            Self::Superseded => 4,
            Self::CessationOfOperation => 5,
            Self::PrivilegeWithdrawn => 9,
        }
    }

    /// The reason with this ASN.1 number, if it is one that Handfast gives.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The name as the RFC writes it, for example `keyCompromise`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::KeyCompromise => "keyCompromise",
            Self::CaCompromise => "cACompromise",
            Self::AffiliationChanged => "affiliationChanged",
            Self::Superseded => "superseded",
            Self::CessationOfOperation => "cessationOfOperation",
            Self::PrivilegeWithdrawn => "privilegeWithdrawn",
        }
    }
}

impl fmt::Display for RevocationReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no reason for revocation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` is not a reason for revocation: expected `unspecified`, `keyCompromise`, `cACompromise`, `affiliationChanged`, `superseded`, `cessationOfOperation` or `privilegeWithdrawn`, or its number"
)]
pub struct UnknownReason {
    /// What was found instead.
    pub found: String,
}

impl FromStr for RevocationReason {
    type Err = UnknownReason;

    /// Takes the RFC's name in any case, with or without hyphens, or the number.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain: String = text.chars().filter(|c| !matches!(c, '-' | '_')).collect();
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str().eq_ignore_ascii_case(&plain) || reason.code().to_string() == plain)
            .ok_or_else(|| UnknownReason { found: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read() {
        for reason in RevocationReason::ALL {
            assert_eq!(reason.as_str().parse::<RevocationReason>().unwrap(), reason);
            assert_eq!(reason.code().to_string().parse::<RevocationReason>().unwrap(), reason);
            assert_eq!(RevocationReason::from_code(reason.code()), Some(reason));
        }
        assert_eq!("key-compromise".parse(), Ok(RevocationReason::KeyCompromise));
        assert!("certificateHold".parse::<RevocationReason>().is_err());
    }
}
