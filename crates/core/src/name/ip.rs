//! IP addresses as names, RFC 5280 section 4.2.1.6.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{NameError, NameKind, NameProblem, fault};

/// An IPv4 or IPv6 address. An IPv4-mapped IPv6 address becomes the IPv4 address: one host, one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IpName(IpAddr);

impl IpName {
    /// The address.
    pub fn address(self) -> IpAddr {
        self.0
    }

    /// The octets in network order: 4 or 16.
    pub fn octets(self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        }
    }
}

impl From<IpAddr> for IpName {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl FromStr for IpName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
        if bare.is_empty() {
            return Err(fault(NameKind::Ip, text, 0, NameProblem::Empty));
        }
        bare.parse::<IpAddr>()
            .map(Self::from)
            .map_err(|_| fault(NameKind::Ip, text, 0, NameProblem::IpSyntax))
    }
}

impl fmt::Display for IpName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for IpName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for IpName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_canonical() {
        assert_eq!("[::1]".parse::<IpName>().unwrap().to_string(), "::1");
        assert_eq!("::ffff:127.0.0.1".parse::<IpName>().unwrap().octets(), vec![127, 0, 0, 1]);
        for bad in ["", "1.2.3", "01.2.3.4", "1.2.3.4/8", "fe80::1%eth0"] {
            assert!(bad.parse::<IpName>().is_err(), "{bad}");
        }
    }
}
