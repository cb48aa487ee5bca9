//! A common name that is an address in another spelling than the alternative names have it.
//!
//! RFC 9525 ignores the common name, but many peers and log readers do not. `192.168.001.001`, `0xC0A80101` and
//! `2001:DB8::1` are read in different ways (octal, hexadecimal, not at all), so a certificate that is for an address
//! must spell it one way. Host names are left alone: directories write them in capitals.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::facts::Presented;
use crate::rules::{Fault, Link, Place};

pub(super) fn check(link: &Link<'_>) -> Option<Fault> {
    let names = link.facts.names.as_ref().filter(|_| link.place == Place::Leaf)?;
    let common_name = link.facts.certificate.subject().common_name()?;
    let address = loosely(&common_name)?;
    let presented =
        names.iter().any(|name| matches!(name, Presented::Ip(octets) if *octets == octets_of(address)));
    (presented && address.to_string() != common_name).then(|| {
        Fault::new(
            "the common name is an address that the alternative names spell in another way",
            format!("`{address}`"),
            format!("`{}`", common_name.escape_debug()),
        )
        .hint("leave addresses out of the common name; `subjectAltName` is what counts")
    })
}

fn octets_of(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

/// The address that one or another reader sees in the text.
fn loosely(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Some(IpAddr::V6(address));
    }
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).ok().map(|bits| IpAddr::V4(Ipv4Addr::from(bits)));
    }
    let parts: Vec<u8> = text.split('.').map(decimal).collect::<Option<_>>()?;
    <[u8; 4]>::try_from(parts).ok().map(IpAddr::from)
}

fn decimal(part: &str) -> Option<u8> {
    part.bytes().all(|octet| octet.is_ascii_digit()).then(|| part.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_of_addresses_are_seen() {
        let v4 = Some(IpAddr::from([192, 168, 1, 1]));
        assert_eq!(loosely("192.168.001.001"), v4);
        assert_eq!(loosely("0xC0A80101"), v4);
        assert_eq!(loosely("192.168.1.1"), v4);
        assert_eq!(loosely("2001:DB8::1"), "2001:db8::1".parse().ok());
        for other in ["db", "10", "a.b.c.d", "1.2.3", "192.168.1.256", "0xdb.internal"] {
            assert_eq!(loosely(other), None, "{other}");
        }
    }
}
