//! Name constraints of a certificate above, and whether a name is refused by them (RFC 5280 section 4.2.1.10).
//!
//! Where verifiers differ, the stricter reading counts: what any of them would refuse is not issued.

use std::net::IpAddr;

use hf_core::name::{DnsName, Identifier};
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::ext::NameConstraints;
use hf_x509::general_name::GeneralName;

use crate::policy::NamePattern;

/// Permitted and excluded subtrees; the default constrains nothing.
#[derive(Clone, Debug, Default)]
pub struct Constraints {
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
}

impl From<NameConstraints> for Constraints {
    fn from(constraints: NameConstraints) -> Self {
        Self { permitted: constraints.permitted, excluded: constraints.excluded }
    }
}

impl Constraints {
    /// Why the name is refused: what would have been expected. `None` when it may be certified.
    pub fn refuses(&self, name: &Identifier) -> Option<String> {
        if let Some(excluded) = self.excluded.iter().find(|base| holds(base, name, Reading::Excluded)) {
            return Some(format!("nothing under {} {excluded}", excluded.kind()));
        }
        let mut of_kind = self.permitted.iter().filter(|base| same_kind(base, name)).peekable();
        of_kind.peek()?;
        let listed: Vec<&GeneralName> = of_kind.collect();
        if listed.iter().any(|base| holds(base, name, Reading::Permitted)) {
            return None;
        }
        Some(listed.iter().map(|base| format!("{} {base}", base.kind())).collect::<Vec<_>>().join(" or "))
    }

    /// Why the subject is refused by constraints on `directoryName`; an empty subject never is.
    pub fn refuses_subject(&self, subject: &DistinguishedName) -> Option<String> {
        if subject.is_empty() {
            return None;
        }
        let directories = |bases: &[GeneralName]| -> Vec<DistinguishedName> {
            bases
                .iter()
                .filter_map(
                    |base| if let GeneralName::Directory(name) = base { Some(name.clone()) } else { None },
                )
                .collect()
        };
        if let Some(excluded) = directories(&self.excluded).iter().find(|base| subject.is_within(base)) {
            return Some(format!("nothing under {excluded}"));
        }
        let permitted = directories(&self.permitted);
        if permitted.is_empty() || permitted.iter().any(|base| subject.is_within(base)) {
            return None;
        }
        Some(permitted.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "))
    }
}

/// The subtrees for the certificate of an authority that may certify only names under these patterns. A URI constraint
/// names either one host or the hosts below it, so both are written.
pub(crate) fn subtrees(patterns: &[NamePattern]) -> Vec<GeneralName> {
    let mut bases = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        match pattern {
            NamePattern::Dns(name) => bases.push(GeneralName::Dns(name.to_string())),
            NamePattern::Ip { network, prefix } => bases.push(GeneralName::Ip(with_mask(*network, *prefix))),
            NamePattern::Mailbox(mailbox) => bases.push(GeneralName::Email(mailbox.to_string())),
            NamePattern::MailHost(host) => bases.push(GeneralName::Email(host.to_string())),
            NamePattern::UriHost(host) => {
                bases.push(GeneralName::Uri(host.to_string()));
                bases.push(GeneralName::Uri(format!(".{host}")));
            }
            NamePattern::Spiffe(id) => bases.push(GeneralName::Uri(id.trust_domain().to_owned())),
        }
    }
    bases
}

/// Whether a doubtful name counts as inside: for exclusions yes, for permissions no.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Permitted,
    Excluded,
}

fn same_kind(base: &GeneralName, name: &Identifier) -> bool {
    matches!(
        (base, name),
        (GeneralName::Dns(_), Identifier::Dns(_))
            | (GeneralName::Ip(_), Identifier::Ip(_))
            | (GeneralName::Email(_), Identifier::Email(_))
            | (GeneralName::Uri(_), Identifier::Uri(_) | Identifier::Spiffe(_))
    )
}

fn holds(base: &GeneralName, name: &Identifier, reading: Reading) -> bool {
    match (base, name) {
        (GeneralName::Dns(base), Identifier::Dns(name)) => dns_holds(base, name, reading),
        (GeneralName::Ip(base), Identifier::Ip(name)) => ip_holds(base, &name.octets()),
        (GeneralName::Email(base), Identifier::Email(name)) if base.contains('@') => {
            base.eq_ignore_ascii_case(name.as_str())
        }
        (GeneralName::Email(base), Identifier::Email(name)) => host_holds(base, name.domain()),
        (GeneralName::Uri(base), Identifier::Spiffe(name)) => host_holds(base, name.trust_domain()),
        (GeneralName::Uri(base), Identifier::Uri(name)) => match name.host() {
            // A URI without a host name cannot be judged: refused wherever URIs are constrained.
            None => reading == Reading::Excluded,
            Some(host) if host.parse::<IpAddr>().is_ok() => reading == Reading::Excluded,
            Some(host) => host_holds(base, host),
        },
        _ => false,
    }
}

/// A leading dot means only names below the base; the RFC does not say so for DNS names, most verifiers do.
fn dns_holds(base: &str, name: &DnsName, reading: Reading) -> bool {
    let base = base.trim_end_matches('.').to_ascii_lowercase();
    let apex = base.strip_prefix('.').unwrap_or(&base);
    let stem = name.as_str().strip_prefix("*.").unwrap_or(name.as_str());
    let inside = ends_with_labels(stem, apex);
    match reading {
        Reading::Permitted => inside && (base == apex || name.is_wildcard() || stem != apex),
        Reading::Excluded => inside || apex.parse::<DnsName>().is_ok_and(|excluded| name.matches(&excluded)),
    }
}

/// Hosts of e-mail addresses and URIs: without a leading dot exactly the host, with it the hosts below.
fn host_holds(base: &str, host: &str) -> bool {
    let (base, host) = (base.to_ascii_lowercase(), host.to_ascii_lowercase());
    match base.strip_prefix('.') {
        Some(parent) => host != parent && ends_with_labels(&host, parent),
        None => base.is_empty() || host == base,
    }
}

fn ends_with_labels(name: &str, parent: &str) -> bool {
    parent.is_empty() || name.strip_suffix(parent).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}

/// Address and mask side by side, as the extension writes them.
fn ip_holds(base: &[u8], address: &[u8]) -> bool {
    let (network, mask) = base.split_at(base.len() / 2);
    network.len() == address.len()
        && mask.len() == address.len()
        && network
            .iter()
            .zip(mask)
            .zip(address)
            .all(|((network, mask), octet)| network & mask == octet & mask)
}

fn with_mask(network: IpAddr, prefix: u8) -> Vec<u8> {
    let (mut octets, length) = match network {
        IpAddr::V4(address) => (address.octets().to_vec(), 4_u32),
        IpAddr::V6(address) => (address.octets().to_vec(), 16),
    };
    octets.extend((0..length).map(|index| {
        let ones = u32::from(prefix).saturating_sub(index * 8).min(8);
        u8::try_from((0xff00_u32 >> ones) & 0xff).unwrap_or(0)
    }));
    octets
}

#[cfg(test)]
impl Constraints {
    /// From texts such as `dns:shop.internal` and `ip:10.0.0.0/8`.
    pub(crate) fn for_tests(permitted: &[&str], excluded: &[&str]) -> Self {
        let read = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| match text.split_once(':') {
                    Some(("dns", base)) => GeneralName::Dns(base.to_owned()),
                    Some(("email", base)) => GeneralName::Email(base.to_owned()),
                    Some(("uri", base)) => GeneralName::Uri(base.to_owned()),
                    Some(("dir", base)) => GeneralName::Directory(base.parse().unwrap()),
                    _ => subtrees(&[text.parse().unwrap()]).remove(0),
                })
                .collect()
        };
        Self { permitted: read(permitted), excluded: read(excluded) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_written_bit_by_bit() {
        let mask = |text: &str, prefix| with_mask(text.parse().unwrap(), prefix);
        assert_eq!(mask("10.0.0.0", 8), [10, 0, 0, 0, 255, 0, 0, 0]);
        assert_eq!(mask("10.16.0.0", 12), [10, 16, 0, 0, 255, 240, 0, 0]);
        assert_eq!(mask("0.0.0.0", 0), [0; 8]);
        assert_eq!(mask("::1", 128)[16..], [255; 16]);
    }

    #[test]
    fn doubtful_names_are_refused_either_way() {
        let name: Identifier = "uri:urn:x:y".parse().unwrap();
        assert!(Constraints::for_tests(&["uri:shop.internal"], &[]).refuses(&name).is_some());
        assert!(Constraints::for_tests(&[], &["uri:shop.internal"]).refuses(&name).is_some());
        assert!(Constraints::for_tests(&["dns:shop.internal"], &[]).refuses(&name).is_none());
        let apex: Identifier = "shop.internal".parse().unwrap();
        assert!(Constraints::for_tests(&["dns:.shop.internal"], &[]).refuses(&apex).is_some());
        assert!(Constraints::for_tests(&[], &["dns:.shop.internal"]).refuses(&apex).is_some());
    }

    #[test]
    fn subjects_are_held_against_directory_names() {
        let subject = |text: &str| text.parse::<DistinguishedName>().unwrap();
        let shop = Constraints::for_tests(&["dir:O=Shop"], &["dir:OU=Closed,O=Shop"]);
        assert_eq!(shop.refuses_subject(&subject("CN=a,O=Shop")), None);
        assert!(shop.refuses_subject(&subject("CN=a,O=Bank")).is_some());
        assert!(shop.refuses_subject(&subject("CN=a,OU=Closed,O=Shop")).is_some());
        assert_eq!(shop.refuses_subject(&DistinguishedName::empty()), None);
    }

    #[test]
    fn patterns_become_subtrees_that_permit_the_same_names() {
        let patterns: Vec<NamePattern> =
            ["shop.internal", "10.0.0.0/8", "email:shop.internal", "uri:shop.internal"]
                .iter()
                .map(|text| text.parse().unwrap())
                .collect();
        let constraints = Constraints { permitted: subtrees(&patterns), excluded: Vec::new() };
        for good in [
            "a.shop.internal",
            "10.1.1.1",
            "a@shop.internal",
            "https://shop.internal/",
            "https://b.shop.internal/",
        ] {
            assert_eq!(constraints.refuses(&good.parse().unwrap()), None, "{good}");
        }
        for bad in ["a.bank.internal", "11.1.1.1", "a@bank.internal", "https://bank.internal/"] {
            assert!(constraints.refuses(&bad.parse().unwrap()).is_some(), "{bad}");
        }
    }
}
