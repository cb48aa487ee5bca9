//! Who may use which endpoint: the one table. Deny by default: what has no row has no route.

use std::fmt::{self, Write as _};

use axum::http::Method;
use hf_core::right::Right;
use hf_proto::api::route;

/// An endpoint of `/v1`. The router is made from this list, so a route without a row does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// Issue a certificate.
    IssueCertificate,
    /// List certificates.
    ListCertificates,
    /// Renew a certificate.
    RenewCertificate,
    /// One certificate.
    GetCertificate,
    /// Revoke it.
    RevokeCertificate,
    /// Every authority.
    ListAuthorities,
    /// One authority.
    GetAuthority,
    /// Its certificates.
    GetChain,
    /// Its latest CRL.
    GetCrl,
    /// Have it sign a new CRL.
    IssueCrl,
    /// Every profile.
    ListProfiles,
    /// Rows of the audit log.
    ReadAudit,
    /// Every API key.
    ListCredentials,
    /// Make an API key.
    CreateCredential,
    /// Revoke an API key.
    RevokeCredential,
    /// The description of this API.
    OpenApi,
}

/// What somebody must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: what is behind it is public by its nature.
    Public,
    /// A credential with this right.
    Right(Right),
    /// The key of the certificate that the request is about, or a credential with this right.
    OwnKeyOr(Right),
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("nothing"),
            Self::Right(right) => write!(f, "`{right}`"),
            Self::OwnKeyOr(right) => write!(f, "the old key, or `{right}`"),
        }
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Its method.
    pub method: Method,
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// What somebody must show.
    pub need: Need,
}

impl Endpoint {
    /// Every endpoint.
    pub const ALL: [Self; 16] = [
        Self::IssueCertificate,
        Self::ListCertificates,
        Self::RenewCertificate,
        Self::GetCertificate,
        Self::RevokeCertificate,
        Self::ListAuthorities,
        Self::GetAuthority,
        Self::GetChain,
        Self::GetCrl,
        Self::IssueCrl,
        Self::ListProfiles,
        Self::ReadAudit,
        Self::ListCredentials,
        Self::CreateCredential,
        Self::RevokeCredential,
        Self::OpenApi,
    ];

    /// Its row.
    pub fn row(self) -> Row {
        let (method, path, need) = match self {
            Self::IssueCertificate => (Method::POST, route::CERTIFICATES, Need::Right(Right::Issue)),
            Self::ListCertificates => (Method::GET, route::CERTIFICATES, Need::Right(Right::Read)),
            Self::RenewCertificate => (Method::POST, route::RENEW, Need::OwnKeyOr(Right::Renew)),
            Self::GetCertificate => (Method::GET, route::CERTIFICATE, Need::Right(Right::Read)),
            Self::RevokeCertificate => (Method::POST, route::REVOKE, Need::Right(Right::Revoke)),
            Self::ListAuthorities => (Method::GET, route::AUTHORITIES, Need::Right(Right::Read)),
            Self::GetAuthority => (Method::GET, route::AUTHORITY, Need::Right(Right::Read)),
            Self::GetChain => (Method::GET, route::CHAIN, Need::Public),
            Self::GetCrl => (Method::GET, route::CRL, Need::Public),
            Self::IssueCrl => (Method::POST, route::CRL, Need::Right(Right::Revoke)),
            Self::ListProfiles => (Method::GET, route::PROFILES, Need::Right(Right::Read)),
            Self::ReadAudit => (Method::GET, route::AUDIT, Need::Right(Right::Audit)),
            Self::ListCredentials => (Method::GET, route::CREDENTIALS, Need::Right(Right::Administer)),
            Self::CreateCredential => (Method::POST, route::CREDENTIALS, Need::Right(Right::Administer)),
            Self::RevokeCredential => (Method::DELETE, route::CREDENTIAL, Need::Right(Right::Administer)),
            Self::OpenApi => (Method::GET, route::OPENAPI, Need::Public),
        };
        Row { endpoint: self, method, path, need }
    }
}

/// The table as people read it, in Markdown.
pub fn markdown() -> String {
    let mut text = String::from("| endpoint | needs |\n|---|---|\n");
    for row in Endpoint::ALL.map(Endpoint::row) {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "| `{} {}` | {} |", row.method, row.path, row.need);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_rows_are_for_one_endpoint() {
        let mut seen = std::collections::BTreeSet::new();
        for row in Endpoint::ALL.map(Endpoint::row) {
            assert!(seen.insert((row.path, row.method.to_string())), "{} {}", row.method, row.path);
        }
    }

    #[test]
    fn only_what_is_public_by_nature_needs_nothing() {
        let open: Vec<Endpoint> =
            Endpoint::ALL.into_iter().filter(|endpoint| endpoint.row().need == Need::Public).collect();
        assert_eq!(open, [Endpoint::GetChain, Endpoint::GetCrl, Endpoint::OpenApi]);
    }
}
