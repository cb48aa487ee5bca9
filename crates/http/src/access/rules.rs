//! The rules of `[access.NAME]`: what holders of certificates and of tokens may do.

use std::collections::{BTreeMap, BTreeSet};

use hf_ca::policy::NamePattern;
use hf_ca::request::RequesterLimits;
use hf_core::name::{Identifier, SanSet};
use hf_core::right::Right;
use hf_core::time::Lifetime;

use super::token::NameTemplate;

/// Every rule, in the order of the file; the first that fits decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// For client certificates.
    pub certificates: Vec<CertificateRule>,
    /// For tokens.
    pub tokens: Vec<TokenRule>,
}

/// What somebody may do, and within which limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// The rights.
    pub rights: BTreeSet<Right>,
    /// Within which limits they may be used.
    pub limits: RequesterLimits,
}

/// A rule for whoever shows a certificate of this trust domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRule {
    /// Name of the rule.
    pub name: String,
    /// The authority that issued the certificate: a namesake under another authority is somebody else.
    pub authority: String,
    /// The certificate carries one of these names, exactly.
    pub names: Vec<Identifier>,
    /// What it may do.
    pub allowance: Allowance,
}

impl CertificateRule {
    /// Whether the rule is for this certificate.
    pub fn fits(&self, authority: &str, names: &SanSet) -> bool {
        self.authority == authority && self.names.iter().any(|name| names.contains(name))
    }
}

/// A rule for whoever shows a token (RFC 7519) of an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRule {
    /// Name of the rule.
    pub name: String,
    /// `iss`, exactly.
    pub issuer: String,
    /// One of `aud`, exactly.
    pub audience: String,
    /// Where the keys of the issuer are; where it is absent, the issuer's `OpenID` configuration says so.
    pub jwks_url: Option<String>,
    /// Claims that must have exactly this value.
    pub claims: BTreeMap<String, String>,
    /// Names that it may have certified, made from claims.
    pub names: Vec<NameTemplate>,
    /// The rights.
    pub rights: BTreeSet<Right>,
    /// Profiles it may ask for; `None`: any.
    pub profiles: Option<Vec<String>>,
    /// Authorities it may ask; `None`: any.
    pub authorities: Option<Vec<String>>,
    /// The longest lifetime.
    pub max_lifetime: Option<Lifetime>,
}

/// Why limits are not within others.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} would be wider than those of whoever asks")]
pub struct Wider {
    /// Which limit.
    pub what: &'static str,
}

/// Whether somebody with the limits `outer` may give these to somebody else.
pub fn check_within(outer: &RequesterLimits, inner: &RequesterLimits) -> Result<(), Wider> {
    let names = match (&outer.names, &inner.names) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => inner.iter().all(|one| covered(outer, one)),
    };
    let lifetime = match (outer.max_lifetime, inner.max_lifetime) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => inner <= outer,
    };
    for (good, what) in [
        (names, "the names"),
        (listed(outer.profiles.as_deref(), inner.profiles.as_deref()), "the profiles"),
        (listed(outer.authorities.as_deref(), inner.authorities.as_deref()), "the authorities"),
        (lifetime, "the lifetime"),
    ] {
        if !good {
            return Err(Wider { what });
        }
    }
    Ok(())
}

fn covered(outer: &[NamePattern], inner: &NamePattern) -> bool {
    outer.iter().any(|pattern| pattern.contains(inner))
}

fn listed(outer: Option<&[String]>, inner: Option<&[String]>) -> bool {
    match (outer, inner) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(outer), Some(inner)) => inner.iter().all(|one| outer.contains(one)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(names: Option<&[&str]>) -> RequesterLimits {
        let pattern = |text: &&str| text.parse().unwrap();
        RequesterLimits {
            names: names.map(|names| names.iter().map(pattern).collect()),
            ..RequesterLimits::default()
        }
    }

    #[test]
    fn nobody_gives_more_than_it_has() {
        let team = limits(Some(&["team.shop.internal"]));
        assert!(check_within(&limits(None), &team).is_ok());
        assert!(check_within(&team, &limits(None)).is_err());
        assert!(check_within(&team, &limits(Some(&["a.team.shop.internal"]))).is_ok());
        assert!(check_within(&team, &limits(Some(&["shop.internal"]))).is_err());
        assert!(check_within(&team, &limits(Some(&[]))).is_ok());
    }

    #[test]
    fn a_namesake_under_another_authority_is_somebody_else() {
        let rule = CertificateRule {
            name: "deployers".to_owned(),
            authority: "services".to_owned(),
            names: vec!["deploy.shop.internal".parse().unwrap()],
            allowance: Allowance::default(),
        };
        let names = |text: &str| SanSet::from_iter([text.parse::<Identifier>().unwrap()]);
        assert!(rule.fits("services", &names("deploy.shop.internal")));
        assert!(!rule.fits("guests", &names("deploy.shop.internal")));
        assert!(!rule.fits("services", &names("x.deploy.shop.internal")));
        assert!(!rule.fits("services", &names("*.shop.internal")));
    }
}
