//! How many requests an address may make.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

use super::rate::Keyed;
use super::{Rate, RetryAfter};

/// Judges requests by the address that they come from.
pub struct AddressLimiter {
    keyed: Option<Keyed<AddressKey>>,
    exempt: Vec<IpNet>,
}

/// What counts as one address: an IPv4 address, or the network of an IPv6 one, of which whoever has one has 2^64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AddressKey(IpAddr);

impl AddressKey {
    /// Of an address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        })
    }
}

impl std::fmt::Display for AddressKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl AddressLimiter {
    /// With this rate; `None` lets everything pass. Addresses in `exempt` always pass.
    pub fn new(rate: Option<Rate>, exempt: Vec<IpNet>) -> Self {
        Self { keyed: rate.map(Keyed::new), exempt }
    }

    /// Whether this address has no limits of its own.
    pub fn is_exempt(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.exempt.iter().any(|network| network.contains(&address))
    }

    /// One more request of this address.
    pub fn check(&self, address: IpAddr) -> Result<(), RetryAfter> {
        match &self.keyed {
            Some(keyed) if !self.is_exempt(address) => keyed.check(&AddressKey::of(address)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_address_has_its_measure_and_a_network_of_ipv6_has_one() {
        let limiter = AddressLimiter::new(Some(Rate::per_second(1, 1)), vec!["127.0.0.0/8".parse().unwrap()]);
        assert!(limiter.check(ip("192.0.2.1")).is_ok());
        assert!(limiter.check(ip("192.0.2.1")).is_err());
        assert!(limiter.check(ip("192.0.2.2")).is_ok());
        assert!(limiter.check(ip("::ffff:192.0.2.2")).is_err(), "the same address over IPv6");
        assert!(limiter.check(ip("2001:db8::1")).is_ok());
        assert!(limiter.check(ip("2001:db8::2")).is_err());
        assert!(limiter.check(ip("2001:db8:0:1::2")).is_ok());
        for _ in 0..5 {
            assert!(limiter.check(ip("127.0.0.1")).is_ok());
        }
    }
}
