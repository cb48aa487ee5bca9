//! Patterns that stand for sets of names, with the meaning that name constraints have (RFC 5280 section 4.2.1.10).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use hf_core::name::{DnsName, EmailAddress, Identifier, SpiffeId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of names of one kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NamePattern {
    /// The DNS name and everything below it. Written `shop.internal`.
    Dns(DnsName),
    /// The addresses of a network. Written `10.0.0.0/8`, or an address alone.
    Ip {
        /// The first address of the network.
        network: IpAddr,
        /// How many leading bits are fixed.
        prefix: u8,
    },
    /// One e-mail address. Written `email:ops@shop.internal`.
    Mailbox(EmailAddress),
    /// All addresses at one host. Written `email:shop.internal`.
    MailHost(DnsName),
    /// URIs (SPIFFE IDs apart) whose host is this one or below it. Written `uri:shop.internal`.
    UriHost(DnsName),
    /// SPIFFE IDs of this trust domain, with this path or below it. Written `spiffe://shop.internal/team`.
    Spiffe(SpiffeId),
}

/// Text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{found}` stands for no set of names: expected a DNS name, an address, a network such as `10.0.0.0/8`, `email:HOST`, `uri:HOST` or `spiffe://DOMAIN`"
)]
pub struct NamePatternError {
    /// What was found, cut to 120 characters.
    pub found: String,
}

impl NamePattern {
    /// Whether the name is in the set. A wildcard name is in it when all names that it stands for are.
    pub fn covers(&self, name: &Identifier) -> bool {
        match (self, name) {
            (Self::Dns(parent), Identifier::Dns(name)) => name.is_within(parent.as_str()),
            (Self::Ip { network, prefix }, Identifier::Ip(name)) => {
                in_network(name.address(), *network, *prefix)
            }
            (Self::Mailbox(mailbox), Identifier::Email(name)) => mailbox == name,
            (Self::MailHost(host), Identifier::Email(name)) => name.domain() == host.as_str(),
            (Self::UriHost(parent), Identifier::Uri(name)) => name
                .host()
                .and_then(|host| host.parse::<DnsName>().ok())
                .is_some_and(|host| host.is_within(parent.as_str())),
            (Self::Spiffe(parent), Identifier::Spiffe(name)) => {
                parent.trust_domain() == name.trust_domain() && path_is_within(name.path(), parent.path())
            }
            _ => false,
        }
    }

    /// Whether every name of `narrower` is in this set too.
    pub fn contains(&self, narrower: &Self) -> bool {
        match (self, narrower) {
            (
                Self::Ip { network, prefix },
                Self::Ip { network: narrower_network, prefix: narrower_prefix },
            ) => narrower_prefix >= prefix && in_network(*narrower_network, *network, *prefix),
            (Self::MailHost(host), Self::MailHost(narrower)) => host == narrower,
            (Self::UriHost(parent), Self::UriHost(narrower)) => narrower.is_within(parent.as_str()),
            _ => narrower.apex().is_some_and(|apex| self.covers(&apex)),
        }
    }

    /// Whether some name is in both sets. As of two subtrees, one holds the other then.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// The name at the top of the set, where it is a name itself.
    pub fn apex(&self) -> Option<Identifier> {
        match self {
            Self::Dns(name) => Some(Identifier::Dns(name.clone())),
            Self::Ip { network, .. } => Some(Identifier::Ip((*network).into())),
            Self::Mailbox(mailbox) => Some(Identifier::Email(mailbox.clone())),
            Self::Spiffe(id) => Some(Identifier::Spiffe(id.clone())),
            Self::MailHost(_) | Self::UriHost(_) => None,
        }
    }

    /// Whether the set holds the name or one that a wildcard name stands for: what a deny list must ask.
    pub fn touches(&self, name: &Identifier) -> bool {
        match (self, name) {
            (Self::Dns(denied), Identifier::Dns(name)) if name.is_wildcard() => {
                self.covers(&Identifier::Dns(name.clone())) || name.matches(denied)
            }
            _ => self.covers(name),
        }
    }
}

impl FromStr for NamePattern {
    type Err = NamePatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fault = || NamePatternError { found: text.chars().take(120).collect() };
        if let Some(rest) = text.strip_prefix("email:") {
            if rest.contains('@') {
                return rest.parse().map(Self::Mailbox).map_err(|_| fault());
            }
            return host(rest).map(Self::MailHost).ok_or_else(fault);
        }
        if let Some(rest) = text.strip_prefix("uri:") {
            return host(rest).map(Self::UriHost).ok_or_else(fault);
        }
        if text.starts_with("spiffe:") {
            return text.parse().map(Self::Spiffe).map_err(|_| fault());
        }
        if let Some(pattern) = network(text) {
            return Ok(pattern);
        }
        host(text.strip_prefix("dns:").unwrap_or(text)).map(Self::Dns).ok_or_else(fault)
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => name.fmt(f),
            Self::Ip { network, prefix } => write!(f, "{network}/{prefix}"),
            Self::Mailbox(mailbox) => write!(f, "email:{mailbox}"),
            Self::MailHost(host) => write!(f, "email:{host}"),
            Self::UriHost(host) => write!(f, "uri:{host}"),
            Self::Spiffe(id) => id.fmt(f),
        }
    }
}

impl Serialize for NamePattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NamePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A host name without wildcard; a leading dot is read as well, because name constraints are often written with it.
fn host(text: &str) -> Option<DnsName> {
    let name: DnsName = text.strip_prefix('.').unwrap_or(text).parse().ok()?;
    (!name.is_wildcard()).then_some(name)
}

/// An address or a network whose bits beyond the prefix are zero.
fn network(text: &str) -> Option<NamePattern> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse::<u8>().ok()?)),
        None => (text.strip_prefix("ip:").unwrap_or(text), None),
    };
    let network: IpAddr = address.strip_prefix("ip:").unwrap_or(address).parse().ok()?;
    let longest = if network.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.unwrap_or(longest);
    let fits = prefix <= longest && masked(network, prefix) == masked(network, longest);
    fits.then(|| as_named(network, prefix))
}

/// Names hold an IPv4 address that is written as an IPv6 one (RFC 4291 section 2.5.5.2) as what it is, so networks do too.
fn as_named(network: IpAddr, prefix: u8) -> NamePattern {
    match (network.to_canonical(), prefix.checked_sub(96)) {
        (IpAddr::V4(v4), Some(prefix)) if network.is_ipv6() => NamePattern::Ip { network: v4.into(), prefix },
        _ => NamePattern::Ip { network, prefix },
    }
}

fn in_network(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    address.is_ipv4() == network.is_ipv4() && masked(address, prefix) == masked(network, prefix)
}

/// The address as a number, the bits after `prefix` set to zero.
fn masked(address: IpAddr, prefix: u8) -> u128 {
    let (number, width) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32_u32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    let host_bits = width.saturating_sub(u32::from(prefix));
    number.checked_shr(host_bits).and_then(|number| number.checked_shl(host_bits)).unwrap_or(0)
}

fn path_is_within(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent)
        .is_some_and(|rest| rest.is_empty() || parent.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pattern(text: &str) -> NamePattern {
        text.parse().unwrap()
    }

    fn name(text: &str) -> Identifier {
        text.parse().unwrap()
    }

    #[test]
    fn a_network_of_mapped_addresses_is_one_of_ipv4() {
        let mapped = pattern("::ffff:10.0.0.0/104");
        assert_eq!(mapped, pattern("10.0.0.0/8"));
        assert!(mapped.covers(&name("10.1.2.3")) && mapped.covers(&name("::ffff:10.1.2.3")));
        assert!(!mapped.covers(&name("11.1.2.3")));
        assert_eq!(pattern("::ffff:192.0.2.1"), pattern("192.0.2.1"));
        assert!(!pattern("::/0").covers(&name("10.1.2.3")), "IPv6 is another matter");
    }

    #[test]
    fn each_kind_covers_its_own_names() {
        let inside = [
            ("shop.internal", "a.shop.internal"),
            (".shop.internal", "shop.internal"),
            ("shop.internal", "*.shop.internal"),
            ("10.0.0.0/8", "10.1.2.3"),
            ("fd00::/8", "fd12::1"),
            ("192.0.2.1", "192.0.2.1"),
            ("0.0.0.0/0", "1.2.3.4"),
            ("email:ops@shop.internal", "ops@shop.internal"),
            ("email:shop.internal", "dev@shop.internal"),
            ("uri:shop.internal", "https://a.shop.internal/x"),
            ("spiffe://shop.internal", "spiffe://shop.internal/a"),
            ("spiffe://shop.internal/team", "spiffe://shop.internal/team/a"),
        ];
        for (set, member) in inside {
            assert!(pattern(set).covers(&name(member)), "{set} covers {member}");
        }
        let outside = [
            ("shop.internal", "workshop.internal"),
            ("a.shop.internal", "*.shop.internal"),
            ("10.0.0.0/8", "11.0.0.1"),
            ("0.0.0.0/0", "::1"),
            ("192.0.2.1", "192.0.2.2"),
            ("email:shop.internal", "dev@sub.shop.internal"),
            ("uri:shop.internal", "uri:urn:x:y"),
            ("spiffe://shop.internal/team", "spiffe://shop.internal/teamwork"),
            ("spiffe://shop.internal", "spiffe://other.internal/a"),
            ("shop.internal", "dev@shop.internal"),
        ];
        for (set, stranger) in outside {
            assert!(!pattern(set).covers(&name(stranger)), "{set} does not cover {stranger}");
        }
    }

    #[test]
    fn sets_overlap_when_one_holds_the_other() {
        for (one, other) in [
            ("shop.internal", "a.shop.internal"),
            ("shop.internal", "shop.internal"),
            ("10.0.0.0/8", "10.0.0.7"),
            ("email:shop.internal", "email:ops@shop.internal"),
        ] {
            assert!(
                pattern(one).overlaps(&pattern(other)) && pattern(other).overlaps(&pattern(one)),
                "{one}"
            );
        }
        for (one, other) in [
            ("shop.internal", "team.internal"),
            ("a.shop.internal", "b.shop.internal"),
            ("10.0.0.0/8", "192.0.2.1"),
            ("0.0.0.0/0", "::/0"),
            ("shop.internal", "10.0.0.7"),
        ] {
            assert!(
                !pattern(one).overlaps(&pattern(other)) && !pattern(other).overlaps(&pattern(one)),
                "{one}"
            );
        }
    }

    #[test]
    fn a_wildcard_touches_what_it_stands_for() {
        assert!(pattern("vault.shop.internal").touches(&name("*.shop.internal")));
        assert!(!pattern("vault.shop.internal").touches(&name("a.shop.internal")));
        assert!(pattern("shop.internal").touches(&name("*.shop.internal")));
    }

    #[test]
    fn other_texts_are_refused() {
        for bad in ["", "*.a.b", "10.0.0.1/8", "10.0.0.0/33", "email:", "uri:*.a.b", "spiffe://UP"] {
            assert!(bad.parse::<NamePattern>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_network_covers_exactly_the_addresses_with_its_prefix(bits: u32, other: u32, prefix in 0_u8..=32) {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            let set = NamePattern::Ip { network: IpAddr::V4((bits & mask).into()), prefix };
            let member = Identifier::Ip(IpAddr::V4(other.into()).into());
            prop_assert_eq!(set.covers(&member), bits & mask == other & mask);
            prop_assert_eq!(pattern(&set.to_string()), set);
        }
    }
}
