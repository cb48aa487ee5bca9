//! Accounts, RFC 8555 section 7.1.2: a key that may ask.

use hf_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::id::Id;
use super::jwk::Jwk;
use super::new_account::Contact;
use super::problem::Problem;
use super::status::AccountStatus;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its place in the URL.
    pub id: Id,
    /// Its public key.
    pub key: Jwk,
    /// Where its owner can be reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contact: Vec<Contact>,
    /// When its owner agreed to the terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_agreed_at: Option<Timestamp>,
    /// The binding to an external account, as the client sent it (RFC 8555 section 7.3.4 wants it back unchanged).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_account_binding: Option<Value>,
    /// When it was made.
    pub created_at: Timestamp,
    status: AccountStatus,
}

impl Account {
    /// A new one.
    pub fn new(id: Id, key: Jwk, created_at: Timestamp) -> Self {
        Self {
            id,
            key,
            contact: Vec::new(),
            terms_agreed_at: None,
            external_account_binding: None,
            created_at,
            status: AccountStatus::Valid,
        }
    }

    /// Where it stands.
    pub fn status(&self) -> AccountStatus {
        self.status
    }

    /// Whether it may ask.
    ///
    /// # Errors
    /// `unauthorized` with 401 (RFC 8555 section 7.3.6).
    pub fn check_active(&self) -> Result<(), Problem> {
        match self.status {
            AccountStatus::Valid => Ok(()),
            AccountStatus::Deactivated => {
                Err(Problem::unauthorized("the account is deactivated, for good").status(401))
            }
            AccountStatus::Revoked => {
                Err(Problem::unauthorized("the account is revoked, for good").status(401))
            }
        }
    }

    /// Its owner gives it up. `None` when it is over already.
    pub fn deactivate(&self) -> Option<Self> {
        self.end(AccountStatus::Deactivated)
    }

    /// The server takes it away. `None` when it is over already.
    pub fn revoke(&self) -> Option<Self> {
        self.end(AccountStatus::Revoked)
    }

    /// With another key (RFC 8555 section 7.3.5). `None` when the account is over.
    pub fn with_key(&self, key: Jwk) -> Option<Self> {
        (self.status == AccountStatus::Valid).then(|| Self { key, ..self.clone() })
    }

    fn end(&self, status: AccountStatus) -> Option<Self> {
        (self.status == AccountStatus::Valid).then(|| Self { status, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::super::jwk::tests::ed25519;
    use super::*;

    fn account() -> Account {
        Account::new("AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap(), ed25519(), Timestamp::from_unix_seconds(0))
    }

    #[test]
    fn an_account_ends_once_and_for_good() {
        let active = account();
        assert_eq!(active.check_active(), Ok(()));
        let gone = active.deactivate().unwrap();
        assert_eq!(gone.check_active().unwrap_err().status, 401);
        assert_eq!(gone.revoke(), None);
        assert_eq!(gone.with_key(ed25519()), None);
        assert_eq!(active.revoke().unwrap().check_active().unwrap_err().status, 401);
    }

    #[test]
    fn an_account_survives_its_text() {
        let account = account();
        let text = serde_json::to_string(&account).unwrap();
        assert!(!text.contains("null"), "{text}");
        assert_eq!(serde_json::from_str::<Account>(&text).unwrap(), account);
    }
}
