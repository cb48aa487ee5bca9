//! Name constraints of a certificate above, and whether a name is refused by them (RFC 5280 section 4.2.1.10).
//!
//! The comparison is that of hf-x509, which lints and the explainer use too.

use std::net::IpAddr;

use hf_core::name::Identifier;
use hf_x509::distinguished_name::DistinguishedName;
use hf_x509::ext::{ConstraintRefusal, NameConstraints};
use hf_x509::general_name::GeneralName;

use crate::policy::NamePattern;

/// Permitted and excluded subtrees; the default constrains nothing.
#[derive(Clone, Debug, Default)]
pub struct Constraints(NameConstraints);

impl From<NameConstraints> for Constraints {
    fn from(constraints: NameConstraints) -> Self {
        Self(constraints)
    }
}

impl Constraints {
    /// Why the name is refused: what would have been expected. `None` when it may be certified.
    pub fn refuses(&self, name: &Identifier) -> Option<String> {
        if self.0.permitted.is_empty() && self.0.excluded.is_empty() {
            return None;
        }
        self.expected(&GeneralName::from(name))
    }

    /// Why the subject is refused by constraints on `directoryName`; an empty subject never is.
    pub fn refuses_subject(&self, subject: &DistinguishedName) -> Option<String> {
        if subject.is_empty() {
            return None;
        }
        self.expected(&GeneralName::Directory(subject.clone()))
    }

    fn expected(&self, name: &GeneralName) -> Option<String> {
        let described = |base: &GeneralName| format!("{} {base}", base.kind());
        Some(match self.0.refusal(name)? {
            ConstraintRefusal::Excluded(base) => format!("nothing under {}", described(base)),
            ConstraintRefusal::Undecidable(base) => {
                format!("a name that can be compared with {}", described(base))
            }
            ConstraintRefusal::NotPermitted => {
                let listed = self.0.permitted.iter().filter(|base| base.kind() == name.kind());
                listed.map(described).collect::<Vec<_>>().join(" or ")
            }
        })
    }
}

/// The subtrees for the certificate of an authority that may certify only names under these patterns. A URI constraint
/// names either one host or the hosts below it, so both are written.
///
/// SPIFFE IDs are left to the authority's own list: a constraint on URIs, which could say no path anyway, makes verifiers
/// that do not read it (rustls) refuse every certificate with a URI (RFC 5280 section 4.2.1.10).
pub fn subtrees(patterns: &[NamePattern]) -> Vec<GeneralName> {
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
            NamePattern::Spiffe(_) => {}
        }
    }
    bases
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
        Self(NameConstraints { permitted: read(permitted), excluded: read(excluded) })
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
        let constraints =
            Constraints(NameConstraints { permitted: subtrees(&patterns), excluded: Vec::new() });
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
