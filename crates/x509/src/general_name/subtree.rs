//! Whether a name lies in a subtree of names, RFC 5280 section 4.2.1.10.

use super::GeneralName;

/// Where a name lies with respect to a subtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Inside.
    Inside,
    /// A wildcard of which some names are inside and others are not.
    Across,
    /// Outside.
    Outside,
    /// The subtree is of another kind and says nothing about this name.
    OtherKind,
    /// Same kind, but one that cannot be compared, or a name that has nothing to compare (a URI without a host).
    Undecidable,
}

impl GeneralName {
    /// Where this name lies with respect to the subtree below `base`.
    pub fn place_in(&self, base: &Self) -> Place {
        match (self, base) {
            (Self::Dns(name), Self::Dns(base)) => dns(name, base),
            (Self::Email(name), Self::Email(base)) => email(name, base),
            (Self::Uri(name), Self::Uri(base)) => uri(name, base),
            (Self::Ip(name), Self::Ip(base)) => ip(name, base),
            (Self::Directory(name), Self::Directory(base)) => inside(name.is_within(base)),
            _ if self.kind() == base.kind() => Place::Undecidable,
            _ => Place::OtherKind,
        }
    }
}

fn inside(inside: bool) -> Place {
    if inside { Place::Inside } else { Place::Outside }
}

/// The base itself and everything with labels in front of it. A leading dot, which some put there, does not count. A
/// wildcard stands for every single label.
fn dns(name: &str, base: &str) -> Place {
    let base = base.strip_prefix('.').unwrap_or(base);
    if base.is_empty() || is_host_below(name, base) || name.eq_ignore_ascii_case(base) {
        return Place::Inside;
    }
    let parent = name.strip_prefix("*.");
    let covered =
        parent.zip(base.split_once('.')).is_some_and(|(parent, (_, rest))| parent.eq_ignore_ascii_case(rest));
    if covered { Place::Across } else { Place::Outside }
}

/// One mailbox (`a@host`), every mailbox of a host (`host`), or of every host below a domain (`.domain`).
fn email(name: &str, base: &str) -> Place {
    let Some((local, host)) = name.rsplit_once('@') else { return Place::Undecidable };
    match base.rsplit_once('@') {
        Some((base_local, base_host)) => inside(local == base_local && host.eq_ignore_ascii_case(base_host)),
        None => inside(is_host_in(host, base)),
    }
}

/// By host: exactly this one, or with a leading dot every one below. RFC 5280: a URI without a host name is refused.
fn uri(name: &str, base: &str) -> Place {
    let Ok(uri) = name.parse::<hf_core::name::UriName>() else { return Place::Undecidable };
    match uri.host() {
        Some(host) if host.parse::<std::net::IpAddr>().is_err() => inside(is_host_in(host, base)),
        _ => Place::Undecidable,
    }
}

fn is_host_in(host: &str, base: &str) -> bool {
    match base.strip_prefix('.') {
        Some(domain) => is_host_below(host, domain),
        None => host.eq_ignore_ascii_case(base),
    }
}

fn is_host_below(host: &str, domain: &str) -> bool {
    host.len()
        .checked_sub(domain.len())
        .and_then(|at| host.split_at_checked(at))
        .is_some_and(|(head, tail)| head.ends_with('.') && tail.eq_ignore_ascii_case(domain))
}

/// Address and mask, of the same family.
fn ip(name: &[u8], base: &[u8]) -> Place {
    let (network, mask) = base.split_at(base.len() / 2);
    if name.len() != network.len() {
        return if [4, 16].contains(&name.len()) { Place::Outside } else { Place::Undecidable };
    }
    let masked =
        |octets: &[u8]| -> Vec<u8> { octets.iter().zip(mask).map(|(octet, mask)| octet & mask).collect() };
    inside(masked(name) == masked(network))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distinguished_name::DistinguishedName;

    fn dns(name: &str) -> GeneralName {
        GeneralName::Dns(name.to_owned())
    }

    #[test]
    fn dns_goes_label_by_label() {
        let base = dns("shop.internal");
        for (name, place) in [
            ("shop.internal", Place::Inside),
            ("A.SHOP.internal", Place::Inside),
            ("*.shop.internal", Place::Inside),
            ("workshop.internal", Place::Outside),
            ("internal", Place::Outside),
            ("*.internal", Place::Across),
        ] {
            assert_eq!(dns(name).place_in(&base), place, "{name}");
        }
        assert_eq!(dns("a.example").place_in(&dns("")), Place::Inside);
        assert_eq!(dns("a.example").place_in(&dns(".example")), Place::Inside);
        assert_eq!(dns("a.example").place_in(&GeneralName::Uri("x".to_owned())), Place::OtherKind);
    }

    #[test]
    fn mailboxes_hosts_and_domains() {
        let place = |name: &str, base: &str| {
            GeneralName::Email(name.to_owned()).place_in(&GeneralName::Email(base.to_owned()))
        };
        assert_eq!(place("a@Host.example", "host.example"), Place::Inside);
        assert_eq!(place("a@x.host.example", "host.example"), Place::Outside);
        assert_eq!(place("a@x.host.example", ".host.example"), Place::Inside);
        assert_eq!(place("a@host.example", "a@host.example"), Place::Inside);
        assert_eq!(place("A@host.example", "a@host.example"), Place::Outside);
        assert_eq!(place("nobody", "host.example"), Place::Undecidable);
    }

    #[test]
    fn uris_go_by_host() {
        let place = |name: &str, base: &str| {
            GeneralName::Uri(name.to_owned()).place_in(&GeneralName::Uri(base.to_owned()))
        };
        assert_eq!(place("spiffe://shop.internal/a", "shop.internal"), Place::Inside);
        assert_eq!(place("https://u@a.shop.internal:1/x", ".shop.internal"), Place::Inside);
        assert_eq!(place("https://shop.internal/", ".shop.internal"), Place::Outside);
        assert_eq!(place("urn:x:y", "shop.internal"), Place::Undecidable);
        assert_eq!(place("https://10.0.0.1/", "10.0.0.1"), Place::Undecidable);
    }

    #[test]
    fn addresses_and_names() {
        let net = GeneralName::Ip(vec![10, 1, 0, 0, 255, 255, 0, 0]);
        assert_eq!(GeneralName::Ip(vec![10, 1, 2, 3]).place_in(&net), Place::Inside);
        assert_eq!(GeneralName::Ip(vec![10, 2, 2, 3]).place_in(&net), Place::Outside);
        assert_eq!(GeneralName::Ip(vec![0; 16]).place_in(&net), Place::Outside);
        assert_eq!(GeneralName::Ip(vec![0; 5]).place_in(&net), Place::Undecidable);
        let name = |text: &str| GeneralName::Directory(text.parse::<DistinguishedName>().unwrap());
        assert_eq!(name("CN=x,O=Shop").place_in(&name("O=shop")), Place::Inside);
        assert_eq!(name("CN=x,O=Shop").place_in(&name("O=Other")), Place::Outside);
    }
}
