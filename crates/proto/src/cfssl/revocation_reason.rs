//! Reasons for a revocation as CFSSL's commands and endpoints write them: a name in any case, a number, or nothing.
//!
//! Better than CFSSL on purpose: 0 and 10 are taken, which CFSSL refuses; 7, which RFC 5280 does not use, is refused, which
//! CFSSL takes.

use hf_core::reason::RevocationReason;

use super::code::{CfsslError, ErrorKind};

/// `CRLReason`, RFC 5280 section 5.3.1, all of them: CFSSL's databases may hold each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// (0)
    Unspecified,
    /// (1)
    KeyCompromise,
    /// (2)
    CaCompromise,
    /// (3)
    AffiliationChanged,
    /// (4)
    Superseded,
    /// (5)
    CessationOfOperation,
    /// (6)
    CertificateHold,
    /// (8)
    RemoveFromCrl,
    /// (9)
    PrivilegeWithdrawn,
    /// (10)
    AaCompromise,
}

const ROWS: [(Reason, u8, &str); 10] = [
    (Reason::Unspecified, 0, "unspecified"),
    (Reason::KeyCompromise, 1, "keyCompromise"),
    (Reason::CaCompromise, 2, "cACompromise"),
    (Reason::AffiliationChanged, 3, "affiliationChanged"),
    (Reason::Superseded, 4, "superseded"),
    (Reason::CessationOfOperation, 5, "cessationOfOperation"),
    (Reason::CertificateHold, 6, "certificateHold"),
    (Reason::RemoveFromCrl, 8, "removeFromCRL"),
    (Reason::PrivilegeWithdrawn, 9, "privilegeWithdrawn"),
    (Reason::AaCompromise, 10, "aACompromise"),
];

impl Reason {
    /// The number of the ASN.1 enumeration.
    pub fn code(self) -> u8 {
        ROWS.iter().find(|(reason, ..)| *reason == self).map_or(0, |(_, code, _)| *code)
    }

    /// The reason with this number.
    pub fn from_code(code: i64) -> Option<Self> {
        ROWS.iter().find(|(_, known, _)| i64::from(*known) == code).map(|(reason, ..)| *reason)
    }

    /// The name as the RFC writes it.
    pub fn as_str(self) -> &'static str {
        ROWS.iter().find(|(reason, ..)| *reason == self).map_or("unspecified", |(.., name)| name)
    }

    /// The reason that Handfast records. `None` for those of a state that is not for good, `certificateHold` and
    /// `removeFromCRL`; an attribute authority's compromise is recorded as a withdrawn privilege, which it is.
    pub fn recorded(self) -> Option<RevocationReason> {
        match self {
            Self::CertificateHold | Self::RemoveFromCrl => None,
            Self::AaCompromise => Some(RevocationReason::PrivilegeWithdrawn),
            Self::Unspecified
            | Self::KeyCompromise
            | Self::CaCompromise
            | Self::AffiliationChanged
            | Self::Superseded
            | Self::CessationOfOperation
            | Self::PrivilegeWithdrawn => RevocationReason::from_code(self.code()),
        }
    }
}

/// The reason that `text` names.
///
/// # Errors
/// 8200 for anything else.
pub fn parse(text: &str) -> Result<Reason, CfsslError> {
    if text.is_empty() {
        return Ok(Reason::Unspecified);
    }
    let named = ROWS.iter().find(|(.., name)| name.eq_ignore_ascii_case(text)).map(|(reason, ..)| *reason);
    named
        .or_else(|| text.parse().ok().and_then(Reason::from_code))
        .ok_or_else(|| CfsslError::new(ErrorKind::OcspInvalidStatus))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read() {
        assert_eq!(parse(""), Ok(Reason::Unspecified));
        assert_eq!(parse("0"), Ok(Reason::Unspecified));
        assert_eq!(parse("KEYCOMPROMISE"), Ok(Reason::KeyCompromise));
        assert_eq!(parse("10"), Ok(Reason::AaCompromise));
        for (reason, code, name) in ROWS {
            assert_eq!((parse(name), parse(&code.to_string())), (Ok(reason), Ok(reason)));
            assert_eq!((reason.code(), reason.as_str()), (code, name));
        }
    }

    #[test]
    fn other_words_are_refused() {
        for text in ["7", "11", "-1", "key compromise", " 1"] {
            assert_eq!(parse(text).unwrap_err().code, 8200, "{text}");
        }
    }

    #[test]
    fn a_hold_is_not_recorded() {
        assert_eq!(Reason::CertificateHold.recorded(), None);
        assert_eq!(Reason::KeyCompromise.recorded(), Some(RevocationReason::KeyCompromise));
    }
}
