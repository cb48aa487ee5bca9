//! One subtree of a name constraint, RFC 5280 section 4.2.1.10.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use hf_core::name::{DnsName, Identifier, SpiffeId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of names of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameConstraint {
    /// This DNS name and every name below it.
    Dns(String),
    /// The addresses that share the first `prefix` bits.
    Ip {
        /// Network address; the bits after the prefix are 0.
        network: IpAddr,
        /// Length of the prefix in bits: 0–32 or 0–128.
        prefix: u8,
    },
    /// An e-mail address, a host (every address on it), or with a leading dot every host below a domain.
    Email(String),
    /// URIs (SPIFFE IDs apart) whose host is this one or below it.
    Uri(String),
    /// SPIFFE IDs of this trust domain, with this path or below it. The authority keeps to it; its certificate does
    /// not say it.
    Spiffe(SpiffeId),
}

/// Text that is no name constraint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConstraintError {
    /// Not a DNS name.
    #[error(
        "`{found}` is not a name constraint: expected a DNS name such as `shop.internal`, a network such as `10.0.0.0/8`, `email:example.org`, `uri:example.org` or `spiffe://example.org`"
    )]
    Syntax {
        /// What was found.
        found: String,
    },
    /// A wildcard or leading dot, which constraints on DNS names do not have.
    #[error("`{found}` is written as `{instead}`: a name constraint always covers the names below as well")]
    Wildcard {
        /// What was found.
        found: String,
        /// What to write.
        instead: String,
    },
    /// Bits are set after the prefix.
    #[error("`{found}` has bits set after its prefix: expected `{instead}`")]
    HostBits {
        /// What was found.
        found: String,
        /// What to write.
        instead: String,
    },
}

impl NameConstraint {
    /// Whether the name is of the kind that this constraint speaks of.
    pub fn same_kind(&self, name: &Identifier) -> bool {
        matches!(
            (self, name),
            (Self::Dns(_), Identifier::Dns(_))
                | (Self::Ip { .. }, Identifier::Ip(_))
                | (Self::Email(_), Identifier::Email(_))
                | (Self::Uri(_), Identifier::Uri(_))
                | (Self::Spiffe(_), Identifier::Spiffe(_))
        )
    }

    /// Whether the name lies inside.
    pub fn covers(&self, name: &Identifier) -> bool {
        match (self, name) {
            (Self::Dns(parent), Identifier::Dns(name)) => name.is_within(parent),
            (Self::Ip { network, prefix }, Identifier::Ip(address)) => {
                masked(address.address(), *prefix) == Some(*network)
            }
            (Self::Email(within), Identifier::Email(address)) => {
                address.as_str() == within || host_is_within(address.domain(), within)
            }
            (Self::Uri(within), Identifier::Uri(uri)) => uri
                .host()
                .is_some_and(|host| host.parse::<DnsName>().is_ok_and(|host| host.is_within(within))),
            (Self::Spiffe(parent), Identifier::Spiffe(id)) => {
                parent.trust_domain() == id.trust_domain() && path_is_within(id.path(), parent.path())
            }
            _ => false,
        }
    }
}

impl FromStr for NameConstraint {
    type Err = ConstraintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("dns", rest)) => parse_dns(rest),
            Some(("ip", rest)) => parse_network(rest),
            Some(("email", rest)) => parse_host(rest, rest).map(Self::Email),
            Some(("uri", rest)) => parse_uri_host(rest).map(Self::Uri),
            Some(("spiffe", _)) => text.parse().map(Self::Spiffe).map_err(|_| syntax(text)),
            _ if text.contains('/') || text.parse::<IpAddr>().is_ok() => parse_network(text),
            _ if text.contains('@') => parse_mailbox(text),
            _ => parse_dns(text),
        }
    }
}

impl fmt::Display for NameConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name),
            Self::Ip { network, prefix } => write!(f, "{network}/{prefix}"),
            Self::Email(within) => write!(f, "email:{within}"),
            Self::Uri(within) => write!(f, "uri:{within}"),
            Self::Spiffe(id) => id.fmt(f),
        }
    }
}

impl Serialize for NameConstraint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NameConstraint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

fn syntax(text: &str) -> ConstraintError {
    ConstraintError::Syntax { found: text.chars().take(120).collect() }
}

fn parse_dns(text: &str) -> Result<NameConstraint, ConstraintError> {
    if let Some(bare) = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')) {
        return Err(match bare.parse::<DnsName>() {
            Ok(name) => ConstraintError::Wildcard { found: text.to_owned(), instead: name.to_string() },
            Err(_) => syntax(text),
        });
    }
    let name: DnsName = text.parse().map_err(|_| syntax(text))?;
    Ok(NameConstraint::Dns(name.to_string()))
}

fn parse_network(text: &str) -> Result<NameConstraint, ConstraintError> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().map_err(|_| syntax(text))?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix {
        Some(prefix) => prefix.parse().map_err(|_| syntax(text))?,
        None => bits,
    };
    if prefix > bits {
        return Err(syntax(text));
    }
    let network = masked(address, prefix).ok_or_else(|| syntax(text))?;
    if network != address {
        let instead = format!("{network}/{prefix}");
        return Err(ConstraintError::HostBits { found: text.to_owned(), instead });
    }
    Ok(NameConstraint::Ip { network, prefix })
}

fn parse_mailbox(text: &str) -> Result<NameConstraint, ConstraintError> {
    let address: hf_core::name::EmailAddress = text.parse().map_err(|_| syntax(text))?;
    Ok(NameConstraint::Email(address.to_string()))
}

/// A host, which stands for those below it as well.
fn parse_uri_host(text: &str) -> Result<String, ConstraintError> {
    match parse_dns(text) {
        Ok(NameConstraint::Dns(host)) => Ok(host),
        Ok(_) => Err(syntax(text)),
        Err(ConstraintError::Wildcard { instead, .. }) => {
            Err(ConstraintError::Wildcard { found: format!("uri:{text}"), instead: format!("uri:{instead}") })
        }
        Err(other) => Err(other),
    }
}

/// A host, or a domain with a leading dot; a mailbox where there is an `@`.
fn parse_host(text: &str, whole: &str) -> Result<String, ConstraintError> {
    if text.contains('@') {
        return text
            .parse::<hf_core::name::EmailAddress>()
            .map(|address| address.to_string())
            .map_err(|_| syntax(whole));
    }
    let (dot, bare) = match text.strip_prefix('.') {
        Some(bare) => (".", bare),
        None => ("", text),
    };
    let name: DnsName = bare.parse().map_err(|_| syntax(whole))?;
    if name.is_wildcard() {
        return Err(syntax(whole));
    }
    Ok(format!("{dot}{name}"))
}

/// The address with all bits after the prefix cleared; `None` when the prefix is longer than the address.
fn masked(address: IpAddr, prefix: u8) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => {
            let shift = 32_u32.checked_sub(u32::from(prefix))?;
            let mask = u32::MAX.checked_shl(shift).unwrap_or(0);
            Some(IpAddr::V4((address.to_bits() & mask).into()))
        }
        IpAddr::V6(address) => {
            let shift = 128_u32.checked_sub(u32::from(prefix))?;
            let mask = u128::MAX.checked_shl(shift).unwrap_or(0);
            Some(IpAddr::V6((address.to_bits() & mask).into()))
        }
    }
}

fn path_is_within(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || parent.is_empty() || rest.starts_with('/'))
}

/// `.example.org` covers hosts below, `example.org` only itself.
fn host_is_within(host: &str, within: &str) -> bool {
    match within.strip_prefix('.') {
        Some(_) => host.len() > within.len() && host.ends_with(within),
        None => host == within,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(constraint: &str, name: &str) -> bool {
        constraint.parse::<NameConstraint>().unwrap().covers(&name.parse().unwrap())
    }

    #[test]
    fn subtrees_cover_what_they_say() {
        assert!(covers("shop.internal", "shop.internal"));
        assert!(covers("shop.internal", "a1.shop.internal"));
        assert!(!covers("shop.internal", "eshop.internal"));
        assert!(covers("10.0.0.0/8", "10.1.2.3"));
        assert!(!covers("10.0.0.0/8", "11.0.0.1"));
        assert!(covers("fd00::/8", "fd00::1"));
        assert!(covers("0.0.0.0/0", "1.2.3.4"));
        assert!(covers("email:.example.org", "a@b.example.org"));
        assert!(!covers("email:.example.org", "a@example.org"));
        assert!(covers("uri:example.org", "https://example.org/x"));
        assert!(covers("uri:example.org", "https://a.example.org/x"));
        assert!(!covers("uri:example.org", "https://anexample.org/x"));
        assert!(!covers("uri:example.org", "spiffe://example.org/x"), "these have a pattern of their own");
        assert!(covers("spiffe://example.org", "spiffe://example.org/x"));
        assert!(covers("spiffe://example.org/team", "spiffe://example.org/team/x"));
        assert!(!covers("spiffe://example.org/team", "spiffe://example.org/teams"));
        assert!(!covers("spiffe://example.org", "spiffe://a.example.org/x"));
        assert!(!covers("shop.internal", "10.0.0.1"));
    }

    #[test]
    fn what_is_no_subtree_is_refused_with_what_to_write() {
        let instead = |text: &str| match text.parse::<NameConstraint>() {
            Err(ConstraintError::Wildcard { instead, .. } | ConstraintError::HostBits { instead, .. }) => {
                instead
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(instead("*.shop.internal"), "shop.internal");
        assert_eq!(instead(".shop.internal"), "shop.internal");
        assert_eq!(instead("uri:.shop.internal"), "uri:shop.internal");
        assert_eq!(instead("10.0.0.1/8"), "10.0.0.0/8");
        for bad in ["", "a b", "10.0.0.0/33", "::/129", "uri:", "email:*.x.example", "x/y"] {
            assert!(bad.parse::<NameConstraint>().is_err(), "{bad}");
        }
    }

    #[test]
    fn texts_round_trip() {
        for text in [
            "shop.internal",
            "10.0.0.0/8",
            "fd00::/8",
            "email:.example.org",
            "email:a@b.example",
            "uri:x.y",
            "spiffe://x.y/z",
        ] {
            let constraint: NameConstraint = text.parse().unwrap();
            assert_eq!(constraint.to_string().parse::<NameConstraint>().unwrap(), constraint);
        }
    }
}
