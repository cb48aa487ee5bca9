//! Credentials of the server's doors: who may ask for what.

use hf_core::right::Right;
use hf_core::time::{Lifetime, Timestamp};
use serde::{Deserialize, Serialize};

/// An API key as it is kept: everything but the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialRecord {
    /// The public part, unique for ever: 1 to 64 letters, digits, `-` and `_`.
    pub id: String,
    /// What its maker calls it. Need not be unique.
    pub name: String,
    /// SHA-256 of the secret, which has enough entropy that nothing slower is needed.
    #[serde(with = "crate::bytes")]
    pub secret_sha256: [u8; 32],
    /// What it may do, each right once.
    pub rights: Vec<Right>,
    /// Within which bounds.
    pub limits: CredentialLimits,
    /// When it was made, UTC.
    pub created: Timestamp,
    /// The last second at which it is accepted; `None`: until it is revoked.
    pub expires: Option<Timestamp>,
    /// When it was revoked, UTC.
    pub revoked_at: Option<Timestamp>,
}

impl CredentialRecord {
    /// Whether it is accepted at `now`: neither revoked nor expired.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires.is_none_or(|expires| now <= expires)
    }
}

/// Bounds within which a credential may use its rights. `None` sets no bound; an empty list allows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialLimits {
    /// Patterns of names that it may have certified.
    pub names: Option<Vec<String>>,
    /// Profiles that it may ask for.
    pub profiles: Option<Vec<String>>,
    /// Authorities that it may ask.
    pub authorities: Option<Vec<String>>,
    /// The longest lifetime, backdate included.
    pub max_lifetime: Option<Lifetime>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_ends_with_its_last_second_or_its_revocation() {
        let time = Timestamp::from_unix_seconds;
        let mut record = CredentialRecord {
            id: "k1".to_owned(),
            name: "ci".to_owned(),
            secret_sha256: [0; 32],
            rights: vec![Right::Issue],
            limits: CredentialLimits::default(),
            created: time(0),
            expires: Some(time(10)),
            revoked_at: None,
        };
        assert!(record.is_in_force(time(10)));
        assert!(!record.is_in_force(time(11)));
        record.expires = None;
        assert!(record.is_in_force(time(11)));
        record.revoked_at = Some(time(5));
        assert!(!record.is_in_force(time(4)));
    }
}
