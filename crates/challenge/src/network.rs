//! Which addresses an attempt may connect to. Pure.
//!
//! Whoever orders a certificate chooses the address that is connected to (server-side request forgery). Private networks
//! are where an internal authority works, so they are allowed; what leads to this machine, to the machines of its cloud or
//! to many at once is refused unless it is named.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Networks that may be connected to, and those that may not. The smallest network that holds an address decides; of two
/// equal ones the refusal. What is written here goes before what is refused by default ([`RESERVED`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks {
    /// Connect to these, also where the default refuses.
    pub allowed: Vec<IpNet>,
    /// Never connect to these.
    pub denied: Vec<IpNet>,
}

/// An address that is not connected to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address {address} lies in {network}, {reason}")]
pub struct DeniedAddress {
    /// The address.
    pub address: IpAddr,
    /// The network that decided.
    pub network: IpNet,
    /// Why it is refused.
    pub reason: DenyReason,
}

/// Why a network is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DenyReason {
    /// The settings say so.
    Configured,
    /// One of [`RESERVED`], and for what it is reserved.
    Reserved(&'static str),
}

impl fmt::Display for DenyReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configured => f.write_str("which the settings of this authority refuse"),
            Self::Reserved(what) => write!(f, "{what}, which is refused unless it is allowed by name"),
        }
    }
}

impl Networks {
    /// Whether the address may be connected to, and every IPv4 address that it is a wrapping of.
    pub fn judge(&self, address: IpAddr) -> Result<(), DeniedAddress> {
        let address = address.to_canonical();
        self.judge_one(address, address)?;
        match wrapped(address) {
            Some(inside) => self.judge_one(IpAddr::V4(inside), address),
            None => Ok(()),
        }
    }

    fn judge_one(&self, address: IpAddr, asked: IpAddr) -> Result<(), DeniedAddress> {
        let reserved = RESERVED.iter().map(|(network, what)| (*network, 0, Some(DenyReason::Reserved(what))));
        let allowed = self.allowed.iter().map(|network| (*network, 1, None));
        let denied = self.denied.iter().map(|network| (*network, 2, Some(DenyReason::Configured)));
        let decides = reserved
            .chain(allowed)
            .chain(denied)
            .filter(|(network, ..)| network.contains(&address))
            .max_by_key(|(network, rank, _)| (network.prefix_len(), *rank));
        match decides {
            Some((network, _, Some(reason))) => Err(DeniedAddress { address: asked, network, reason }),
            Some((_, _, None)) | None => Ok(()),
        }
    }

    /// At most [`MAX_CANDIDATES`] of the addresses, in the order in which they are tried: the first IPv6 address that is
    /// allowed, then the first IPv4 address; two of one kind when there is only that kind.
    ///
    /// # Errors
    /// When none is allowed: why the first is not. `None` when there are no addresses at all.
    pub(crate) fn candidates(&self, addresses: &[IpAddr]) -> Result<Vec<IpAddr>, Option<DeniedAddress>> {
        let mut refusal = None;
        let mut allowed = Vec::new();
        for address in addresses {
            match self.judge(*address) {
                Ok(()) => allowed.push(address.to_canonical()),
                Err(denied) => refusal = refusal.or(Some(denied)),
            }
        }
        if allowed.is_empty() {
            return Err(refusal);
        }
        let (six, four): (Vec<IpAddr>, Vec<IpAddr>) = allowed.into_iter().partition(IpAddr::is_ipv6);
        let firsts = six.iter().take(1).chain(four.iter().take(1));
        let seconds = six.iter().skip(1).chain(four.iter().skip(1));
        Ok(firsts.chain(seconds).copied().take(MAX_CANDIDATES).collect())
    }
}

/// The IPv4 address that an IPv6 address leads to: through a translator (RFC 6052 section 2.1, RFC 2765 section 2.1), 6to4
/// (RFC 3056), or as an IPv4-compatible address (RFC 4291 section 2.5.5.1).
fn wrapped(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else { return None };
    let four = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        Some(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // Unspecified and loopback, which have rows of their own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0 | 0xffff, 0, high, low]
        | [0x2002, high, low, ..] => four(high, low),
        _ => None,
    }
}

/// One address as first choice and one to fall back to (RFC 8305 in small).
pub(crate) const MAX_CANDIDATES: usize = 2;

/// What is refused unless it is allowed by name, and for what it is reserved (RFC 6890 and what clouds serve their own
/// machines at).
pub const RESERVED: &[(IpNet, &str)] = &[
    (v4([0, 0, 0, 0], 8), "reserved for this machine itself"),
    (v4([127, 0, 0, 0], 8), "reserved for loopback"),
    (v4([169, 254, 0, 0], 16), "reserved for link-local addresses"),
    (v4([192, 0, 0, 0], 24), "reserved for protocol assignments"),
    (v4([224, 0, 0, 0], 4), "reserved for multicast"),
    (v4([240, 0, 0, 0], 4), "reserved for future use and broadcast"),
    (v4([100, 100, 100, 200], 32), "the metadata of a cloud's machines"),
    (v4([168, 63, 129, 16], 32), "the metadata of a cloud's machines"),
    (v6(0, 128), "reserved for the unspecified address"),
    (v6(1, 128), "reserved for loopback"),
    (v6(0x64_ff9b_0001 << 80, 48), "reserved for translation inside a site"),
    (v6(0x100 << 112, 64), "reserved for discarding"),
    (v6(0x2001 << 112, 32), "reserved for Teredo"),
    (v6(0xfe80 << 112, 10), "reserved for link-local addresses"),
    (v6(0xff00 << 112, 8), "reserved for multicast"),
    (v6(0xfd00_0042 << 96 | 0x42, 128), "the metadata of a cloud's machines"),
    (v6(0xfd00_00c1 << 96 | 0xa9fe_a9fe, 128), "the metadata of a cloud's machines"),
    (v6(0xfd00_0ec2 << 96 | 0x254, 128), "the metadata of a cloud's machines"),
    (v6(0xfd20_00ce << 96 | 0x254, 128), "the metadata of a cloud's machines"),
];

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length))
}

const fn v6(bits: u128, length: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::from_bits(bits), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nets(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn allows(networks: &Networks, address: &str) -> bool {
        networks.judge(address.parse().unwrap()).is_ok()
    }

    #[test]
    fn by_default_private_and_public_addresses_are_allowed_and_reserved_ones_refused() {
        let default = Networks::default();
        for address in
            ["10.0.0.1", "172.16.1.1", "192.168.1.1", "100.64.0.1", "8.8.8.8", "fd12::1", "2001:db8::1"]
        {
            assert!(allows(&default, address), "{address}");
        }
        // Metadata over IPv6, as Scaleway, Oracle, Amazon and Google publish it.
        for address in ["fd00:42::42", "fd00:c1::a9fe:a9fe", "fd00:ec2::254", "fd20:ce::254"] {
            assert!(!allows(&default, address), "{address}");
        }
        assert!(RESERVED.iter().any(|(network, _)| network.to_string() == "64:ff9b:1::/48"));
        for (network, _) in RESERVED {
            assert!(default.judge(network.addr()).is_err(), "{network}");
            assert!(default.judge(network.broadcast()).is_err(), "{network}");
        }
        let error = default.judge("169.254.169.254".parse().unwrap()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the address 169.254.169.254 lies in 169.254.0.0/16, reserved for link-local addresses, which is refused \
             unless it is allowed by name"
        );
    }

    #[test]
    fn an_ipv4_address_in_an_ipv6_wrapping_is_judged_as_what_it_is() {
        let default = Networks::default();
        for address in [
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::169.254.169.254",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "::127.0.0.1",
        ] {
            assert!(!allows(&default, address), "{address}");
        }
        for address in ["::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "2002:a00:1::"] {
            assert!(allows(&default, address), "{address}");
        }
        let denied = Networks { denied: nets(&["10.0.0.0/8"]), ..Networks::default() };
        assert!(!allows(&denied, "64:ff9b::10.0.0.1"));
    }

    #[test]
    fn the_smallest_network_decides() {
        let inside =
            Networks { allowed: nets(&["10.0.0.0/8"]), denied: nets(&["0.0.0.0/0", "::/0", "10.9.0.0/16"]) };
        assert!(allows(&inside, "10.0.0.1"));
        assert!(!allows(&inside, "10.9.0.1"));
        assert!(!allows(&inside, "192.168.0.1"));
        assert!(!allows(&inside, "fd12::1"));
        let everything = Networks { allowed: nets(&["0.0.0.0/0", "::/0"]), ..Networks::default() };
        assert!(!allows(&everything, "127.0.0.1"), "a wide network allows no reserved one in passing");
        let loopback =
            Networks { allowed: nets(&["127.0.0.0/8", "::1/128"]), denied: nets(&["127.0.0.0/8"]) };
        assert!(!allows(&loopback, "127.0.0.1"), "of two equal networks the refusal decides");
        assert!(allows(&loopback, "::1"));
    }

    #[test]
    fn ipv6_comes_first_and_two_addresses_are_tried() {
        let pick = |texts: &[&str]| {
            let addresses: Vec<IpAddr> = texts.iter().map(|text| text.parse().unwrap()).collect();
            let found = Networks::default().candidates(&addresses);
            found.map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        assert_eq!(pick(&["10.0.0.1", "10.0.0.2", "fd12::1", "fd12::2"]).unwrap(), ["fd12::1", "10.0.0.1"]);
        assert_eq!(pick(&["10.0.0.1", "10.0.0.2", "10.0.0.3"]).unwrap(), ["10.0.0.1", "10.0.0.2"]);
        assert_eq!(pick(&["127.0.0.1", "10.0.0.2"]).unwrap(), ["10.0.0.2"]);
        assert_eq!(pick(&["fe80::1", "10.0.0.2"]).unwrap(), ["10.0.0.2"]);
        assert_eq!(pick(&["127.0.0.1", "::1"]).unwrap_err().unwrap().address.to_string(), "127.0.0.1");
        assert_eq!(pick(&[]).unwrap_err(), None);
    }
}
