//! Which kind of name a string of `hosts`, `hostname` or `-hostname` is, as CFSSL decides.

use std::net::IpAddr;

/// A string of `hosts`, by kind. The text is not judged further: policy does that on the final names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// An IP address. IPv4 addresses mapped into IPv6 are the IPv4 address.
    Ip(IpAddr),
    /// An e-mail address, without a display name.
    Email(String),
    /// A URI.
    Uri(String),
    /// Anything else; the empty string too.
    Dns(String),
}

/// Which kind of name `text` is; the first of IP address, e-mail address, URI and DNS name that fits.
pub fn classify(text: &str) -> Host {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Host::Ip(address.to_canonical());
    }
    if let Some(address) = mail_address(text) {
        return Host::Email(address.to_owned());
    }
    if is_request_uri(text) { Host::Uri(text.to_owned()) } else { Host::Dns(text.to_owned()) }
}

/// The names of a list with commas, not trimmed. `None` for an empty list.
pub fn split_list(list: &str) -> Option<Vec<String>> {
    (!list.is_empty()).then(|| list.split(',').map(str::to_owned).collect())
}

/// `local@domain`, or that in angle brackets after a display name, RFC 5322 section 3.4.
fn mail_address(text: &str) -> Option<&str> {
    let text = text.trim_matches([' ', '\t']);
    let spec = match text.strip_suffix('>') {
        Some(named) => named.rsplit_once('<')?.1,
        None => text,
    };
    let (local, domain) = spec.rsplit_once('@')?;
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let literal = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let domain_fits = literal.is_some_and(|inner| inner.parse::<IpAddr>().is_ok()) || is_dot_atom(domain);
    ((quoted || is_dot_atom(local)) && domain_fits).then_some(spec)
}

/// Atoms with single dots between, RFC 5322 section 3.2.3, and RFC 6532 for other scripts.
fn is_dot_atom(text: &str) -> bool {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii();
    text.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

/// What Go's `url.ParseRequestURI` takes: a URI with a scheme, or an absolute path.
fn is_request_uri(text: &str) -> bool {
    if text.chars().any(|c| c.is_ascii_control()) {
        return false;
    }
    if text == "*" {
        return true;
    }
    let (scheme, rest) = match text.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        _ => ("", text),
    };
    if !rest.starts_with('/') {
        return !scheme.is_empty();
    }
    let path = rest.split('?').next().unwrap_or(rest);
    match path.strip_prefix("//").filter(|_| !scheme.is_empty()) {
        Some(after) => {
            let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
            is_authority(authority) && are_escapes_whole(path)
        }
        None => are_escapes_whole(path),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn is_authority(text: &str) -> bool {
    let host_and_port = text.rsplit_once('@').map_or(text, |(_, host)| host);
    let (host, port) = match host_and_port.rfind(']') {
        Some(end) => host_and_port.split_at(end + 1),
        None => host_and_port.split_at(host_and_port.find(':').unwrap_or(host_and_port.len())),
    };
    let port_fits =
        port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || "-_.~!$&'()*+,;=:[]<>\"%".contains(c);
    port_fits && host.chars().all(allowed) && are_escapes_whole(host)
}

fn are_escapes_whole(text: &str) -> bool {
    let hexadecimal = |b: &u8| b.is_ascii_hexdigit();
    text.split('%')
        .skip(1)
        .all(|after| after.as_bytes().get(..2).is_some_and(|two| two.iter().all(hexadecimal)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_as_cfssl_does() {
        let dns = |text: &str| Host::Dns(text.to_owned());
        let uri = |text: &str| Host::Uri(text.to_owned());
        let email = |text: &str| Host::Email(text.to_owned());
        let rows = [
            ("192.0.2.7", Host::Ip("192.0.2.7".parse().unwrap())),
            ("::1", Host::Ip("::1".parse().unwrap())),
            ("::ffff:192.0.2.7", Host::Ip("192.0.2.7".parse().unwrap())),
            ("user@example.net", email("user@example.net")),
            ("A User <user@example.net>", email("user@example.net")),
            ("spiffe://shop.internal/db", uri("spiffe://shop.internal/db")),
            ("https://h/", uri("https://h/")),
            ("/path", uri("/path")),
            ("mailto:x", uri("mailto:x")),
            ("localhost:8080", uri("localhost:8080")),
            ("", dns("")),
            ("example.net", dns("example.net")),
            ("*.example.net", dns("*.example.net")),
            ("192.0.2.7:80", dns("192.0.2.7:80")),
            ("192.0.2.007", dns("192.0.2.007")),
            (" example.net", dns(" example.net")),
            ("a@", dns("a@")),
            ("a@b@c", dns("a@b@c")),
            ("https://h:port/", dns("https://h:port/")),
            ("https://h/%zz", dns("https://h/%zz")),
            ("http://a b/", dns("http://a b/")),
            ("spiffe://x/\n", dns("spiffe://x/\n")),
        ];
        for (text, expected) in rows {
            assert_eq!(classify(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lists_are_split_and_not_trimmed() {
        assert_eq!(split_list(""), None);
        assert_eq!(split_list("a, b,"), Some(vec!["a".into(), " b".into(), String::new()]));
    }
}
