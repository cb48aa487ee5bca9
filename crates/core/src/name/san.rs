//! The subject alternative names of a certificate as one ordered set, RFC 5280 section 4.2.1.6.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{DnsName, EmailAddress, IpName, NameError, SpiffeId, UriName};

/// One name that a certificate can carry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "lowercase")]
pub enum Identifier {
    /// `dNSName`.
    Dns(DnsName),
    /// `iPAddress`.
    Ip(IpName),
    /// `rfc822Name`.
    Email(EmailAddress),
    /// `uniformResourceIdentifier` that is a SPIFFE ID.
    Spiffe(SpiffeId),
    /// Any other `uniformResourceIdentifier`.
    Uri(UriName),
}

impl Identifier {
    /// A `uniformResourceIdentifier`, wherever it comes from: a scheme reads the same in upper case (RFC 3986 section 3.1),
    /// so no SPIFFE ID passes for another URI.
    pub fn from_uri(text: &str) -> Result<Self, NameError> {
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        if scheme.eq_ignore_ascii_case("spiffe") {
            return text.parse().map(Self::Spiffe);
        }
        text.parse().map(Self::Uri)
    }

    /// Which kind of name it is, as written before the colon on the command line: `dns`, `ip`, `email`, `uri`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Dns(_) => "dns",
            Self::Ip(_) => "ip",
            Self::Email(_) => "email",
            Self::Spiffe(_) | Self::Uri(_) => "uri",
        }
    }
}

impl fmt::Display for Identifier {
    /// The value alone, without its kind.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => name.fmt(f),
            Self::Ip(name) => name.fmt(f),
            Self::Email(name) => name.fmt(f),
            Self::Spiffe(name) => name.fmt(f),
            Self::Uri(name) => name.fmt(f),
        }
    }
}

impl FromStr for Identifier {
    type Err = NameError;

    /// Reads `dns:NAME`, `ip:ADDRESS`, `email:ADDRESS`, `uri:URI`, or a bare value whose kind shows: an address, a
    /// text with `@`, a text with `://`, else a DNS name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("dns", rest)) => return rest.parse().map(Self::Dns),
            Some(("ip", rest)) => return rest.parse().map(Self::Ip),
            Some(("email", rest)) => return rest.parse().map(Self::Email),
            Some(("uri", rest)) => return Self::from_uri(rest),
            _ => {}
        }
        if let Ok(ip) = text.parse() {
            return Ok(Self::Ip(ip));
        }
        if text.contains("://") {
            return Self::from_uri(text);
        }
        if text.contains('@') {
            return text.parse().map(Self::Email);
        }
        text.parse().map(Self::Dns)
    }
}

/// The names of one certificate: ordered by kind then value, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SanSet(BTreeSet<Identifier>);

impl SanSet {
    /// The most names a certificate may carry; the limit of Let's Encrypt, which peers are known to handle.
    pub const MAX_NAMES: usize = 100;

    /// Nothing in it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Add a name; `false` when it is already there.
    pub fn insert(&mut self, name: Identifier) -> bool {
        self.0.insert(name)
    }

    /// Whether the name is in it.
    pub fn contains(&self, name: &Identifier) -> bool {
        self.0.contains(name)
    }

    /// How many names.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names in order.
    pub fn iter(&self) -> impl Iterator<Item = &Identifier> {
        self.0.iter()
    }

    /// The first DNS name, else the first name of any kind.
    pub fn primary(&self) -> Option<&Identifier> {
        self.0.first()
    }
}

impl FromIterator<Identifier> for SanSet {
    fn from_iter<I: IntoIterator<Item = Identifier>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl<'a> IntoIterator for &'a SanSet {
    type Item = &'a Identifier;
    type IntoIter = std::collections::btree_set::Iter<'a, Identifier>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let kinds = [
            ("a.example", "dns"),
            ("127.0.0.1", "ip"),
            ("::1", "ip"),
            ("a@b.example", "email"),
            ("spiffe://d/a", "uri"),
            ("https://a.example/x", "uri"),
            ("uri:urn:x:y", "uri"),
        ];
        for (text, kind) in kinds {
            assert_eq!(text.parse::<Identifier>().unwrap().kind(), kind, "{text}");
        }
        assert!("uri:spiffe://Bad/a".parse::<Identifier>().is_err());
        assert!("dns:127.0.0.1".parse::<Identifier>().is_err());
        for text in ["SPIFFE://d/a", "uri:Spiffe://d/a", "sPIFFE://d/a/../b", "spiffe:d", "uri:SPIFFE:"] {
            assert!(text.parse::<Identifier>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_set_holds_each_name_once_in_order() {
        let set: SanSet = ["b.example", "10.0.0.1", "A.example", "a.example"]
            .into_iter()
            .map(|text| text.parse().unwrap())
            .collect();
        let texts: Vec<String> = set.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["a.example", "b.example", "10.0.0.1"]);
    }
}
