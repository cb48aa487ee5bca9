//! Where everything is. Built from a configured base, never from what a request says about its host.

use super::ari::CertId;
use super::id::Id;

/// The URLs of one directory, for example below `https://ca.internal/acme/web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Urls {
    base: String,
}

impl Urls {
    /// Below `base`, which has no trailing slash.
    pub fn new(base: impl Into<String>) -> Self {
        let mut base: String = base.into();
        base.truncate(base.trim_end_matches('/').len());
        Self { base }
    }

    /// What everything begins with, without a trailing slash.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The directory.
    pub fn directory(&self) -> String {
        self.below("directory")
    }

    /// New nonces.
    pub fn new_nonce(&self) -> String {
        self.below("new-nonce")
    }

    /// New accounts.
    pub fn new_account(&self) -> String {
        self.below("new-account")
    }

    /// New orders.
    pub fn new_order(&self) -> String {
        self.below("new-order")
    }

    /// Authorizations ahead of an order.
    pub fn new_authorization(&self) -> String {
        self.below("new-authz")
    }

    /// Revocation.
    pub fn revoke_certificate(&self) -> String {
        self.below("revoke-cert")
    }

    /// Change of an account's key.
    pub fn key_change(&self) -> String {
        self.below("key-change")
    }

    /// What renewal information lies below, without a trailing slash.
    pub fn renewal_info(&self) -> String {
        self.below("renewal-info")
    }

    /// Renewal information about a certificate.
    pub fn renewal_info_of(&self, id: &CertId) -> String {
        self.below(&format!("renewal-info/{id}"))
    }

    /// An account.
    pub fn account(&self, id: &Id) -> String {
        self.below(&format!("account/{id}"))
    }

    /// The orders of an account.
    pub fn orders(&self, account: &Id) -> String {
        self.below(&format!("account/{account}/orders"))
    }

    /// The orders of an account after one of them.
    pub fn orders_after(&self, account: &Id, after: &Id) -> String {
        self.below(&format!("account/{account}/orders?after={after}"))
    }

    /// An order.
    pub fn order(&self, id: &Id) -> String {
        self.below(&format!("order/{id}"))
    }

    /// Where an order's signing request goes.
    pub fn finalize(&self, order: &Id) -> String {
        self.below(&format!("order/{order}/finalize"))
    }

    /// An authorization.
    pub fn authorization(&self, id: &Id) -> String {
        self.below(&format!("authz/{id}"))
    }

    /// A challenge of an authorization.
    pub fn challenge(&self, authorization: &Id, challenge: &Id) -> String {
        self.below(&format!("challenge/{authorization}/{challenge}"))
    }

    /// The certificate of an order.
    pub fn certificate(&self, order: &Id) -> String {
        self.below(&format!("cert/{order}"))
    }

    /// The certificate of an order with another chain, counted from 1.
    pub fn alternate(&self, order: &Id, chain: usize) -> String {
        self.below(&format!("cert/{order}/{chain}"))
    }

    /// The account whose URL this is, to the letter.
    pub fn account_id(&self, url: &str) -> Option<Id> {
        let rest = url.strip_prefix(&self.base)?.strip_prefix("/account/")?;
        rest.parse().ok()
    }

    fn below(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_known_by_its_url_to_the_letter() {
        let urls = Urls::new("https://ca.internal/acme/web/");
        let id: Id = "AAAAAAAAAAAAAAAAAAAAAA".parse().unwrap();
        let url = urls.account(&id);
        assert_eq!(url, "https://ca.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAA");
        assert_eq!(urls.account_id(&url), Some(id));
        for bad in [
            "https://ca.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAA/",
            "https://ca.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAA?",
            "https://ca.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAA/orders",
            "https://CA.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAA",
            "http://ca.internal/acme/web/account/AAAAAAAAAAAAAAAAAAAAAA",
            "https://ca.internal/acme/other/account/AAAAAAAAAAAAAAAAAAAAAA",
            "https://ca.internal/acme/web/order/AAAAAAAAAAAAAAAAAAAAAA",
            "AAAAAAAAAAAAAAAAAAAAAA",
            "",
        ] {
            assert_eq!(urls.account_id(bad), None, "{bad}");
        }
    }
}
