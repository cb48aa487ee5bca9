//! The table of endpoints: path, and what opens it. The router is made from it; without a row there is no route.

use http::Method;

/// An endpoint of an ACME server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// Where a client begins.
    Directory,
    /// A new nonce.
    NewNonce,
    /// Register.
    NewAccount,
    /// Order a certificate.
    NewOrder,
    /// Prove a name before it is ordered.
    NewAuthz,
    /// Revoke a certificate.
    RevokeCert,
    /// Give an account another key.
    KeyChange,
    /// When to renew a certificate, RFC 9773.
    RenewalInfo,
    /// An account.
    Account,
    /// Its orders.
    AccountOrders,
    /// An order.
    Order,
    /// Hand in the signing request of an order.
    Finalize,
    /// An authorization.
    Authorization,
    /// A challenge of an authorization.
    Challenge,
    /// The certificate of an order.
    Certificate,
    /// The same with another chain.
    AlternateCertificate,
}

/// Whose signature opens an endpoint, RFC 8555 section 6.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// A key that stands in the header.
    Key,
    /// An account.
    Account,
    /// Either of them.
    Either,
}

/// What opens an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Everybody may read it by GET or HEAD; a signed POST without payload (RFC 8555 section 6.3) does the same.
    ReadOr(SignedBy),
    /// A signed POST.
    Signed(SignedBy),
}

impl Opening {
    /// Whether a request of this method reads without a signature.
    pub fn reads(self, method: &Method) -> bool {
        match self {
            Self::ReadOr(_) => method == Method::GET || method == Method::HEAD,
            Self::Signed(_) => false,
        }
    }

    /// The methods, as `Allow` names them (RFC 9110 section 10.2.1).
    pub fn methods(self) -> &'static str {
        match self {
            Self::ReadOr(_) => "GET, HEAD, POST",
            Self::Signed(_) => "POST",
        }
    }
}

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The paths below `/acme`, with parameters in braces. Where `{authority}` is missing, the default one is meant.
    pub paths: &'static [&'static str],
    /// What opens it.
    pub opening: Opening,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: [Self; 16] = [
        Self::Directory,
        Self::NewNonce,
        Self::NewAccount,
        Self::NewOrder,
        Self::NewAuthz,
        Self::RevokeCert,
        Self::KeyChange,
        Self::RenewalInfo,
        Self::Account,
        Self::AccountOrders,
        Self::Order,
        Self::Finalize,
        Self::Authorization,
        Self::Challenge,
        Self::Certificate,
        Self::AlternateCertificate,
    ];

    /// Its row.
    pub fn row(self) -> Row {
        const ACCOUNT: Opening = Opening::Signed(SignedBy::Account);
        const READ: Opening = Opening::ReadOr(SignedBy::Account);
        let (paths, opening): (&'static [&'static str], Opening) = match self {
            Self::Directory => (&["/directory", "/{authority}/directory"], READ),
            Self::NewNonce => (&["/{authority}/new-nonce"], READ),
            Self::NewAccount => (&["/{authority}/new-account"], Opening::Signed(SignedBy::Key)),
            Self::NewOrder => (&["/{authority}/new-order"], ACCOUNT),
            Self::NewAuthz => (&["/{authority}/new-authz"], ACCOUNT),
            Self::RevokeCert => (&["/{authority}/revoke-cert"], Opening::Signed(SignedBy::Either)),
            Self::KeyChange => (&["/{authority}/key-change"], ACCOUNT),
            Self::RenewalInfo => (&["/{authority}/renewal-info/{certificate}"], READ),
            Self::Account => (&["/{authority}/account/{account}"], ACCOUNT),
            Self::AccountOrders => (&["/{authority}/account/{account}/orders"], ACCOUNT),
            Self::Order => (&["/{authority}/order/{order}"], ACCOUNT),
            Self::Finalize => (&["/{authority}/order/{order}/finalize"], ACCOUNT),
            Self::Authorization => (&["/{authority}/authz/{authorization}"], ACCOUNT),
            Self::Challenge => (&["/{authority}/challenge/{authorization}/{challenge}"], ACCOUNT),
            Self::Certificate => (&["/{authority}/cert/{order}"], ACCOUNT),
            Self::AlternateCertificate => (&["/{authority}/cert/{order}/{chain}"], ACCOUNT),
        };
        Row { paths, opening }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_public_by_nature_is_read_without_a_signature() {
        let open: Vec<Endpoint> =
            Endpoint::ALL.into_iter().filter(|one| one.row().opening.reads(&Method::GET)).collect();
        assert_eq!(open, [Endpoint::Directory, Endpoint::NewNonce, Endpoint::RenewalInfo]);
    }

    #[test]
    fn a_key_in_the_header_opens_registration_and_revocation_alone() {
        let by_key = |one: &Endpoint| match one.row().opening {
            Opening::ReadOr(by) | Opening::Signed(by) => by != SignedBy::Account,
        };
        let open: Vec<Endpoint> = Endpoint::ALL.into_iter().filter(by_key).collect();
        assert_eq!(open, [Endpoint::NewAccount, Endpoint::RevokeCert]);
    }

    #[test]
    fn no_two_rows_have_one_path() {
        let mut seen = std::collections::BTreeSet::new();
        for path in Endpoint::ALL.into_iter().flat_map(|one| one.row().paths) {
            assert!(seen.insert(path), "{path}");
        }
    }
}
