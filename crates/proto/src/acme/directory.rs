//! The directory, RFC 8555 section 7.1.1, with the members of RFC 9773 and of the profiles draft.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::urls::Urls;

/// Where a client begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    /// New nonces.
    pub new_nonce: String,
    /// New accounts.
    pub new_account: String,
    /// New orders.
    pub new_order: String,
    /// Authorizations ahead of an order; absent when they are not offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_authz: Option<String>,
    /// Revocation.
    pub revoke_cert: String,
    /// Change of an account's key.
    pub key_change: String,
    /// Renewal information, RFC 9773.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal_info: Option<String>,
    /// What a client should know before it begins.
    #[serde(default, skip_serializing_if = "Meta::is_empty")]
    pub meta: Meta,
    /// A member that means nothing, so that clients learn to pass over what they do not know.
    #[serde(flatten)]
    pub unknown: BTreeMap<String, String>,
}

/// What a client should know before it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meta {
    /// The terms that an account has to agree to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_of_service: Option<String>,
    /// Where a person reads more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// The names that CAA records allow this server under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caa_identities: Vec<String>,
    /// `true` when an account must be bound to an external one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub external_account_required: bool,
    /// The profiles, each with a description.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub profiles: BTreeMap<String, String>,
}

impl Meta {
    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Directory {
    /// Of these URLs.
    pub fn of(urls: &Urls, meta: Meta) -> Self {
        Self {
            new_nonce: urls.new_nonce(),
            new_account: urls.new_account(),
            new_order: urls.new_order(),
            new_authz: Some(urls.new_authorization()),
            revoke_cert: urls.revoke_certificate(),
            key_change: urls.key_change(),
            renewal_info: Some(urls.renewal_info()),
            meta,
            unknown: BTreeMap::new(),
        }
    }

    /// With a member that means nothing.
    #[must_use]
    pub fn with_unknown(mut self, name: &str) -> Self {
        let urls = "https://www.rfc-editor.org/rfc/rfc8555#section-7.1.1";
        self.unknown.insert(name.to_owned(), urls.to_owned());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_offered_is_absent() {
        let urls = Urls::new("https://ca.internal/acme/web");
        let mut directory = Directory::of(&urls, Meta::default()).with_unknown("Zq3");
        directory.new_authz = None;
        let json = serde_json::to_value(&directory).unwrap();
        let members: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
        let expected =
            ["Zq3", "keyChange", "newAccount", "newNonce", "newOrder", "renewalInfo", "revokeCert"];
        assert_eq!(members, expected);
        assert_eq!(serde_json::from_value::<Directory>(json).unwrap(), directory);
    }

    #[test]
    fn meta_says_what_it_must() {
        let urls = Urls::new("https://ca.internal/acme/web");
        let meta = Meta { external_account_required: true, ..Meta::default() };
        let json = serde_json::to_value(Directory::of(&urls, meta)).unwrap();
        assert_eq!(json["meta"], serde_json::json!({"externalAccountRequired": true}));
    }
}
