//! Keys for external account binding, RFC 8555 section 7.3.4.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use hf_core::secret::Secret;
use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::EabFault;

/// A key as it is kept: everything but the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EabKeyRecord {
    /// `kid`, unique for ever.
    pub id: String,
    /// What its maker calls it. Need not be unique.
    pub name: String,
    /// Name of the authority that it is for.
    pub authority: String,
    /// Patterns of names that its account may order. `None` sets no bound; an empty list allows nothing.
    pub names: Option<Vec<String>>,
    /// Profiles that its account may order under. `None` sets no bound.
    pub profiles: Option<Vec<String>>,
    /// Whether its account needs no challenge for the names that `names` allows.
    pub trusted: bool,
    /// When it was made, UTC.
    pub created_at: Timestamp,
    /// The last second at which an account can be made with it; `None`: until it is revoked.
    pub expires: Option<Timestamp>,
    /// Identifier of the account that was made with it.
    pub used_by: Option<String>,
    /// When that was, UTC.
    pub used_at: Option<Timestamp>,
    /// When it was revoked, UTC.
    pub revoked_at: Option<Timestamp>,
}

impl EabKeyRecord {
    /// Why no account of this authority can be made with it at `now`, if none can.
    pub fn fault(&self, authority: &str, now: Timestamp) -> Option<EabFault> {
        if self.authority != authority {
            return Some(EabFault::Unknown);
        }
        if self.revoked_at.is_some() {
            return Some(EabFault::Revoked);
        }
        if self.used_by.is_some() {
            return Some(EabFault::Used);
        }
        self.expires.filter(|last| *last < now).map(|_| EabFault::Expired)
    }
}

/// The MAC key, shared with whoever makes the account. It is overwritten when dropped, never printed, and travels only
/// between the store and its callers.
pub struct EabSecret(Secret<Vec<u8>>);

impl EabSecret {
    /// Take charge of the key's octets.
    pub fn new(octets: Vec<u8>) -> Self {
        Self(Secret::new(octets))
    }

    /// The octets, to compute a MAC.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

impl Clone for EabSecret {
    fn clone(&self) -> Self {
        Self::new(self.expose().to_vec())
    }
}

impl PartialEq for EabSecret {
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(self.expose(), other.expose()).is_ok()
    }
}

impl Eq for EabSecret {}

impl fmt::Debug for EabSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EabSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_good_until_it_is_used_revoked_or_expired() {
        let time = Timestamp::from_unix_seconds;
        let key = EabKeyRecord {
            id: "e1".to_owned(),
            name: "laptop".to_owned(),
            authority: "services".to_owned(),
            names: None,
            profiles: None,
            trusted: false,
            created_at: time(0),
            expires: Some(time(10)),
            used_by: None,
            used_at: None,
            revoked_at: None,
        };
        assert_eq!(key.fault("services", time(10)), None);
        assert_eq!(key.fault("services", time(11)), Some(EabFault::Expired));
        assert_eq!(key.fault("databases", time(1)), Some(EabFault::Unknown));
        let used = EabKeyRecord { used_by: Some("a".to_owned()), ..key.clone() };
        assert_eq!(used.fault("services", time(1)), Some(EabFault::Used));
        let revoked = EabKeyRecord { revoked_at: Some(time(3)), ..used };
        assert_eq!(revoked.fault("services", time(1)), Some(EabFault::Revoked));
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let secret = EabSecret::new(b"0123456789abcdef".to_vec());
        assert_eq!(format!("{secret:?}"), "EabSecret(..)");
        assert!(secret == secret.clone() && secret != EabSecret::new(b"0123456789abcdeF".to_vec()));
    }
}
