//! Where an http-01 attempt may be sent on to, RFC 8555 section 8.3. Pure.

use http::HeaderValue;
use http::uri::Scheme;
use std::net::IpAddr;
use url::{Host, Url};

use hf_core::name::DnsName;

use crate::error::RedirectRefusal;
use crate::settings::ChallengePorts;

/// The way of one attempt: where it began and every place that it was sent on to.
pub(crate) struct Trail {
    ports: ChallengePorts,
    limit: usize,
    /// The address that is validated, when it is one: no other may be written into a URL.
    own_address: Option<IpAddr>,
    visited: Vec<Url>,
    current: Url,
}

/// Who is validated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A DNS name without wildcard.
    Dns(DnsName),
    /// An IP address.
    Ip(IpAddr),
}

/// Whom to connect to for a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) subject: Subject,
    pub(crate) port: u16,
    pub(crate) scheme: Scheme,
}

impl Trail {
    /// At this path of the subject, over `http`. `None` when that is no URL, or one that leads to somebody else: a host
    /// like `0x7f` counts as an IPv4 address in URLs.
    pub(crate) fn start(subject: &Subject, path: &str, ports: ChallengePorts, limit: usize) -> Option<Self> {
        let (host, own_address) = match subject {
            Subject::Dns(name) => (name.to_string(), None),
            Subject::Ip(IpAddr::V4(address)) => (address.to_string(), Some(IpAddr::V4(*address))),
            Subject::Ip(IpAddr::V6(address)) => (format!("[{address}]"), Some(IpAddr::V6(*address))),
        };
        let port = ports.http;
        let current = Url::parse(&format!("http://{host}:{port}{path}")).ok()?;
        let trail = Self { ports, limit, own_address, visited: Vec::new(), current };
        trail.place().is_some_and(|place| place.subject == *subject).then_some(trail)
    }

    /// The URL to ask for next.
    pub(crate) fn url(&self) -> &Url {
        &self.current
    }

    /// Whom to connect to for it. `None` only for a URL that [`Self::follow`] would have refused.
    pub(crate) fn place(&self) -> Option<Place> {
        let scheme = scheme(&self.current)?;
        let default = if scheme == Scheme::HTTP { self.ports.http } else { self.ports.https };
        let subject = match self.current.host()? {
            Host::Domain(name) => Subject::Dns(name.parse().ok()?),
            Host::Ipv4(address) => Subject::Ip(address.into()),
            Host::Ipv6(address) => Subject::Ip(address.into()),
        };
        Some(Place { subject, port: self.current.port().unwrap_or(default), scheme })
    }

    /// Go on to where an answer with this status sends us.
    pub(crate) fn follow(
        &mut self,
        status: u16,
        location: Option<&HeaderValue>,
    ) -> Result<(), RedirectRefusal> {
        if !FOLLOWED.contains(&status) {
            return Err(RedirectRefusal::Status { status });
        }
        let location = location.ok_or(RedirectRefusal::NoLocation)?;
        if location.len() > MAX_URL {
            return Err(RedirectRefusal::TooLong { max: MAX_URL });
        }
        let text = location.to_str().map_err(|_| RedirectRefusal::Unreadable)?;
        let mut next = self.current.join(text).map_err(|_| RedirectRefusal::Unreadable)?;
        next.set_fragment(None);
        self.judge(&next)?;
        if self.visited.len() >= self.limit {
            return Err(RedirectRefusal::TooMany { limit: self.limit });
        }
        self.visited.push(std::mem::replace(&mut self.current, next));
        if self.visited.contains(&self.current) {
            return Err(RedirectRefusal::Loop { url: self.current.to_string() });
        }
        Ok(())
    }

    fn judge(&self, next: &Url) -> Result<(), RedirectRefusal> {
        if next.as_str().len() > MAX_URL {
            return Err(RedirectRefusal::TooLong { max: MAX_URL });
        }
        if scheme(next).is_none() {
            return Err(RedirectRefusal::Scheme { found: next.scheme().to_owned() });
        }
        if !next.username().is_empty() || next.password().is_some() {
            return Err(RedirectRefusal::UserInformation);
        }
        if let Some(port) = next.port().filter(|port| ![self.ports.http, self.ports.https].contains(port)) {
            return Err(RedirectRefusal::Port {
                found: port,
                http: self.ports.http,
                https: self.ports.https,
            });
        }
        let address = match next.host() {
            Some(Host::Domain(name)) => {
                let is_host = name.parse::<DnsName>().is_ok_and(|name| !name.is_wildcard());
                return if is_host { Ok(()) } else { Err(RedirectRefusal::Host { found: name.to_owned() }) };
            }
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            None => return Err(RedirectRefusal::Host { found: String::new() }),
        };
        if Some(address) == self.own_address { Ok(()) } else { Err(RedirectRefusal::Address { address }) }
    }
}

fn scheme(url: &Url) -> Option<Scheme> {
    match url.scheme() {
        "http" => Some(Scheme::HTTP),
        "https" => Some(Scheme::HTTPS),
        _ => None,
    }
}

/// Redirects that keep the method, or that everybody follows with GET. 303 sends to another document, which proves nothing.
const FOLLOWED: [u16; 4] = [301, 302, 307, 308];

/// Octets of a URL: as Boulder.
const MAX_URL: usize = 2000;

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/.well-known/acme-challenge/tok-en_1";

    fn trail(host: &str) -> Trail {
        let subject = host.parse().map_or_else(|_| Subject::Dns(host.parse().unwrap()), Subject::Ip);
        Trail::start(&subject, PATH, ChallengePorts::default(), 3).unwrap()
    }

    fn follow(host: &str, location: &str) -> Result<String, RedirectRefusal> {
        let mut trail = trail(host);
        trail.follow(302, Some(&HeaderValue::from_str(location).unwrap()))?;
        Ok(trail.url().to_string())
    }

    #[test]
    fn it_begins_at_the_well_known_place() {
        let place = |host: &str| {
            let trail = trail(host);
            let place = trail.place().unwrap();
            (trail.url().to_string(), place.port)
        };
        assert_eq!(place("a.example"), ("http://a.example/.well-known/acme-challenge/tok-en_1".into(), 80));
        assert_eq!(place("10.0.0.1"), ("http://10.0.0.1/.well-known/acme-challenge/tok-en_1".into(), 80));
        assert_eq!(place("fd12::1"), ("http://[fd12::1]/.well-known/acme-challenge/tok-en_1".into(), 80));
        let ports = ChallengePorts { http: 5002, https: 5001, tls_alpn: 5001 };
        let subject = Subject::Dns("a.example".parse().unwrap());
        let trail = Trail::start(&subject, PATH, ports, 3).unwrap();
        assert_eq!(trail.url().as_str(), "http://a.example:5002/.well-known/acme-challenge/tok-en_1");
        assert_eq!(trail.place().unwrap().port, 5002);
    }

    #[test]
    fn a_name_that_a_url_takes_for_an_address_is_not_asked() {
        for name in ["0xa000001", "a.0x7f", "10.0.0.0x1"] {
            let subject = Subject::Dns(name.parse().unwrap());
            assert!(Trail::start(&subject, PATH, ChallengePorts::default(), 3).is_none(), "{name}");
        }
    }

    #[test]
    fn it_is_sent_on_by_http_and_https_to_other_names() {
        assert_eq!(follow("a.example", "/x").unwrap(), "http://a.example/x");
        assert_eq!(follow("a.example", "https://b.example/y#z").unwrap(), "https://b.example/y");
        assert_eq!(follow("a.example", "//b.example/y").unwrap(), "http://b.example/y");
        assert_eq!(follow("a.example", "http://b.example:443/y").unwrap(), "http://b.example:443/y");
        assert_eq!(follow("10.0.0.1", "https://10.0.0.1/y").unwrap(), "https://10.0.0.1/y");
    }

    #[test]
    fn a_url_without_a_port_goes_to_the_port_that_is_set_for_its_scheme() {
        let ports = ChallengePorts { http: 5002, https: 5001, tls_alpn: 5003 };
        let mut trail = Trail::start(&Subject::Dns("a.example".parse().unwrap()), PATH, ports, 3).unwrap();
        trail.follow(301, Some(&HeaderValue::from_static("https://a.example/x"))).unwrap();
        assert_eq!(
            trail.place().unwrap(),
            Place { subject: Subject::Dns("a.example".parse().unwrap()), port: 5001, scheme: Scheme::HTTPS }
        );
        trail.follow(301, Some(&HeaderValue::from_static("http://a.example:5001/x"))).unwrap();
        assert_eq!(trail.place().unwrap().port, 5001);
        let error =
            trail.follow(301, Some(&HeaderValue::from_static("http://a.example:5003/x"))).unwrap_err();
        assert!(matches!(error, RedirectRefusal::Port { found: 5003, .. }), "{error}");
    }

    #[test]
    fn it_is_not_sent_elsewhere() {
        let refusal = |location: &str| follow("a.example", location).unwrap_err().to_string();
        assert!(refusal("file:///etc/passwd").contains("`file`"));
        assert!(refusal("gopher://a.example/").contains("`gopher`"));
        assert!(refusal("http://169.254.169.254/latest/meta-data").contains("169.254.169.254"));
        assert!(refusal("http://2130706433/").contains("127.0.0.1"), "an address in another spelling");
        assert!(refusal("http://0x7f.1/").contains("127.0.0.1"));
        assert!(refusal("http://[::1]/").contains("::1"));
        assert!(refusal("http://user:word@b.example/").contains("user information"));
        assert!(refusal("http://b.example:22/").contains("port 22"));
        assert!(refusal("http://b_c.example/").contains("`b_c.example`"));
        assert!(refusal(&format!("/{}", "a".repeat(2000))).contains("2000"));
        assert!(refusal("http://").contains("cannot be read"));
        assert!(
            follow("10.0.0.1", "http://10.0.0.2/").is_err(),
            "another address than the one that is validated"
        );
    }

    #[test]
    fn it_follows_only_some_answers_and_only_so_often() {
        let location = |text: &str| HeaderValue::from_str(text).unwrap();
        for status in [300, 303, 304, 305, 310] {
            assert!(trail("a.example").follow(status, Some(&location("/x"))).is_err(), "{status}");
        }
        for status in FOLLOWED {
            assert!(trail("a.example").follow(status, Some(&location("/x"))).is_ok(), "{status}");
        }
        assert!(matches!(trail("a.example").follow(302, None), Err(RedirectRefusal::NoLocation)));
        let mut long = trail("a.example");
        for step in ["/1", "/2", "/3"] {
            long.follow(302, Some(&location(step))).unwrap();
        }
        assert!(matches!(
            long.follow(302, Some(&location("/4"))),
            Err(RedirectRefusal::TooMany { limit: 3 })
        ));
        let mut round = trail("a.example");
        round.follow(302, Some(&location("/1"))).unwrap();
        let back = round.follow(302, Some(&location(PATH)));
        assert!(matches!(back, Err(RedirectRefusal::Loop { .. })));
        let itself = trail("a.example").follow(302, Some(&location(&format!("{PATH}#x"))));
        assert!(matches!(itself, Err(RedirectRefusal::Loop { .. })));
    }
}
