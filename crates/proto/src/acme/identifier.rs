//! Names in orders and authorizations: RFC 8555 section 7.1.4, RFC 8738.

use hf_core::name::{DnsName, Identifier, IpName};

use super::problem::{NamedIdentifier, Problem, ProblemType, Subproblem};

/// What an authorization is for: a name without `*.`, and whether it covers the wildcard.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// The name without `*.`.
    pub identifier: Identifier,
    /// Whether the ordered name began with `*.`.
    pub wildcard: bool,
}

impl Target {
    /// What must be authorized before a certificate carries `name`.
    pub fn of(name: &Identifier) -> Self {
        let below = match name {
            Identifier::Dns(dns) => dns.as_str().strip_prefix("*.").and_then(|rest| rest.parse().ok()),
            Identifier::Ip(_) | Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => None,
        };
        match below {
            Some(dns) => Self { identifier: Identifier::Dns(dns), wildcard: true },
            None => Self { identifier: name.clone(), wildcard: false },
        }
    }
}

/// Read one name as a client wrote it. Letters of DNS names become lower-case; nothing else is repaired, so that a
/// client finds the name it asked for in the answer.
pub fn read(named: &NamedIdentifier) -> Result<Identifier, Subproblem> {
    let fault = |kind, detail: String| Subproblem::new(kind, detail, named.clone());
    match named.kind.as_str() {
        "dns" => read_dns(&named.value)
            .map(Identifier::Dns)
            .map_err(|detail| fault(ProblemType::Malformed, detail)),
        "ip" => {
            read_ip(&named.value).map(Identifier::Ip).map_err(|detail| fault(ProblemType::Malformed, detail))
        }
        _ => Err(fault(
            ProblemType::UnsupportedIdentifier,
            "the type of this identifier is not supported: expected `dns` or `ip`".to_owned(),
        )),
    }
}

fn read_dns(text: &str) -> Result<DnsName, String> {
    if !text.is_ascii() {
        return Err("expected internationalized labels as A-labels, `xn--...` (RFC 5891)".to_owned());
    }
    if text.ends_with('.') {
        return Err("expected a name without a trailing dot".to_owned());
    }
    text.parse().map_err(|error: hf_core::name::NameError| error.to_string())
}

fn read_ip(text: &str) -> Result<IpName, String> {
    let name: IpName = text.parse().map_err(|error: hf_core::name::NameError| error.to_string())?;
    let canonical = name.to_string();
    if canonical != text {
        return Err(format!("expected the address in its canonical form `{canonical}` (RFC 8738 section 3)"));
    }
    Ok(name)
}

/// Read the names of an order: each once, in order.
///
/// # Errors
/// When there is none, more than `most`, one cannot be read, or one is covered by a wildcard of the same order.
pub fn read_all(written: &[NamedIdentifier], most: usize) -> Result<Vec<Identifier>, Problem> {
    if written.is_empty() {
        return Err(Problem::malformed("the order has no identifiers"));
    }
    if written.len() > most {
        let count = written.len();
        return Err(Problem::malformed(format!(
            "the order has {count} identifiers; at most {most} are allowed"
        )));
    }
    let mut names = Vec::with_capacity(written.len());
    let mut faults = Vec::new();
    for one in written {
        match read(one) {
            Ok(name) => names.push(name),
            Err(fault) => faults.push(fault),
        }
    }
    if !faults.is_empty() {
        return Err(Problem::of_names("identifiers of the order are not accepted", faults));
    }
    names.sort();
    names.dedup();
    check_redundant(&names)?;
    Ok(names)
}

/// A name beside a wildcard that covers it is asked for by mistake.
fn check_redundant(names: &[Identifier]) -> Result<(), Problem> {
    let dns = |name: &Identifier| match name {
        Identifier::Dns(dns) => Some(dns.clone()),
        Identifier::Ip(_) | Identifier::Email(_) | Identifier::Spiffe(_) | Identifier::Uri(_) => None,
    };
    let hosts: Vec<DnsName> = names.iter().filter_map(dns).collect();
    for wildcard in hosts.iter().filter(|name| name.is_wildcard()) {
        if let Some(host) = hosts.iter().find(|host| !host.is_wildcard() && wildcard.matches(host)) {
            return Err(Problem::malformed(format!(
                "`{host}` is redundant: `{wildcard}` of the same order covers it"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(kind: &str, value: &str) -> NamedIdentifier {
        NamedIdentifier { kind: kind.into(), value: value.into() }
    }

    #[test]
    fn canonical_names_are_read() {
        assert_eq!(read(&named("dns", "A.Example")).unwrap().to_string(), "a.example");
        assert_eq!(read(&named("dns", "*.a.example")).unwrap().to_string(), "*.a.example");
        assert_eq!(read(&named("ip", "10.0.0.1")).unwrap().kind(), "ip");
        assert_eq!(read(&named("ip", "2001:db8::1")).unwrap().to_string(), "2001:db8::1");
    }

    #[test]
    fn what_two_readers_could_take_differently_is_refused() {
        let long = "a".repeat(64);
        for (kind, value) in [
            ("dns", "a.example."),
            ("dns", "b\u{fc}cher.example"),
            ("dns", "10.0.0.1"),
            ("dns", "a_b.example"),
            ("dns", "a.*.example"),
            ("dns", "*.*.example"),
            ("dns", "*"),
            ("dns", ""),
            ("dns", long.as_str()),
            ("dns", "a.example:443"),
            ("dns", " a.example"),
            ("ip", "[::1]"),
            ("ip", "::FFFF:10.0.0.1"),
            ("ip", "2001:DB8::1"),
            ("ip", "2001:db8:0:0::1"),
            ("ip", "fe80::1%eth0"),
            ("ip", "*.10.0.0.1"),
            ("ip", "a.example"),
        ] {
            assert_eq!(read(&named(kind, value)).unwrap_err().kind, ProblemType::Malformed, "{kind} {value}");
        }
        for kind in ["email", "uri", "permanent-identifier", "DNS", ""] {
            let fault = read(&named(kind, "a.example")).unwrap_err();
            assert_eq!(fault.kind, ProblemType::UnsupportedIdentifier, "{kind}");
        }
    }

    #[test]
    fn an_order_has_each_name_once() {
        let names = [named("ip", "10.0.0.1"), named("dns", "b.example"), named("dns", "B.example")];
        let texts: Vec<_> = read_all(&names, 3).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["b.example", "10.0.0.1"]);
        assert_eq!(read_all(&names, 2).unwrap_err().kind, ProblemType::Malformed);
        assert_eq!(read_all(&[], 2).unwrap_err().kind, ProblemType::Malformed);
    }

    #[test]
    fn every_fault_is_named() {
        let names = [named("dns", "a_b"), named("dns", "ok.example"), named("tkauth", "x")];
        let problem = read_all(&names, 10).unwrap_err();
        assert_eq!(problem.kind, ProblemType::Compound);
        let values: Vec<_> =
            problem.subproblems.iter().map(|sub| sub.identifier.as_ref().unwrap().value.as_str()).collect();
        assert_eq!(values, ["a_b", "x"]);
    }

    #[test]
    fn a_name_under_a_wildcard_of_the_same_order_is_redundant() {
        let wildcard = named("dns", "*.x.example");
        assert!(read_all(&[wildcard.clone(), named("dns", "a.x.example")], 10).is_err());
        assert!(read_all(&[wildcard.clone(), named("dns", "x.example")], 10).is_ok());
        assert!(read_all(&[wildcard, named("dns", "a.b.x.example")], 10).is_ok());
    }

    #[test]
    fn an_authorization_has_no_star() {
        let target = Target::of(&"*.a.example".parse().unwrap());
        assert_eq!((target.identifier.to_string().as_str(), target.wildcard), ("a.example", true));
        assert!(!Target::of(&"ip:10.0.0.1".parse().unwrap()).wildcard);
    }
}
