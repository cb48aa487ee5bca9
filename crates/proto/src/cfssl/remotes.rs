//! Addresses of remote servers: a list with commas, tried in order.
//!
//! `[http://|https://]HOST[:PORT][/BASE]`, port 8888 by default. As CFSSL reads them, and better in three cases: an IP address
//! with a port and no scheme, IPv6 addresses with and without brackets, and a scheme other than http and https, which is an
//! error here and plain HTTP there.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// The port of CFSSL.
pub const DEFAULT_PORT: u16 = 8888;

/// Most addresses in one list.
pub const MAX_ADDRESSES: usize = 32;

/// The address of one server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RemoteAddress {
    /// Whether to speak TLS.
    pub tls: bool,
    /// Name or IP address, IPv6 without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Path before `/api/v1/cfssl/`, without a slash at its end; empty for most.
    pub base: String,
}

/// Text that is no address of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no address of a server: {problem}", found.escape_debug())]
pub struct RemoteAddressError {
    /// What was found.
    pub found: String,
    /// What is wrong.
    pub problem: RemoteAddressProblem,
}

/// What is wrong with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum RemoteAddressProblem {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// A scheme other than http and https.
    #[error("expected `http://` or `https://`")]
    Scheme,
    /// A host that is none.
    #[error("expected a name or an IP address")]
    Host,
    /// A port that is none.
    #[error("expected a port from 1 to 65535")]
    Port,
    /// Credentials, a query or a fragment.
    #[error("user, query and fragment are not allowed")]
    Extra,
    /// More than [`MAX_ADDRESSES`].
    #[error("more than {MAX_ADDRESSES} addresses")]
    TooMany,
}

/// All addresses of a list with commas, in order. Empty members are passed over, as CFSSL does in effect: scripts put lists
/// together of variables.
///
/// # Errors
/// For the first that is none, and for a list without any.
pub fn parse_list(list: &str) -> Result<Vec<RemoteAddress>, RemoteAddressError> {
    if list.split(',').count() > MAX_ADDRESSES {
        return Err(fault(list, RemoteAddressProblem::TooMany));
    }
    let members: Vec<&str> = list.split(',').filter(|member| !member.trim().is_empty()).collect();
    if members.is_empty() {
        return Err(fault(list, RemoteAddressProblem::Empty));
    }
    members.into_iter().map(str::parse).collect()
}

fn fault(text: &str, problem: RemoteAddressProblem) -> RemoteAddressError {
    RemoteAddressError { found: text.chars().take(120).collect(), problem }
}

impl RemoteAddress {
    /// The path of an endpoint, for example `/api/v1/cfssl/sign`.
    pub fn path(&self, endpoint: &str) -> String {
        format!("{}/api/v1/cfssl/{endpoint}", self.base)
    }

    /// Host and port as in a URL, IPv6 in brackets.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whether it is an address of this machine, where a plain connection cannot be overheard on the way.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
    }
}

impl FromStr for RemoteAddress {
    type Err = RemoteAddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |problem| fault(text, problem);
        let trimmed = text.trim();
        let (tls, rest) = match trimmed.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (true, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (false, rest),
            Some(_) => return Err(refuse(RemoteAddressProblem::Scheme)),
            None => (false, trimmed),
        };
        if rest.is_empty() {
            return Err(refuse(RemoteAddressProblem::Empty));
        }
        if rest.contains(['?', '#', '@']) {
            return Err(refuse(RemoteAddressProblem::Extra));
        }
        let (authority, base) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = host_and_port(authority).map_err(refuse)?;
        let port = match port {
            None => DEFAULT_PORT,
            Some(digits) => digits
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or_else(|| refuse(RemoteAddressProblem::Port))?,
        };
        let visible = |part: &str| part.chars().all(|c| c.is_ascii_graphic());
        if host.is_empty() || !visible(host) || !visible(base) || host.contains(['[', ']', '\\']) {
            return Err(refuse(RemoteAddressProblem::Host));
        }
        Ok(Self { tls, host: host.to_owned(), port, base: base.trim_end_matches('/').to_owned() })
    }
}

fn host_and_port(authority: &str) -> Result<(&str, Option<&str>), RemoteAddressProblem> {
    if authority.parse::<Ipv6Addr>().is_ok() {
        return Ok((authority, None));
    }
    if let Some(inner) = authority.strip_prefix('[') {
        let (host, rest) = inner.split_once(']').ok_or(RemoteAddressProblem::Host)?;
        host.parse::<Ipv6Addr>().map_err(|_| RemoteAddressProblem::Host)?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((host, Some(port))),
            None if rest.is_empty() => Ok((host, None)),
            None => Err(RemoteAddressProblem::Port),
        };
    }
    match authority.split_once(':') {
        Some((_, port)) if port.contains(':') => Err(RemoteAddressProblem::Host),
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((authority, None)),
    }
}

/// The URL.
impl fmt::Display for RemoteAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_every_form_are_read() {
        let rows = [
            ("ca.example.net", "http://ca.example.net:8888"),
            ("localhost:9999", "http://localhost:9999"),
            ("127.0.0.1:8888", "http://127.0.0.1:8888"),
            ("127.0.0.1", "http://127.0.0.1:8888"),
            ("https://ca.example.net", "https://ca.example.net:8888"),
            ("HTTPS://ca:443/base/", "https://ca:443/base"),
            ("::1", "http://[::1]:8888"),
            ("[::1]:1", "http://[::1]:1"),
            ("https://[2001:db8::1]", "https://[2001:db8::1]:8888"),
            (" ca ", "http://ca:8888"),
        ];
        for (text, url) in rows {
            assert_eq!(text.parse::<RemoteAddress>().unwrap().to_string(), url, "{text}");
        }
        let list: Vec<String> =
            parse_list("a, https://b:1").unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(list, ["http://a:8888", "https://b:1"]);
        assert_eq!("ca/x/".parse::<RemoteAddress>().unwrap().path("sign"), "/x/api/v1/cfssl/sign");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let rows = [
            ("", RemoteAddressProblem::Empty),
            ("http://", RemoteAddressProblem::Empty),
            ("ftp://ca", RemoteAddressProblem::Scheme),
            ("ca:0", RemoteAddressProblem::Port),
            ("ca:http", RemoteAddressProblem::Port),
            ("ca:", RemoteAddressProblem::Port),
            ("[::1", RemoteAddressProblem::Host),
            ("[ca]:1", RemoteAddressProblem::Host),
            ("a:b:c", RemoteAddressProblem::Host),
            ("a b", RemoteAddressProblem::Host),
            ("user@ca", RemoteAddressProblem::Extra),
            ("ca/?x", RemoteAddressProblem::Extra),
        ];
        for (text, problem) in rows {
            assert_eq!(text.parse::<RemoteAddress>().unwrap_err().problem, problem, "{text}");
        }
        assert!(parse_list("a,x y,b").is_err());
        let shown = |list: &str| {
            parse_list(list).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        for holes in ["a:1,,b:2", ",a:1,b:2", "a:1,b:2,", " , a:1,\t,b:2"] {
            assert_eq!(shown(holes), shown("a:1,b:2"), "{holes}");
        }
        for nothing in ["", ",", " , "] {
            assert_eq!(parse_list(nothing).unwrap_err().problem, RemoteAddressProblem::Empty, "{nothing}");
        }
        assert_eq!(parse_list(&"a,".repeat(40)).unwrap_err().problem, RemoteAddressProblem::TooMany);
    }

    #[test]
    fn this_machine_is_known() {
        let loopback = |text: &str| text.parse::<RemoteAddress>().unwrap().is_loopback();
        assert!(
            loopback("localhost")
                && loopback("127.1.2.3:1")
                && loopback("::1")
                && loopback("::ffff:127.0.0.1")
        );
        assert!(!loopback("10.0.0.1") && !loopback("localhost.example.net"));
    }
}
