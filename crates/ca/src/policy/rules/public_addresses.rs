//! IP addresses of the public internet are certified only where an authority's permitted names say so.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hf_core::finding::{Finding, FindingCode};
use hf_core::name::Identifier;

use crate::policy::{PolicySettings, Proposal, Rule};

const CODE: FindingCode = FindingCode::new("HF-POLICY-PUBLIC-ADDRESS");

pub(super) const RULE: Rule = Rule { name: "public_addresses", check };

fn check(proposal: &Proposal, settings: &PolicySettings, findings: &mut Vec<Finding>) {
    if settings.public_addresses {
        return;
    }
    for name in &proposal.names {
        let Identifier::Ip(ip) = name else { continue };
        let permitted = proposal.issuer.permitted().iter().any(|pattern| pattern.covers(name));
        if !permitted && is_public(ip.address()) {
            findings.push(
                Finding::error(CODE, name.to_string(), "the address belongs to the public internet")
                    .expected_found("a private, loopback or link-local address", name.to_string())
                    .hint(format!(
                        "if it is yours, add `{name}` to `permitted` of `authority.{}`",
                        proposal.issuer.name()
                    ))
                    .rfc("RFC 6890"),
            );
        }
    }
}

/// Whether the address is outside the blocks for special use, RFC 6890. Documentation blocks are not public.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !is_special_v4(address),
        IpAddr::V6(address) => !is_special_v6(address),
    }
}

fn is_special_v4(address: Ipv4Addr) -> bool {
    let [a, b, _, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_unspecified()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (b & 0xfe) == 18)
}

fn is_special_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || (first & 0xfe00) == 0xfc00
        || (first & 0xffc0) == 0xfe80
        || (first == 0x2001 && second == 0x0db8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::testing::{ProposalBuilder, codes, codes_with};

    #[test]
    fn special_addresses_pass_and_public_ones_do_not() {
        let good =
            ["127.0.0.1", "10.0.0.1", "100.64.0.1", "192.0.2.7", "::1", "fd00::1", "fe80::1", "2001:db8::1"];
        assert!(codes(&RULE, &ProposalBuilder::leaf().names(&good).build()).is_empty());
        let bad = ["1.1.1.1", "8.8.8.8", "100.128.0.1", "2606:4700::1111", "198.20.0.1"];
        assert_eq!(codes(&RULE, &ProposalBuilder::leaf().names(&bad).build()).len(), bad.len());
    }

    #[test]
    fn they_pass_when_permitted() {
        let named = ProposalBuilder::leaf().permitted(&["203.0.112.0/24"]).names(&["203.0.112.9"]).build();
        assert!(codes(&RULE, &named).is_empty());
        let settings = PolicySettings { public_addresses: true, ..PolicySettings::default() };
        let public = ProposalBuilder::leaf().names(&["1.1.1.1"]).build();
        assert!(codes_with(&RULE, &public, &settings).is_empty());
    }
}
